//! Leases on real servers: processes that agree who makes a value, and what becomes of it when one of
//! them, or Redis, goes.

#[path = "../common/mod.rs"]
mod common;
mod faults;
mod processes;
mod seam;
mod sharing;
mod silence;

use std::time::Duration;

use cachefn_core::{Builder, Cache, Postcard};
use cachefn_redis::Redis;
use cachefn_servers::Server;
use cachefn_tokio::TokioRuntime;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Connects as one process.
async fn connect(server: &Server) -> Redis {
    Redis::builder(server.url()).timeout(ms(300)).connect().await.unwrap()
}

/// The cache of one process, with the storage of one server and the leases of another, or of the same.
fn over(storage: &Redis, leases: &Redis) -> Builder<Cache<u32, u64>> {
    let builder = Cache::builder("n").storage(storage.storage()).codec(Postcard);
    builder.runtime(TokioRuntime::current().unwrap()).leases(leases.leases())
}

async fn process(server: &Server) -> Cache<u32, u64> {
    let redis = connect(server).await;
    over(&redis, &redis).build().unwrap()
}

/// Asks a server, not too often, until it gives an answer that is wanted.
#[track_caller]
fn wait_for(server: &Server, words: &[&str], is_wanted: impl Fn(&str) -> bool) -> String {
    let mut answer = String::new();
    for _ in 0..2_000 {
        answer = server.cli(words);
        if is_wanted(&answer) {
            return answer;
        }
        std::thread::park_timeout(ms(10));
    }
    panic!("{words:?}: {answer}");
}

/// Drives a call until it waits for the lease of the key 1: it has left its mark then.
async fn waits(server: &Server, call: &mut (impl Future + Unpin)) {
    while server.cli(&["EXISTS", "cachefn:%w:n:1"]) == "0" {
        assert!(tokio::time::timeout(ms(10), &mut *call).await.is_err(), "it did not wait");
    }
}

/// How many connections hear what is published.
fn hearers(server: &Server) -> usize {
    server
        .cli(&["CLIENT", "LIST", "TYPE", "pubsub"])
        .lines()
        .filter(|line| !line.is_empty())
        .count()
}
