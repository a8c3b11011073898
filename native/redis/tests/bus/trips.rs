//! What hearing costs: how often a process asks Redis about what the server has told it.

use std::time::Duration;

use cachefn_servers::Server;

use crate::support::*;

/// How often somebody has asked what is there now.
fn asked(redis: &Server) -> u32 {
    let line = redis.info("cmdstat_getrange");
    let calls = line.strip_prefix("calls=").and_then(|rest| rest.split(',').next());
    calls.map_or(0, |calls| calls.parse().unwrap())
}

#[tokio::test]
async fn h_38_what_others_write_costs_who_hears_of_it_no_request_but_for_tags_that_live_longer() {
    let redis = Server::start();
    // By the channel nobody asks, so that what is asked is asked by the other one.
    let writing = Process::start(Way::Channel, &redis.url()).await;
    let hearing = Process::start(Way::Tracking, &redis.url()).await;
    let (cache, own) = (writing.cache("c").await, hearing.cache("own").await);
    let ear = Ear::on(&hearing.bus()).await;
    // Of a tag that is to live longer, both tokens are looked at: they might have been replaced.
    let hour = Some(Duration::from_secs(3_600));
    for (name, ttl, most) in [("for an hour", hour, 2 * 200), ("for ever", None, 0)] {
        let options = || ttl.map_or(tagged("t"), |ttl| tagged("t").ttl(ttl));
        // Tokens are looked at when they are new.
        cache.set_with(0, 0, options()).await.unwrap();
        until("the first", async || ear.told_of("c", "0")).await;
        let before = asked(&redis);
        for key in 1..=200 {
            cache.set_with(key, key, options()).await.unwrap();
        }
        until("the last", async || ear.told_of("c", "200")).await;
        let asked = asked(&redis) - before;
        assert!(asked <= most, "{name}: {asked}");
        ear.take();
    }
    let before = asked(&redis);
    for key in 1..=200 {
        own.set(key, key).await.unwrap();
    }
    cache.set(1_000, 1).await.unwrap();
    until("what comes after them", async || ear.told_of("c", "1000")).await;
    let asked = asked(&redis) - before;
    assert!((1..=210).contains(&asked), "{asked}");
}
