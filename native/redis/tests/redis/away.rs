//! Servers that go away and come back.

use std::time::Duration;

use cachefn_core::{ErrorKind, Storage};
use cachefn_redis::Redis;
use cachefn_servers::{Proxy, Sentinels, Server};

use crate::support::{get, set, until_works};

#[tokio::test]
async fn h_35_a_killed_connection_is_not_seen_by_callers() {
    let server = Server::start();
    let storage = Redis::builder(server.url()).connections(2).connect().await.unwrap().storage();
    set(&storage, b"name", "record").await.unwrap();
    for _ in 0..5 {
        server.cli(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        let reads = (0..20).map(|_| get(&storage, b"name"));
        for read in futures_util::future::join_all(reads).await {
            assert_eq!(read.unwrap().as_deref(), Some("record"));
        }
    }
}

#[tokio::test]
async fn h_35_a_server_that_is_down_is_unavailable_and_found_again_when_it_is_back() {
    let server = Server::start();
    let storage = Redis::connect(server.url()).await.unwrap().storage();
    set(&storage, b"name", "record").await.unwrap();
    server.kill();
    for _ in 0..3 {
        let error = get(&storage, b"name").await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Unavailable, "get"), "{error}");
        assert!(error.is_retryable());
    }
    server.restart();
    let found = until_works(|| get(&storage, b"name")).await;
    assert_eq!(found, None, "it has lost everything");
    set(&storage, b"name", "again").await.unwrap();
    assert_eq!(get(&storage, b"name").await.unwrap().as_deref(), Some("again"));
}

#[tokio::test]
async fn h_35_what_was_opened_while_nobody_was_there_works_when_the_server_comes() {
    let server = Server::start();
    server.kill();
    let redis = Redis::builder(server.url()).open().unwrap();
    let error = redis.ping().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unavailable, "connect"), "{error}");
    let storage = redis.storage();
    assert!(set(&storage, b"name", "early").await.is_err());
    server.restart();
    until_works(|| redis.ping()).await;
    set(&storage, b"name", "record").await.unwrap();
    assert_eq!(get(&storage, b"name").await.unwrap().as_deref(), Some("record"));
}

#[tokio::test]
async fn h_35_while_a_server_is_away_one_caller_tries_and_the_others_fail_at_once() {
    let server = Server::start();
    let proxy = Proxy::to(server.port());
    let storage = Redis::builder(proxy.url()).connect().await.unwrap().storage();
    assert_eq!(get(&storage, b"name").await.unwrap(), None);
    let before = proxy.accepted();
    server.kill();
    proxy.drop_all();
    for _ in 0..10 {
        let calls = (0..50).map(|_| get(&storage, b"name"));
        for end in futures_util::future::join_all(calls).await {
            assert!(end.is_err());
        }
    }
    let tried = proxy.accepted() - before;
    assert!(tried <= 20, "500 calls made {tried} connections");
}

#[tokio::test]
async fn h_35_a_frozen_server_times_out_and_answers_again() {
    let server = Server::start();
    let redis = Redis::builder(server.url())
        .timeout(Duration::from_millis(50))
        .connect_timeout(Duration::from_millis(50));
    let storage = redis.connect().await.unwrap().storage();
    set(&storage, b"name", "record").await.unwrap();
    server.stop();
    for _ in 0..5 {
        let error = get(&storage, b"name").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        let error = set(&storage, b"name", "late").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    }
    server.cont();
    let found = until_works(|| get(&storage, b"name")).await;
    assert!(matches!(found.as_deref(), Some("record" | "late")), "{found:?}");
    until_works(|| set(&storage, b"name", "again")).await;
    assert_eq!(get(&storage, b"name").await.unwrap().as_deref(), Some("again"));
}

#[tokio::test]
async fn h_35_a_half_open_connection_is_given_up() {
    let server = Server::start();
    let proxy = Proxy::to(server.port());
    let redis = Redis::builder(proxy.url()).timeout(Duration::from_millis(50));
    let storage = redis.connect().await.unwrap().storage();
    set(&storage, b"name", "record").await.unwrap();
    // What is open now never answers; the next ones do.
    proxy.half_open();
    let found = until_works(|| get(&storage, b"name")).await;
    assert_eq!(found.as_deref(), Some("record"));
}

#[tokio::test]
async fn h_35_a_replica_and_a_full_server_are_unavailable() {
    let server = Server::start();
    let other = Server::start();
    let storage = Redis::connect(server.url()).await.unwrap().storage();
    server.cli(&["REPLICAOF", "127.0.0.1", &other.port().to_string()]);
    let error = set(&storage, b"name", "record").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains("READONLY"), "{error}");
    server.cli(&["REPLICAOF", "NO", "ONE"]);
    until_works(|| set(&storage, b"name", "record")).await;
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let error = set(&storage, b"name", "record").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    server.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    until_works(|| set(&storage, b"name", "again")).await;
}

#[tokio::test]
async fn h_35_a_new_master_is_found_through_the_sentinels() {
    let sentinels = Sentinels::start();
    let mut urls = sentinels.urls();
    urls.insert(0, "redis://127.0.0.1:1/".into()); // one that is not there
    let storage = Redis::sentinel(urls, sentinels.master_name()).connect().await.unwrap().storage();
    set(&storage, b"name", "record").await.unwrap();
    let old = sentinels.kill_master().port();
    sentinels.wait_for_failover(old);
    until_works(|| set(&storage, b"name", "of the new master")).await;
    let found = until_works(|| get(&storage, b"name")).await;
    assert_eq!(found.as_deref(), Some("of the new master"));
    let unknown = Redis::sentinel(sentinels.urls(), "nobody").connect().await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Config, "{unknown}");
    assert!(unknown.to_string().contains("nobody"), "{unknown}");
    storage.close().await.unwrap();
    assert_eq!(get(&storage, b"name").await.unwrap_err().kind(), ErrorKind::Unavailable);
}
