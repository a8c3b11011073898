//! How old what memory has may be while nothing is heard, and what happens when it is heard again.

use std::time::Duration;

use cachefn_core::{Cache, ManualClock};
use cachefn_servers::{Proxy, Server};

use crate::support::*;

const BOUND: Duration = Duration::from_millis(1_000);

/// What a process reads that hears through the proxy and stores past it, at the time of this clock.
async fn behind(
    proxy: &Proxy,
    way: Way,
    storing: &Process,
    clock: &ManualClock,
) -> (Process, Cache<u32, u32>) {
    let process = Process::start(way, &proxy.url()).await;
    let builder = Cache::<u32, u32>::builder("c").bus(process.bus()).clock(clock.clone());
    let cache = storing.stored(builder).stale_while_lost(BOUND).build().unwrap();
    process.hears().await;
    (process, cache)
}

#[tokio::test]
async fn s_35_what_is_not_heard_is_served_no_longer_than_the_bound_and_made_up_for() {
    let redis = Server::start();
    for way in Way::ALL {
        for fault in [Proxy::drop_all, Proxy::black_hole] {
            let (proxy, clock) = (Proxy::to(redis.port()), ManualClock::new());
            let direct = Process::start(way, &redis.url()).await;
            let (process, cache) = behind(&proxy, way, &direct, &clock).await;
            let other = Process::start(way, &redis.url()).await;
            let changing = other.builder("c").clock(clock.clone()).build().unwrap();
            let ear = Ear::on(&process.bus()).await;
            changing.set(1, 1).await.unwrap();
            changing.set(9, 9).await.unwrap();
            // All that is told of the first is told by then, and takes nothing out of memory later.
            until("the mark", async || ear.told_of("c", "9")).await;
            until("it is there", async || cache.get(&1).await == Ok(Some(1))).await;
            ear.take();
            fault(&proxy);
            until("it is lost", async || ear.has(&cachefn_core::Notice::Lost)).await;
            changing.set(1, 2).await.unwrap();
            clock.advance(BOUND - Duration::from_millis(1));
            assert_eq!(cache.get(&1).await, Ok(Some(1)), "{way:?}: it cannot know better");
            clock.advance(Duration::from_millis(1));
            assert_eq!(cache.get(&1).await, Ok(Some(2)), "{way:?}: it has to look");
            changing.set(1, 3).await.unwrap();
            assert_eq!(cache.get(&1).await, Ok(Some(2)), "{way:?}: for another while");
            // Without another second: what was missed is made up for when it is heard again.
            proxy.pass();
            until("it is back", async || ear.was_lost_and_restored()).await;
            assert_eq!(cache.get(&1).await, Ok(Some(3)), "{way:?}");
        }
    }
}

#[tokio::test]
async fn s_35_a_server_that_begins_anew_with_nothing_leaves_nothing_in_memory() {
    for way in Way::ALL {
        let redis = Server::start();
        let process = Process::start(way, &redis.url()).await;
        let cache = process.cache("c").await;
        cache.set_with(1, 1, tagged("t")).await.unwrap();
        let ear = Ear::on(&process.bus()).await;
        redis.kill();
        until("it is lost", async || ear.has(&cachefn_core::Notice::Lost)).await;
        // What is told in the last moment of the server cannot be looked at any more.
        if way == Way::Channel {
            assert_eq!(cache.get(&1).await, Ok(Some(1)), "as long as it is trusted");
        }
        redis.restart();
        until("it is back", async || ear.was_lost_and_restored()).await;
        until("a read goes through", async || cache.get(&1).await == Ok(None)).await;
        until("a write, too", async || cache.set(1, 2).await.is_ok()).await;
        assert_eq!(cache.get(&1).await, Ok(Some(2)));
    }
}

#[tokio::test]
async fn s_35_what_could_not_be_told_while_the_server_was_away_is_told_when_it_is_back() {
    for way in Way::ALL {
        let redis = Server::start();
        let proxy = Proxy::to(redis.port());
        let away = Process::start(way, &proxy.url()).await;
        let direct = Process::start(way, &redis.url()).await;
        // It stores past the proxy, and tells through it.
        let builder = Cache::<u32, u32>::builder("c").bus(away.bus());
        let telling = direct.stored(builder).runtime(away.runtime.clone()).build().unwrap();
        away.hears().await;
        let hearing = Process::start(way, &redis.url()).await.cache("c").await;
        telling.set(1, 1).await.unwrap();
        until("it is there", async || hearing.get(&1).await == Ok(Some(1))).await;
        proxy.black_hole();
        telling.invalidate_by_tag("of nobody").await.unwrap();
        telling.delete(&1).await.unwrap();
        assert_eq!(telling.stats().bus_failures, 2, "{way:?}");
        proxy.pass();
        until("it is told", async || hearing.get(&1).await == Ok(None)).await;
    }
}

#[tokio::test]
async fn s_35_what_others_than_caches_do_to_redis_is_told_by_the_server() {
    let redis = Server::start();
    let process = Process::start(Way::Tracking, &redis.url()).await;
    let cache = process.cache("c").await;
    let hands: [(&[&str], usize); 5] = [
        (&["DEL", "cachefn:c:1"], 1),
        (&["SET", "cachefn:c:1", "something else"], 1),
        (&["PEXPIRE", "cachefn:c:2", "1"], 1),
        (&["DEL", "cachefn:%n:c"], 0),
        (&["FLUSHALL"], 0),
    ];
    for (hand, left) in hands {
        cache.set_many([(1, 1), (2, 2)]).await.unwrap();
        process.hears().await;
        assert_eq!(cache.len(), 2);
        redis.cli(hand);
        until(&hand.join(" "), async || cache.len() == left).await;
        assert_eq!(cache.get(&1).await.unwrap().filter(|_| left == 0), None);
        cache.clear().await.unwrap();
    }
    // A tag's token that was never seen to change is told of when it is gone.
    cache.set_with(1, 1, tagged("t")).await.unwrap();
    redis.cli(&["DEL", "cachefn:%t:c:t"]);
    until("the tag is gone", async || cache.len() == 0).await;
}
