//! Per call: memory, the storage, or both; and in which order both are written.

use std::cell::Cell;

use cachefn_core::{EntryOptions, Tier};

use crate::support::*;

fn only(tier: Tier) -> EntryOptions {
    EntryOptions::new().tier(tier)
}

#[test]
fn s_37_memory_alone_neither_asks_nor_fills_the_storage() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set_with(1, 5, only(Tier::Memory))).unwrap();
    finish(cache.get_or_fetch_with(&2, only(Tier::Memory), async |_| 6));
    assert_eq!(
        (finish(cache.get(&1)).unwrap(), finish(cache.get(&2)).unwrap()),
        (Some(5), Some(6))
    );
    assert_eq!(store.calls(), [""; 0]);
}

#[test]
fn s_37_the_storage_alone_neither_asks_nor_fills_memory() {
    let store = Store::new();
    let cache = plain(&store);
    let fetch =
        |value| finish(cache.get_or_fetch_with(&1, only(Tier::Storage), async move |_| value));
    assert_eq!([fetch(5), fetch(6)], [5, 5]);
    assert_eq!(cache.len(), 0);
    assert_eq!((cache.stats().hits, cache.stats().misses), (1, 1));
    finish(cache.set_with(2, 7, only(Tier::Storage))).unwrap();
    assert_eq!(cache.len(), 0);
    assert_eq!(finish(cache.get(&2)).unwrap(), Some(7));
    assert_eq!(cache.len(), 1, "a read of both tiers promotes");
    // What memory has is not asked for, and goes when the storage has a newer value.
    store.lose("c:2");
    let newer = finish(cache.get_or_fetch_with(&2, only(Tier::Storage), async |_| 8));
    assert_eq!((newer, finish(cache.get(&2)).unwrap()), (8, Some(8)));
    finish(cache.set_with(2, 9, only(Tier::Storage))).unwrap();
    assert_eq!(finish(cache.get(&2)).unwrap(), Some(9));
}

#[test]
fn s_37_one_flight_serves_callers_of_all_tiers() {
    let cache = plain(&Store::new());
    let ran = Cell::new(0);
    let mut tasks = Tasks::new(1);
    for tier in [Tier::Both, Tier::Storage, Tier::Memory, Tier::Both] {
        let (cache, ran) = (&cache, &ran);
        tasks.spawn(async move {
            let fetch = async |_| {
                ran.set(ran.get() + 1);
                5
            };
            assert_eq!(cache.get_or_fetch_with(&1, only(tier), fetch).await, 5);
        });
    }
    tasks.run();
    assert_eq!(ran.get(), 1);
}

#[test]
fn s_34_memory_knows_a_write_at_once_and_the_storage_in_the_same_order() {
    for seed in 0..300 {
        let store = Store::new();
        store.pauses(1 + seed as usize % 3);
        let cache = plain(&store);
        let mut tasks = Tasks::new(seed);
        for value in 0..6 {
            let cache = &cache;
            tasks.spawn(async move {
                match (value + seed as u32) % 5 {
                    0 => ignore(cache.get_or_fetch(&1, async || 100 + value).await),
                    1 => {
                        ignore(cache.update(1, |old| Some(old.unwrap_or(0) + 1_000)).await.unwrap())
                    }
                    2 => cache.set_many([(2, value), (1, value)]).await.unwrap(),
                    _ => cache.set(1, value).await.unwrap(),
                }
            });
        }
        tasks.run();
        store.pauses(0);
        let here = finish(cache.get(&1)).unwrap();
        assert_eq!(here, finish(plain(&store).get(&1)).unwrap(), "seed {seed}");
        assert!(here.is_some());
    }
}

#[test]
fn s_34_a_set_is_in_memory_while_the_storage_is_still_busy() {
    let store = Store::new();
    let cache = plain(&store);
    finish(cache.set(1, 5)).unwrap();
    store.calls();
    store.pauses(5);
    let mut set = Task::new(cache.set(1, 6));
    while store.calls().last().is_none_or(|call| call != "set") {
        assert!(set.poll().is_none());
    }
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(6));
    drop(set);
    finish(cache.set(1, 7)).unwrap();
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(7), "a write given up holds nobody up");
}
