//! Two processes in truth: the second one is this program again, and does what it is told on its input.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use cachefn_core::Cache;
use cachefn_servers::Server;

use crate::support::*;

const NAME: &str =
    "processes::h_38_two_processes_hear_each_other_and_one_that_is_killed_harms_nobody";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h_38_two_processes_hear_each_other_and_one_that_is_killed_harms_nobody() {
    if let (Ok(url), Ok(way)) = (std::env::var(URL), std::env::var(WAY)) {
        return obey(&url, if way == "Channel" { Way::Channel } else { Way::Tracking }).await;
    }
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        let cache = process.cache("c").await;
        let mut other = Other::start(way, &redis.url());
        for round in 0..20 {
            cache.set_with(1, round, tagged("t")).await.unwrap();
            until("it reads", async || other.ask("get") == format!("Some({round})")).await;
            match round % 4 {
                0 => drop(cache.delete(&1).await.unwrap()),
                1 => cache.invalidate_by_tag("t").await.unwrap(),
                2 => cache.clear().await.unwrap(),
                _ => cache.invalidate_by_tags(["s", "t"]).await.unwrap(),
            }
            until("it hears", async || other.ask("get") == "None").await;
            // And back: what the other one writes is not what this one had.
            cache.set(1, round).await.unwrap();
            assert_eq!(cache.get(&1).await, Ok(Some(round)));
            assert_eq!(other.ask("set"), "done");
            until("this one hears", async || cache.get(&1).await == Ok(Some(1_000))).await;
            assert_eq!(other.ask("delete"), "done");
            until("this one hears", async || cache.get(&1).await == Ok(None)).await;
        }
        other.process.kill().unwrap();
        other.process.wait().unwrap();
        cache.set(1, 1).await.unwrap();
        assert_eq!(cache.get(&1).await, Ok(Some(1)), "{way:?}");
        assert_eq!(Other::start(way, &redis.url()).ask("get"), "Some(1)");
    }
}

/// What the second process does.
async fn obey(url: &str, way: Way) {
    let process = Process::start(way, url).await;
    let cache: Cache<u32, u32> = process.cache("c").await;
    for line in std::io::stdin().lock().lines() {
        let answer = match &*line.unwrap() {
            "get" => format!("{:?}", cache.get(&1).await.unwrap()),
            "set" => cache.set(1, 1_000).await.map(|()| "done".to_string()).unwrap(),
            "delete" => cache.delete(&1).await.map(|_| "done".to_string()).unwrap(),
            other => panic!("{other}?"),
        };
        println!("\n{MARK}{answer}");
    }
}

struct Other {
    process: Child,
    input: ChildStdin,
    answers: Receiver<String>,
}

impl Other {
    fn start(way: Way, url: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .envs([(URL, url), (WAY, &format!("{way:?}"))])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            for line in lines.filter_map(|line| line.strip_prefix(MARK).map(String::from)) {
                let _ = sender.send(line);
            }
        });
        let input = process.stdin.take().unwrap();
        Other { process, input, answers }
    }

    fn ask(&mut self, question: &str) -> String {
        writeln!(self.input, "{question}").unwrap();
        self.answers.recv_timeout(Duration::from_secs(30)).expect("it answers")
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const URL: &str = "CACHEFN_REDIS_URL";
const WAY: &str = "CACHEFN_REDIS_WAY";
const MARK: &str = "answer: ";
