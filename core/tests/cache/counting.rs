//! What is counted and told: every read once.

use cachefn_core::{Cache, EntryOptions};

use crate::support::*;

#[test]
fn s_43_every_read_counts_one_hit_or_one_miss_whatever_the_tier() {
    let (store, clock) = (Store::new(), clock());
    let cache = plain(&store);
    let counted = |cache: &Cache<u32, u32>| (cache.stats().hits, cache.stats().misses);
    finish(cache.get(&1)).unwrap();
    assert_eq!(counted(&cache), (0, 1));
    finish(cache.set(1, 5)).unwrap();
    finish(cache.get(&1)).unwrap();
    assert_eq!(counted(&cache), (1, 1));
    let elsewhere = plain(&store);
    finish(elsewhere.get(&1)).unwrap();
    assert_eq!(counted(&elsewhere), (1, 0), "the storage had it");
    assert_eq!((elsewhere.stats().storage_hits, elsewhere.stats().storage_misses), (1, 0));
    finish(elsewhere.get_many(&[1, 2, 3])).unwrap();
    assert_eq!(counted(&elsewhere), (2, 2));
    finish(elsewhere.get_or_fetch(&4, async || 1));
    assert_eq!(counted(&elsewhere), (2, 3));
    finish(elsewhere.get_or_fetch_shared(&5, || async { 1 }));
    assert_eq!(counted(&elsewhere), (2, 4));
    let through = over::<u32, u32>(&store, &clock).fetcher(|_| async { 7 }).build().unwrap();
    finish(through.get(&8)).unwrap();
    assert_eq!(counted(&through), (0, 1));
    finish(through.get_many(&[8, 9, 1])).unwrap();
    assert_eq!(counted(&through), (2, 2));
}

#[test]
fn s_43_what_is_no_read_counts_neither() {
    let store = Store::new();
    finish(plain(&store).set_many([(1, 1), (2, 2), (3, 3)])).unwrap();
    let cache = plain(&store);
    finish(cache.peek(&1)).unwrap();
    finish(cache.contains(&1)).unwrap();
    finish(cache.set_if_absent(1, 5)).unwrap();
    finish(cache.update(2, |old| old)).unwrap();
    finish(cache.delete(&3)).unwrap();
    finish(cache.get(&9)).unwrap();
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.storage_hits), (0, 1, 0));
}

#[test]
fn s_41_stats_are_reset_by_reset_alone() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.get_or_fetch(&1, async || 5));
    finish(cache.clear()).unwrap();
    assert_eq!((cache.stats().loads, cache.stats().storage_misses), (1, 1));
    cache.reset_stats();
    assert_eq!(
        (cache.stats().loads, cache.stats().misses, cache.stats().storage_misses),
        (0, 0, 0)
    );
}

#[test]
fn s_41_a_value_that_was_overtaken_is_counted_as_fenced() {
    let cache = plain(&Store::new());
    finish(cache.get_or_fetch(&1, async || {
        cache.delete(&1).await.unwrap();
        5
    }));
    assert_eq!((cache.stats().fenced, cache.stats().loads), (1, 1));
}

#[test]
fn s_42_events_of_a_key_come_in_the_order_of_effects() {
    let store = Store::new();
    let cache = plain(&store);
    let (log, subscription) = Log::of(&cache);
    finish(cache.get_or_fetch(&1, async || 5));
    finish(cache.get(&1)).unwrap();
    finish(cache.set_with(1, 6, EntryOptions::new().tag("t"))).unwrap();
    finish(cache.delete(&1)).unwrap();
    finish(cache.invalidate_by_tag("t")).unwrap();
    assert_eq!(
        log.take(),
        ["miss 1", "load 1", "set 1", "hit 1", "set 1 replaced", "delete 1 deleted", "invalidate"]
    );
    drop(subscription);
    finish(cache.set(1, 5)).unwrap();
    assert_eq!(log.take(), [""; 0]);
}
