//! What memory keeps of a storage: for how long, whether at all, and limits that change.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use cachefn_core::{Cache, ManualClock, NamedCache, Postcard};

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn memory_gives_up_before_the_storage_does_and_then_asks_it() {
    let (store, clock) = (Store::new(), ManualClock::new());
    let builder = Cache::<u32, u32>::builder("c").storage(store.clone()).codec(Postcard);
    let builder = builder.clock(clock.clone()).ttl(60 * SECOND).memory_ttl(SECOND);
    let cache = builder.stale_while_revalidate(60 * SECOND).build().unwrap();
    finish(cache.set(1, 5)).unwrap();
    clock.advance(SECOND - Duration::from_millis(1));
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    assert_eq!(cache.stats().storage_hits, 0);
    clock.advance(Duration::from_millis(1));
    assert_eq!(finish(cache.get_or_fetch(&1, async || 6)), 5, "it is not stale, but elsewhere");
    assert_eq!(cache.stats().storage_hits, 1);
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    assert_eq!(cache.stats().storage_hits, 1, "it was promoted, for a second more");
    clock.advance(SECOND);
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    assert_eq!(cache.stats().storage_hits, 2);
    clock.advance(60 * SECOND);
    assert_eq!(finish(cache.get(&1)).unwrap(), None);
}

#[test]
fn memory_gives_up_what_has_no_ttl_at_all() {
    let (store, clock) = (Store::new(), ManualClock::new());
    let builder = Cache::<u32, u32>::builder("c").storage(store.clone()).codec(Postcard);
    let cache = builder.clock(clock.clone()).memory_ttl(SECOND).build().unwrap();
    finish(cache.set(1, 5)).unwrap();
    clock.advance(SECOND);
    assert_eq!((finish(cache.get(&1)).unwrap(), cache.stats().storage_hits), (Some(5), 1));
}

#[test]
fn a_memory_of_no_time_keeps_nothing_and_callers_wait_for_one_load() {
    let store = Store::new();
    let builder = Cache::<u32, u32>::builder("c").storage(store.clone()).codec(Postcard);
    let cache = builder.ttl(60 * SECOND).memory_ttl(Duration::ZERO).build().unwrap();
    finish(cache.set(1, 5)).unwrap();
    finish(cache.set_many([(2, 6), (3, 7)])).unwrap();
    assert!(finish(cache.set_if_absent(4, 8)).unwrap());
    assert!(!finish(cache.set_if_absent(4, 9)).unwrap());
    assert_eq!(finish(cache.get_or_fetch(&5, async || 9)), 9);
    assert_eq!(finish(cache.get_many([&1, &2, &3, &4, &5])).unwrap(), [5, 6, 7, 8, 9].map(Some));
    assert_eq!(finish(cache.get_or_fetch(&1, async || 0)), 5);
    assert_eq!((cache.len(), cache.stats().storage_hits), (0, 6));
    assert!(finish(cache.delete(&1)).unwrap());
    assert_eq!(finish(cache.get(&1)).unwrap(), None);

    let (loads, gate) = (Cell::new(0), Cell::new(false));
    let load = || async {
        loads.set(loads.get() + 1);
        poll_fn(|_| if gate.get() { Poll::Ready(()) } else { Poll::Pending }).await;
        1
    };
    let [mut leads, mut waits] = [(); 2].map(|()| Task::new(cache.get_or_fetch(&6, load)));
    assert_eq!((leads.poll(), waits.poll()), (None, None));
    gate.set(true);
    assert_eq!((leads.poll(), waits.poll(), loads.get()), (Some(1), Some(1), 1));
}

#[test]
fn without_promotion_memory_has_only_what_was_made_here() {
    let store = Store::new();
    let builder = Cache::<u32, u32>::builder("c").storage(store.clone()).codec(Postcard);
    let other = builder.build().unwrap();
    finish(other.set_many([(1, 5), (2, 6), (3, 7)])).unwrap();
    let builder = Cache::<u32, u32>::builder("c").storage(store.clone()).codec(Postcard);
    let cache = builder.promote_on_hit(false).build().unwrap();
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    assert_eq!(finish(cache.get_or_fetch(&2, async || 9)), 6);
    assert_eq!(finish(cache.get_many([&3])).unwrap(), [Some(7)]);
    assert_eq!(cache.len(), 0);
    finish(cache.set(4, 8)).unwrap();
    assert_eq!(finish(cache.get_or_fetch(&5, async || 9)), 9);
    assert_eq!(cache.len(), 2);
}

#[test]
fn limits_that_change_hold_for_what_comes_after() {
    let clock = ManualClock::new();
    let builder = NamedCache::builder("c").clock(clock.clone()).ttl(10 * SECOND);
    let named = builder.max_entries(100_000).build().unwrap();
    let cache = named.cache::<u32, u32>().unwrap();
    for key in 0..50_000 {
        finish(cache.set(key, key)).unwrap();
    }
    named.change_limits(Some(SECOND), None, Some(100)).unwrap();
    assert_eq!(cache.len(), 100);
    finish(cache.set(0, 0)).unwrap();
    assert_eq!(cache.len(), 100);
    clock.advance(SECOND);
    assert_eq!(finish(cache.get(&0)).unwrap(), None);
    assert_eq!(cache.len(), 99, "the others keep the lives that they began with");

    named.change_limits(Some(60 * SECOND), None, Some(10_000)).unwrap();
    for key in 0..20_000 {
        finish(cache.set(key, key)).unwrap();
    }
    assert_eq!(cache.len(), 10_000);
    clock.advance(59 * SECOND);
    assert_eq!(cache.len(), 10_000);
}

#[test]
fn limits_that_were_never_there_do_not_come() {
    let named = NamedCache::builder("c").max_entries(10).build().unwrap();
    let error = named.change_limits(Some(SECOND), None, Some(5)).unwrap_err();
    assert!(error.to_string().starts_with("change: it was built without a ttl"), "{error}");
    let cache = named.cache::<u32, u32>().unwrap();
    for key in 0..20 {
        finish(cache.set(key, key)).unwrap();
    }
    assert_eq!(cache.len(), 10, "nothing was changed");
    assert!(named.change_limits(None, None, Some(0)).is_err());
    named.change_limits(None, None, Some(4)).unwrap();
    assert_eq!(cache.len(), 4);
    let later = named.cache::<u32, u32>().unwrap();
    assert_eq!(later.len(), 4);
}
