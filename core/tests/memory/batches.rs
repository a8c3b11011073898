//! Many keys at once, and writing only where nothing is.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use cachefn_core::{EntryOptions, MemoryCache};

use crate::faces;
use crate::support::{Log, Reads, clock_at, ms, watched};

faces! {
    fn s_43_get_many_answers_in_order_and_counts_one_per_key() {
        let log = Log::new();
        let mut cache = Cache::<u32, &str>::builder().build().unwrap();
        cache.set_many([(1, "one"), (2, "two")]).unwrap();
        let _subscription = cache.subscribe(log.listener());
        let found = cache.get_many(&[2, 9, 1, 2]);
        assert_eq!(found, [Some("two"), None, Some("one"), Some("two")]);
        assert_eq!(log.take(), ["hit 2", "miss 9", "hit 1", "hit 2"]);
        assert_eq!((cache.stats().hits, cache.stats().misses), (3, 1));
        assert_eq!(cache.get_many(&[] as &[u32]), []);
    }

    fn s_33_set_many_stores_in_order_and_the_last_of_a_key_stays() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        cache.set_many([(1, 1), (2, 2), (1, 3)]).unwrap();
        cache.set_many([]).unwrap();
        assert_eq!(log.take(), ["set 1", "set 2", "set 1 replaced"]);
        assert_eq!((cache.value(&1), cache.value(&2), cache.stats().sets), (Some(3), Some(2), 3));
    }

    fn s_08_set_many_keeps_to_the_bound() {
        let mut cache = Cache::<u32, u32>::builder().max_entries(10).build().unwrap();
        cache.set_many((0..1_000).map(|key| (key, key))).unwrap();
        assert_eq!((cache.len(), cache.value(&999)), (10, Some(999)));
    }

    fn s_31_delete_many_counts_the_living() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let builder = Cache::<String, u32>::builder().clock(clock.clone());
        let mut cache = builder.build().unwrap();
        for key in ["a", "b", "c"] {
            cache.set(key.into(), 1).unwrap();
        }
        cache.set_with("dead".into(), 1, EntryOptions::new().ttl(ms(1))).unwrap();
        cache.set_with("invalid".into(), 1, EntryOptions::new().tag("t")).unwrap();
        clock.advance(ms(1));
        cache.invalidate_by_tag("t");
        let _subscription = cache.subscribe(log.changes());
        assert_eq!(cache.delete_many(["a", "dead", "none", "a", "invalid", "c"]), 2);
        assert_eq!(
            log.take(),
            [
                "delete \"a\" deleted",
                "expire \"dead\" expired",
                "delete \"invalid\" tag",
                "delete \"c\" deleted",
            ]
        );
        assert_eq!((cache.stats().deletes, cache.stats().expirations, cache.len()), (2, 1, 1));
    }

    fn s_12_set_if_absent_stores_only_where_nothing_fresh_is() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(100));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        assert_eq!(cache.set_if_absent(1, 1), Ok(true));
        assert_eq!(cache.set_if_absent(1, 2), Ok(false));
        assert_eq!(cache.peeked(&1), Some(1));
        assert_eq!((cache.stats().hits, cache.stats().misses, cache.stats().sets), (0, 0, 1));
        clock.advance(ms(10));
        assert_eq!(cache.set_if_absent(1, 3), Ok(true), "a stale value does not count as there");
        assert_eq!(cache.peeked(&1), Some(3));
        clock.advance(ms(1_000));
        assert_eq!(cache.set_if_absent(1, 4), Ok(true), "a dead one neither");
        assert_eq!(log.take(), ["set 1", "set 1 replaced", "expire 1 expired", "set 1"]);
    }

    fn s_03_set_if_absent_with_a_ttl_of_zero_stores_nothing() {
        let builder = Cache::<u32, u32>::builder().ttl(ms(0));
        let mut cache = builder.build().unwrap();
        assert_eq!(cache.set_if_absent(1, 1), Ok(true), "nothing was there");
        assert_eq!(cache.value(&1), None);
    }
}

#[test]
fn s_12_of_many_threads_one_sets_an_absent_key() {
    watched(|| {
        let cache = MemoryCache::<u64, usize>::builder().max_entries(20_000).build().unwrap();
        let (threads, keys) = (6, 2_000);
        let (barrier, won) = (Barrier::new(threads), AtomicUsize::new(0));
        thread::scope(|scope| {
            for thread in 0..threads {
                let (cache, barrier, won) = (&cache, &barrier, &won);
                scope.spawn(move || {
                    barrier.wait();
                    for key in 0..keys {
                        if cache.set_if_absent(key, thread).unwrap() {
                            won.fetch_add(1, SeqCst);
                            assert_eq!(cache.get(&key), Some(thread));
                        }
                    }
                });
            }
        });
        assert_eq!((won.load(SeqCst), cache.stats().sets), (keys as usize, keys));
    });
}

#[test]
fn s_18_set_if_absent_wins_over_a_running_load() {
    let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
    let loaded = cache.get_or_fetch(&1, || {
        assert_eq!(cache.set_if_absent(1, 5), Ok(true));
        1
    });
    assert_eq!((loaded, cache.get(&1), cache.stats().fenced), (1, Some(5), 1));
    let other = cache.get_or_fetch(&2, || {
        assert_eq!(cache.set_if_absent(1, 6), Ok(false));
        2
    });
    assert_eq!((other, cache.get(&2), cache.stats().fenced), (2, Some(2), 1));
}
