//! Real processes: the test starts its own program again, once for each.

use super::*;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

const CHILD: &str = "CACHEFN_LEASES_OF";
const PROCESSES: usize = 8;
const CALLERS: u64 = 50;

/// A process that works with one cache.
struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts the test of this name again, which plays the process.
    fn start(test: &str, server: &Server) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture"]).env(CHILD, server.url());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Process { child, lines }
    }

    /// The next line of these words; what follows them.
    fn hears(&mut self, words: &str) -> String {
        let mut lines = self.lines.by_ref().map_while(Result::ok);
        let found = lines.find_map(|line| Some(line.strip_prefix(words)?.trim().to_string()));
        found.unwrap_or_else(|| panic!("the process ended without a word of {words:?}"))
    }

    fn tell(&mut self, word: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{word}").unwrap();
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server, where this is a process that was started by a test.
fn server_of_this_process() -> Option<String> {
    std::env::var(CHILD).ok()
}

/// Runs one of these processes.
fn play(url: String, life: Duration, work: impl AsyncFnOnce(Cache<u32, u64>)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(async {
        let redis = Redis::builder(url).timeout(ms(5_000)).connect().await.unwrap();
        work(over(&redis, &redis).lease_time(life).build().unwrap()).await;
    });
}

/// Waits for a line of the parent's.
fn wait_for_word() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}

#[test]
fn h_07_eight_processes_of_fifty_callers_each_run_the_fetcher_once() {
    const KEYS: u32 = 5;
    if let Some(url) = server_of_this_process() {
        return play(url, ms(60_000), async |cache| {
            println!("\nready");
            wait_for_word();
            for key in 0..KEYS {
                let calls = (0..CALLERS).map(|caller| {
                    let cache = cache.clone();
                    tokio::spawn(async move {
                        let fetch = async || {
                            println!("\nran {key}");
                            tokio::time::sleep(ms(30)).await; // the work
                            u64::from(std::process::id()) * 100 + caller
                        };
                        cache.get_or_fetch(&key, fetch).await
                    })
                });
                for call in calls.collect::<Vec<_>>() {
                    println!("\nvalue {key} {}", call.await.unwrap());
                }
            }
            println!("\nfailures {}", cache.stats().lease_failures);
            println!("\nend");
        });
    }
    let server = Server::start();
    let name = "processes::h_07_eight_processes_of_fifty_callers_each_run_the_fetcher_once";
    let start = |_| Process::start(name, &server);
    let mut processes: Vec<Process> = (0..PROCESSES).map(start).collect();
    processes.iter_mut().for_each(|process| drop(process.hears("ready")));
    processes.iter_mut().for_each(|process| process.tell("go"));
    let mut told = Vec::new();
    for process in &mut processes {
        let lines = process.lines.by_ref().map_while(Result::ok);
        told.extend(lines.take_while(|line| line != "end"));
    }
    let all = |words: &str| told.iter().filter(|line| line.starts_with(words)).count();
    assert_eq!(all("ran "), KEYS as usize, "{told:?}");
    assert_eq!(all("failures 0"), PROCESSES);
    for key in 0..KEYS {
        let words = format!("value {key} ");
        assert_eq!(all(&words), PROCESSES * CALLERS as usize);
        let first = told.iter().find(|line| line.starts_with(&words)).unwrap();
        assert!(told.iter().all(|line| !line.starts_with(&words) || line == first));
    }
}

/// A process whose fetcher ends when it is told to.
fn play_a_slow_one(url: String) {
    play(url, ms(1_500), async |cache| {
        let fetch = async || {
            println!("\nran");
            tokio::task::spawn_blocking(wait_for_word).await.unwrap();
            7
        };
        println!("\nvalue {}", cache.get_or_fetch(&1, fetch).await);
        println!("\nfenced {}", cache.stats().fenced);
    });
}

#[test]
fn h_11_when_the_holder_is_killed_another_process_makes_the_value() {
    if let Some(url) = server_of_this_process() {
        return play_a_slow_one(url);
    }
    let server = Server::start();
    let name = "processes::h_11_when_the_holder_is_killed_another_process_makes_the_value";
    let mut holder = Process::start(name, &server);
    holder.hears("ran");
    holder.signal("-KILL");
    // Its lease lives on, but is not renewed any more.
    let is_old = |left: &str| left.parse::<i64>().is_ok_and(|left| (1..1_200).contains(&left));
    wait_for(&server, &["PTTL", "cachefn:%l:n:1"], is_old);
    play(server.url(), ms(1_500), async |cache| {
        assert_eq!(cache.get_or_fetch(&1, async || 8).await, 8);
        assert_eq!((cache.stats().lease_waits, cache.stats().lease_failures), (1, 0));
    });
}

#[test]
fn h_12_a_process_that_was_stopped_for_too_long_does_not_overwrite_the_newer_value() {
    if let Some(url) = server_of_this_process() {
        return play_a_slow_one(url);
    }
    let server = Server::start();
    let name = "processes::h_12_a_process_that_was_stopped_for_too_long_does_not_overwrite_the_newer_value";
    let mut holder = Process::start(name, &server);
    holder.hears("ran");
    holder.signal("-STOP");
    play(server.url(), ms(1_500), async |cache| {
        assert_eq!(cache.get_or_fetch(&1, async || 8).await, 8);
    });
    holder.signal("-CONT");
    holder.tell("go on");
    assert_eq!((holder.hears("value ").as_str(), holder.hears("fenced ").as_str()), ("7", "1"));
    play(server.url(), ms(1_500), async |cache| assert_eq!(cache.get(&1).await, Ok(Some(8))));
}
