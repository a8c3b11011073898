//! Redis goes away: each process makes its own value, and no call fails.

use super::*;
use crate::common::until;

/// A cache whose storage works, and whose leases are of another server.
async fn beside(storage: &Server, leases: &Server, life: Duration) -> Cache<u32, u64> {
    let (storage, leases) = (connect(storage).await, connect(leases).await);
    over(&storage, &leases).lease_time(life).build().unwrap()
}

#[tokio::test]
async fn s_19_without_the_server_of_the_leases_each_makes_its_own() {
    for stop in [Server::stop, Server::kill] {
        let (storage, leases) = (Server::start(), Server::start());
        let cache = beside(&storage, &leases, ms(60_000)).await;
        stop(&leases);
        assert_eq!(cache.get_or_fetch(&1, async || 7).await, 7);
        assert_eq!(cache.stats().lease_failures, 1);
        assert_eq!(cache.delete(&1).await, Ok(true), "the storage decides");
        assert_eq!(cache.stats().lease_failures, 2);
        assert_eq!(process(&storage).await.get(&1).await, Ok(None), "it is deleted all the same");
    }
}

#[tokio::test]
async fn s_19_who_waits_when_the_server_goes_makes_its_own() {
    for stop in [Server::stop, Server::kill] {
        let (storage, leases) = (Server::start(), Server::start());
        let holder = connect(&leases).await.leases();
        let cache = beside(&storage, &leases, ms(1_500)).await;
        let lease = cachefn_core::Token([9; 16]);
        cachefn_core::Leases::take(&holder, b"n:1", lease, ms(1_500)).await.unwrap();
        let mut call = Box::pin(cache.get_or_fetch(&1, async || 7));
        waits(&leases, &mut call).await;
        stop(&leases);
        assert_eq!(call.await, 7);
        assert_eq!((cache.stats().lease_waits, cache.stats().lease_failures), (1, 1));
    }
}

#[tokio::test]
async fn s_19_without_redis_at_all_no_call_fails() {
    for stop in [Server::stop, Server::kill] {
        let server = Server::start();
        let cache = process(&server).await;
        assert_eq!(cache.get_or_fetch(&1, async || 7).await, 7);
        stop(&server);
        assert_eq!(cache.get_or_fetch(&1, async || 8).await, 7);
        assert_eq!(cache.get_or_fetch(&2, async || 8).await, 8);
        let fetch = async || Err::<u64, &str>("the fetcher's own");
        assert_eq!(cache.try_get_or_fetch(&3, fetch).await, Err("the fetcher's own"));
    }
}

#[tokio::test]
async fn s_19_when_the_server_goes_during_the_load_the_caller_has_its_value() {
    let server = Server::start();
    let cache = process(&server).await;
    let value = cache.get_or_fetch(&1, async || {
        server.kill();
        7
    });
    assert_eq!(value.await, 7);
    assert_eq!(cache.get(&1).await, Ok(Some(7)), "memory has it");
    server.restart();
    let mut key = 10;
    until("leases come back by themselves", async || {
        key += 1;
        let before = cache.stats().lease_failures + cache.stats().storage_failures;
        assert_eq!(cache.get_or_fetch(&key, async || 8).await, 8);
        cache.stats().lease_failures + cache.stats().storage_failures == before
    })
    .await;
}
