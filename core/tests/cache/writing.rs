//! Writes that depend on what is there, when many come at once.

use std::cell::Cell;

use cachefn_core::ErrorKind;

use crate::support::*;

#[test]
fn s_12_of_many_who_set_if_absent_one_does_whatever_the_order() {
    for seed in 0..200 {
        let store = Store::new();
        store.pauses(seed as usize % 3);
        let cache = plain(&store);
        let winners = Cell::new(0);
        let mut tasks = Tasks::new(seed);
        for value in 0..8 {
            let (cache, winners) = (&cache, &winners);
            tasks.spawn(async move {
                if cache.set_if_absent(1, value).await.unwrap() {
                    winners.set(winners.get() + 1);
                }
            });
        }
        tasks.run();
        assert_eq!(winners.get(), 1, "seed {seed}");
        store.pauses(0);
        let here = finish(cache.get(&1)).unwrap();
        assert_eq!(here, finish(plain(&store).get(&1)).unwrap(), "seed {seed}");
    }
}

#[test]
fn s_12_no_update_is_lost_whatever_the_order() {
    for seed in 0..200 {
        let store = Store::new();
        let stored = seed % 2 == 0;
        if stored {
            finish(plain(&store).set(1, 100)).unwrap();
        }
        store.pauses(seed as usize % 3);
        let cache = plain(&store);
        let mut tasks = Tasks::new(seed);
        for _ in 0..8 {
            let cache = &cache;
            tasks.spawn(async move {
                cache.update(1, |old| Some(old.unwrap_or(0) + 1)).await.unwrap();
            });
        }
        tasks.run();
        store.pauses(0);
        let expected = Some(if stored { 108 } else { 8 });
        assert_eq!(finish(cache.get(&1)).unwrap(), expected, "seed {seed}");
        assert_eq!(finish(plain(&store).get(&1)).unwrap(), expected, "seed {seed}");
    }
}

#[test]
fn s_12_an_update_keeps_the_end_of_a_life_in_both_tiers() {
    let (store, clock) = (Store::new(), clock());
    let build = || over::<u32, u32>(&store, &clock).ttl(ms(100)).build().unwrap();
    let cache = build();
    finish(cache.set(1, 5)).unwrap();
    clock.advance(ms(60));
    finish(build().update(1, |old| old.map(|old| old + 1))).unwrap();
    assert_eq!(finish(build().get(&1)).unwrap(), Some(6));
    clock.advance(ms(40));
    assert_eq!(finish(build().get(&1)).unwrap(), None);
    assert_eq!(finish(cache.update(1, |old| old.map(|old| old + 1))).unwrap(), None);
    assert_eq!(finish(cache.update(1, |_| Some(1))).unwrap(), Some(1));
    clock.advance(ms(99));
    assert_eq!(finish(build().get(&1)).unwrap(), Some(1), "a new entry has a life of its own");
}

#[test]
fn s_12_an_update_that_panics_leaves_everything_free() {
    let cache = plain(&Store::new());
    finish(cache.set(1, 5)).unwrap();
    let panics = std::panic::AssertUnwindSafe(|| {
        finish(cache.update(1, |_| std::panic::resume_unwind(Box::new(()))))
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!(finish(cache.update(1, |old| old.map(|old| old + 1))).unwrap(), Some(6));
}

#[test]
fn s_09_a_value_too_heavy_for_memory_goes_to_the_storage_and_leaves_no_older_one() {
    let (store, clock) = (Store::new(), clock());
    let builder = over::<u32, u32>(&store, &clock).max_weight(10);
    let cache = builder.weigher(|_, value| u64::from(*value)).build().unwrap();
    finish(cache.set(1, 5)).unwrap();
    assert_eq!(finish(cache.set(1, 50)).unwrap_err().kind(), ErrorKind::TooHeavy);
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(50));
    finish(cache.set(2, 5)).unwrap();
    let updated = finish(cache.update(2, |_| Some(60)));
    assert_eq!(updated.unwrap_err().kind(), ErrorKind::TooHeavy);
    assert_eq!(finish(cache.get(&2)).unwrap(), None, "the old value is not true any more");
}
