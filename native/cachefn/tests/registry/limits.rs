//! Limits that a service says of its storage and of what waits for it.

use std::time::Duration;

use cachefn::ErrorKind;
use cachefn_servers::Server;

use crate::support::{end, open};

fn text(server: &Server, more: &str) -> String {
    format!(
        "[services.users]\ncache_type = \"two-level\"\nttl = \"1h\"\nl2.connection_string = {:?}\n\
         l2.open_after = 1\ntwo_level.invalidation = \"none\"\n{more}\n",
        server.url()
    )
}

/// How many of 24 sets of a mebibyte each find no room while Redis is away.
async fn dropped(more: &str) -> u64 {
    let server = Server::start();
    let registry = open(&text(&server, more)).await;
    let users = registry.cache::<String>("users").expect("texts");
    server.kill();
    for key in 0..24 {
        users.set(key.to_string(), "x".repeat(1 << 20)).await.expect("it waits, or is dropped");
    }
    let pending = registry.service("users").and_then(|users| users.pending()).expect("a storage");
    let _ = registry.shutdown_all(Duration::ZERO).await; // Redis stays away
    pending.dropped
}

#[tokio::test]
async fn h_37_a_log_takes_as_much_of_the_disk_as_the_file_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = |name: &str| {
        let path = folder.path().join(name);
        format!("two_level.max_pending_bytes = \"8MiB\"\ntwo_level.wal_path = {path:?}\n")
    };
    let small = dropped(&(log("small") + "two_level.wal_max_bytes = \"16MiB\"")).await;
    let usual = dropped(&log("usual")).await;
    assert!(small > 0 && usual == 0, "{small} of the small one, {usual} of the usual one");
}

#[tokio::test]
async fn h_36_what_waits_takes_as_much_memory_as_the_file_says() {
    let small = dropped("two_level.max_pending_bytes = \"8MiB\"").await;
    let usual = dropped("").await;
    assert!(small > 0 && usual == 0, "{small} with the small bound, {usual} with the usual one");
}

#[tokio::test]
async fn h_35_a_read_may_be_given_less_time_than_other_calls() {
    let server = Server::start();
    let more = "l2.timeout = \"1h\"\nl2.read_timeout = \"50ms\"\nl2.connect_timeout = \"1h\"";
    let registry = open(&text(&server, more)).await;
    let users = registry.cache::<u64>("users").expect("numbers");
    server.stop();
    let read = tokio::time::timeout(Duration::from_secs(60), users.get("a")).await;
    let error = read.expect("it ends long before the other limit").expect_err("nobody answers");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    server.cont();
    end(registry).await;
}

#[tokio::test(start_paused = true)]
async fn s_14_an_older_value_is_returned_when_a_load_takes_longer_than_the_soft_timeout() {
    let text = "[services.users]\nttl = \"1h\"\nstale_if_error = \"1h\"\nsoft_timeout = \"50ms\"\n";
    let registry = open(text).await;
    let users = registry.cache::<u64>("users").expect("numbers");
    users.set("a".into(), 1).await.expect("memory");
    users.expire("a").await.expect("memory");
    let (done, is_done) = tokio::sync::oneshot::channel();
    let make = async || is_done.await.expect("it is told");
    let load = users.get_or_fetch_shared("a", make);
    let loaded = tokio::time::timeout(Duration::from_secs(60), load).await;
    assert_eq!(loaded.expect("it waits for no load"), 1);
    done.send(2).expect("the load goes on");
    end(registry).await;
}
