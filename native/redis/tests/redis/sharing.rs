//! Caches that share what is in Redis, as processes do.

use std::time::Duration;

use cachefn_core::{Builder, Cache, EntryOptions, Glob, ManualClock, Mode, Postcard};
use cachefn_redis::{Redis, RedisStorage};

use crate::support::{cluster, server};

type Users = Cache<String, u32>;

/// Two storages on one server and two on a Cluster, each with connections of its own.
async fn pairs(prefix: &str) -> Vec<(RedisStorage, RedisStorage)> {
    let mut all = Vec::new();
    for redis in [|| Redis::builder(server().url()), || Redis::cluster(cluster().urls())] {
        let one = redis().prefix(prefix).connect().await.unwrap().storage();
        let other = redis().prefix(prefix).connect().await.unwrap().storage();
        all.push((one, other));
    }
    all
}

/// A cache with nothing in its memory.
fn users(storage: &RedisStorage) -> Builder<Users> {
    Users::builder("users").storage(storage.clone()).codec(Postcard)
}

fn new_users(storage: &RedisStorage) -> Users {
    users(storage).build().unwrap()
}

fn tag(tag: &str) -> EntryOptions {
    EntryOptions::new().tags([tag.to_string()])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_34_what_one_cache_writes_another_reads_and_what_it_deletes_is_gone() {
    for (one, other) in pairs("sharing").await {
        let one = new_users(&one);
        for number in 0..50u32 {
            one.set(format!("{number}"), number).await.unwrap();
        }
        let reader = new_users(&other);
        for number in 0..50u32 {
            assert_eq!(reader.get(&format!("{number}")).await.unwrap(), Some(number));
        }
        one.delete("7").await.unwrap();
        assert_eq!(new_users(&other).get("7").await.unwrap(), None);
        one.invalidate_by_pattern(&[Glob::new("1*").unwrap()]).await.unwrap();
        assert_eq!(new_users(&other).get("17").await.unwrap(), None);
        assert_eq!(new_users(&other).get("27").await.unwrap(), Some(27));
        one.clear().await.unwrap();
        let reader = new_users(&other);
        for number in 0..50u32 {
            assert_eq!(reader.get(&format!("{number}")).await.unwrap(), None);
        }
        new_users(&other).set("7".into(), 8).await.unwrap();
        assert_eq!(new_users(&other).get("7").await.unwrap(), Some(8));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_27_a_tag_that_one_cache_invalidates_is_gone_for_the_other() {
    for (one, other) in pairs("tags").await {
        let one = new_users(&one);
        for round in 0..3u32 {
            // More keys than groups, so that each group has some.
            for number in 0..64u32 {
                let which = if number % 2 == 0 { "even" } else { "odd" };
                one.set_with(format!("{number}"), number + round, tag(which)).await.unwrap();
            }
            let reader = new_users(&other);
            for number in 0..64u32 {
                let there = reader.get(&format!("{number}")).await.unwrap();
                assert_eq!(there, Some(number + round), "round {round}");
            }
            one.invalidate_by_tag("even").await.unwrap();
            let reader = new_users(&other);
            for number in 0..64u32 {
                let expected = (number % 2 == 1).then_some(number + round);
                let there = reader.get(&format!("{number}")).await.unwrap();
                assert_eq!(there, expected, "round {round}");
            }
        }
        one.invalidate_by_tags(&["odd", "none"]).await.unwrap();
        assert_eq!(new_users(&other).get("1").await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_29_an_expired_tag_leaves_values_that_bridge_failures() {
    for (one, other) in pairs("expire").await {
        let minute = Duration::from_secs(60);
        let one = users(&one).ttl(minute).stale_if_error(minute).build().unwrap();
        let other = users(&other).ttl(minute).stale_if_error(minute).build().unwrap();
        one.set_with("7".into(), 7, tag("t")).await.unwrap();
        one.invalidate_by_tag_with("t", Mode::Expire).await.unwrap();
        assert_eq!(other.get("7").await.unwrap(), None);
        let bridged = other.get_or_fetch("7", || async { Err::<u32, &str>("down") }).await;
        assert_eq!(bridged, Ok(7));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_05_clocks_ten_minutes_apart_cost_misses_and_are_never_stale() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    for (one, other) in pairs("clocks").await {
        let (ahead, behind) = (ManualClock::new(), ManualClock::new());
        ahead.advance(minutes(1_010));
        behind.advance(minutes(1_000));
        let one = users(&one).clock(ahead).ttl(minutes(5)).build().unwrap();
        let other = users(&other).clock(behind).ttl(minutes(5)).build().unwrap();
        one.set("from the future".into(), 1).await.unwrap();
        assert_eq!(other.get("from the future").await.unwrap(), None);
        assert_eq!(other.stats().skewed, 1);
        other.set("from the past".into(), 2).await.unwrap();
        assert_eq!(one.get("from the past").await.unwrap(), None);
        // Whoever meets such a record makes the value again.
        let fetched = other.get_or_fetch("from the future", || async { 3 }).await;
        assert_eq!(fetched, 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s_05_what_redis_has_left_of_a_life_counts_where_a_clock_is_behind() {
    let (one, other) = pairs("left").await.swap_remove(0);
    let seconds = Duration::from_secs;
    let clock = ManualClock::new();
    clock.advance(seconds(10_000));
    let writer = users(&one).clock(clock.clone()).ttl(seconds(100)).build().unwrap();
    writer.set("7".into(), 7).await.unwrap();
    // As if 90 seconds had passed for Redis, and none for the reader.
    server().cli(&["PEXPIRE", "left:users:7", "10000"]);
    let reader = users(&other).clock(clock.clone()).ttl(seconds(100)).build().unwrap();
    assert_eq!(reader.get("7").await.unwrap(), Some(7));
    server().cli(&["DEL", "left:users:7"]);
    clock.advance(seconds(8));
    assert_eq!(reader.get("7").await.unwrap(), Some(7), "memory has it as long as Redis would");
    clock.advance(seconds(3));
    assert_eq!(reader.get("7").await.unwrap(), None);
}
