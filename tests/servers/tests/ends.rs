//! No server outlives the process that started it, and none leaves a folder.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use cachefn_servers::Server;

/// Starts this test again in a process of its own, where `then` happens to it; what it told of its
/// server is gone afterwards.
fn nothing_stays(name: &str, then: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, then)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.map_while(Result::ok).find_map(|line| {
        let words: Vec<String> =
            line.split_once("server ")?.1.split(' ').map(ToOwned::to_owned).collect();
        Some((words[0].parse::<u16>().unwrap(), PathBuf::from(&words[1])))
    });
    let (port, socket) = told.expect("it starts a server");
    if then == "killed" {
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
        child.kill().unwrap();
    }
    child.wait().unwrap();
    // The shell beside the server needs a moment.
    let is_gone =
        || TcpStream::connect(("127.0.0.1", port)).is_err() && !socket.parent().unwrap().exists();
    for _ in 0..500 {
        if is_gone() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("a server or its folder outlives its process, which {then}: {}", socket.display());
}

/// What the process does that [`nothing_stays`] has started.
fn live_and_end() -> bool {
    let Ok(then) = std::env::var(CHILD) else { return false };
    let redis = if then == "leaves it in a static" {
        SHARED.get_or_init(Server::start)
    } else {
        &Server::start()
    };
    println!("server {} {}", redis.port(), redis.socket().display());
    match &*then {
        "panics" => panic!("on purpose"),
        "killed" => loop {
            thread::park();
        },
        "exits" => std::process::exit(0),
        _ => true,
    }
}

#[test]
fn a_panic_ends_the_server() {
    if !live_and_end() {
        nothing_stays("a_panic_ends_the_server", "panics");
    }
}

#[test]
fn a_kill_ends_the_server() {
    if !live_and_end() {
        nothing_stays("a_kill_ends_the_server", "killed");
    }
}

#[test]
fn an_exit_ends_the_server() {
    if !live_and_end() {
        nothing_stays("an_exit_ends_the_server", "exits");
    }
}

#[test]
fn a_static_server_ends_with_the_process() {
    if !live_and_end() {
        nothing_stays("a_static_server_ends_with_the_process", "leaves it in a static");
    }
}

static SHARED: OnceLock<Server> = OnceLock::new();
const CHILD: &str = "CACHEFN_SERVERS_CHILD";
