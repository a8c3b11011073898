//! When a named cache begins to hear, and the end of a program that has one.

use std::time::Duration;

use cachefn_core::{Cache, NamedCache};
use cachefn_redis::Redis;
use cachefn_servers::{Proxy, Server};
use cachefn_tokio::Shutdown;

use crate::support::*;

fn named(process: &Process) -> NamedCache {
    NamedCache::builder("n").bus(process.bus()).runtime(process.runtime.clone()).build().unwrap()
}

/// Long enough for whatever does not wait for it.
const FOR_EVER: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn s_35_a_named_cache_connects_by_itself_and_its_first_function_is_kept_once_it_is_ready() {
    let redis = Server::start();
    for way in Way::ALL {
        let proxy = Proxy::to(redis.port());
        let process = Process::start(way, &proxy.url()).await;
        proxy.drop_all();
        let named = named(&process);
        until("it says why it hears nothing", async || process.failure().is_some()).await;
        let cache: Cache<u32, u32> = named.cache().unwrap();
        assert_eq!(cache.get_or_fetch(&1, async || 1).await, 1);
        let waiting = named.clone();
        let ready = tokio::spawn(async move { waiting.ready().await });
        assert!(!ready.is_finished());
        proxy.pass();
        ready.await.unwrap().unwrap();
        assert_eq!(cache.len(), 0, "{way:?}: nobody knows what was missed before");
        assert_eq!((cache.get_or_fetch(&2, async || 2).await, cache.len()), (2, 1));
    }
}

#[tokio::test]
async fn h_36_a_named_cache_with_a_bus_holds_no_end_up_and_leaves_no_task() {
    let redis = Server::start();
    for way in Way::ALL {
        let process = Process::start(way, &redis.url()).await;
        let (called, untouched) = (named(&process), named(&process));
        let cache: Cache<u32, u32> = called.cache().unwrap();
        assert_eq!(cache.get_or_fetch(&1, async || 1).await, 1);
        assert_eq!(process.runtime.tasks(), 1, "{way:?}: the bus, one for both");
        let shutdown = Shutdown::new(process.runtime.clone());
        shutdown.add(called).add(untouched);
        let limit = Duration::from_secs(120);
        let ended = tokio::time::timeout(limit, shutdown.end(FOR_EVER)).await;
        let ended = ended.expect("it waits for none of its time");
        assert!(ended.is_clean(), "{way:?}: {ended}");
        assert_eq!(process.runtime.tasks(), 0);
    }
}

#[tokio::test]
async fn h_36_a_bus_that_nobody_closes_is_named_among_the_tasks_that_were_stopped() {
    let redis = Server::start();
    let process = Process::over(Way::Channel, Redis::connect(redis.url()).await.unwrap());
    let _ear = Ear::on(&process.bus()).await;
    let ended = Shutdown::new(process.runtime.clone()).end(Duration::from_millis(1)).await;
    let text = ended.to_string();
    assert!(
        text.contains("1 tasks had not ended in ") && text.ends_with("stopped (1 bus)"),
        "{text}"
    );
}
