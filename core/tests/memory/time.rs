//! TTLs: when entries die, extremes, jitter, and what timers do and do not decide.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use cachefn_core::{Clock, EntryOptions, ErrorKind, Glob};

use crate::faces;
use crate::support::{Log, Reads, clock_at, ms};

faces! {
    fn s_01_deadlines_use_the_monotonic_time_only() {
        #[derive(Clone, Default)]
        struct Wild(Arc<AtomicU64>, Arc<AtomicU64>);
        impl Clock for Wild {
            fn mono_ms(&self) -> u64 {
                self.0.load(SeqCst)
            }
            fn wall_ms(&self) -> u64 {
                self.1.load(SeqCst)
            }
        }
        let clock = Wild::default();
        clock.1.store(1_700_000_000_000, SeqCst);
        let mut cache = Cache::builder().ttl(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set(1, "one").unwrap();
        for wall in [0, 1, u64::MAX] {
            clock.1.store(wall, SeqCst);
            assert_eq!(cache.value(&1), Some("one"), "a wall clock at {wall}");
        }
        clock.0.store(10, SeqCst);
        assert_eq!(cache.value(&1), None);
    }

    fn s_02_an_entry_is_dead_at_the_very_millisecond_for_every_kind_of_look() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone()).build().unwrap();
        let all = Glob::prefix("");
        cache.set(1, 1).unwrap();
        clock.advance(ms(9));
        assert_eq!((cache.value(&1), cache.peeked(&1), cache.contains(&1)), (Some(1), Some(1), true));
        assert_eq!((cache.len(), cache.keys(&all), cache.entries(&all, 9)), (1, vec![1], vec![(1, 1)]));
        clock.advance(ms(1));
        assert_eq!((cache.value(&1), cache.peeked(&1), cache.contains(&1)), (None, None, false));
        assert_eq!(cache.get_with(&1, |value| *value), None);
        assert_eq!(cache.get_many(&[1]), [None]);
        assert_eq!((cache.delete(&1), cache.expire(&1)), (false, false));
        assert_eq!((cache.len(), cache.keys(&all), cache.entries(&all, 9)), (0, vec![], vec![]));
    }

    fn s_02_a_dead_entry_does_not_stand_in_the_way_of_a_new_one() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        clock.advance(ms(10));
        assert_eq!(cache.set_if_absent(1, 2), Ok(true));
        assert_eq!(cache.value(&1), Some(2));
        clock.advance(ms(10));
        let seen = Rc::new(Cell::new(Some(0)));
        cache.update(1, |old| { seen.set(old); Some(3) }).unwrap();
        assert_eq!((seen.get(), cache.value(&1)), (None, Some(3)));
        clock.advance(ms(10));
        assert_eq!(cache.get_or_fetch(&1, || 4), 4);
        assert_eq!(cache.value(&1), Some(4));
    }

    fn s_03_without_a_ttl_an_entry_lives_until_it_is_evicted() {
        let clock = clock_at(5);
        let mut cache = Cache::<u32, u32>::builder().max_entries(1).clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        clock.advance(Duration::from_secs(u32::MAX.into()));
        assert_eq!(cache.value(&1), Some(1));
        cache.set(2, 2).unwrap();
        assert_eq!((cache.value(&1), cache.value(&2)), (None, Some(2)));
    }

    fn s_03_a_ttl_of_zero_stores_nothing_and_removes_what_was_there() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().clock(clock_at(5)).build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        cache.set_with(1, 1, EntryOptions::new().ttl(Duration::ZERO)).unwrap();
        assert_eq!((cache.value(&1), cache.len()), (None, 0));
        cache.set(1, 1).unwrap();
        cache.set_with(1, 2, EntryOptions::new().ttl(Duration::ZERO)).unwrap();
        assert_eq!((cache.value(&1), cache.len()), (None, 0));
        assert_eq!(log.take(), ["set 1", "delete 1 deleted"]);
        assert_eq!(cache.stats().sets, 1);
    }

    fn h_19_a_cache_whose_ttl_is_zero_computes_every_time_and_keeps_nothing() {
        let mut cache = Cache::<u32, u32>::builder().ttl(Duration::ZERO).build().unwrap();
        for round in 0..3 {
            assert_eq!(cache.get_or_fetch(&1, || round), round);
        }
        assert_eq!((cache.len(), cache.stats().loads, cache.stats().misses), (0, 3, 3));
    }

    fn s_03_a_ttl_below_a_millisecond_is_a_millisecond() {
        for ttl in [Duration::from_nanos(1), Duration::from_micros(999)] {
            let clock = clock_at(70);
            let mut cache = Cache::builder().ttl(ttl).clock(clock.clone()).build().unwrap();
            cache.set(1, 1).unwrap();
            assert_eq!(cache.value(&1), Some(1));
            clock.advance(ms(1));
            assert_eq!(cache.value(&1), None);
        }
        let clock = clock_at(70);
        let mut cache = Cache::builder().clock(clock.clone()).build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().ttl(Duration::from_micros(1_001))).unwrap();
        clock.advance(ms(1));
        assert_eq!(cache.value(&1), Some(1), "parts of a millisecond round up");
        clock.advance(ms(1));
        assert_eq!(cache.value(&1), None);
    }

    fn h_17_endless_lifetimes_neither_overflow_nor_stop_the_cache() {
        let endless = [Duration::MAX, ms(u64::MAX), ms(u64::MAX - 1), Duration::from_secs(u64::MAX)];
        for length in endless {
            let clock = clock_at(1 << 40);
            let builder = Cache::builder().ttl(length).tti(length).clock(clock.clone());
            let mut cache = builder.stale_while_revalidate(length).stale_if_error(length).build().unwrap();
            cache.set(1, 1).unwrap();
            let options = EntryOptions::new().ttl(length).tti(length);
            cache.set_with(2, 2, options.stale_if_error(length)).unwrap();
            clock.advance(ms(1 << 50));
            assert_eq!((cache.value(&1), cache.value(&2)), (Some(1), Some(2)), "{length:?}");
            cache.set(3, 3).unwrap();
            assert_eq!((cache.len(), cache.purge()), (3, 0), "{length:?}");
            assert_eq!(cache.get_or_fetch(&4, || 4), 4);
            assert!(cache.expire(&1) && cache.expire(&2), "{length:?}");
            assert_eq!((cache.value(&1), cache.value(&2)), (None, None), "{length:?}");
        }
    }

    fn h_17_a_clock_at_its_end_saturates() {
        let clock = clock_at(u64::MAX - 5);
        let mut cache = Cache::builder().ttl(ms(10)).tti(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        assert_eq!(cache.value(&1), Some(1));
        clock.advance(ms(5));
        let _ = cache.value(&1);
        cache.set(2, 2).unwrap();
        let _ = (cache.len(), cache.purge(), cache.expire(&2));
        cache.clear();
        assert_eq!(cache.len(), 0);
    }

    fn s_06_jitter_only_shortens_and_spreads() {
        for (part, least) in [(0.0, 1_000), (0.1, 900), (0.5, 500), (1.0, 1)] {
            let clock = clock_at(50);
            let builder = Cache::builder().ttl(ms(1_000)).jitter(part).seed(7).clock(clock.clone());
            let mut cache = builder.max_entries(300).build().unwrap();
            for key in 0..200 {
                cache.set(key, key).unwrap();
            }
            clock.advance(ms(least - 1));
            assert_eq!(cache.len(), 200, "none dies before {least} ms with jitter {part}");
            let mut deaths = 0;
            let mut before = 200;
            for _ in least..1_000 {
                clock.advance(ms(1));
                let now = cache.len();
                deaths += usize::from(now < before);
                before = now;
            }
            assert!(part == 0.0 || deaths > 60, "{deaths} times of death with jitter {part}");
            clock.advance(ms(1));
            assert_eq!(cache.len(), 0, "none outlives its TTL with jitter {part}");
        }
    }

    fn s_06_jitter_is_the_same_with_the_same_seed() {
        let lives = |seed| {
            let clock = clock_at(50);
            let builder = Cache::builder().ttl(ms(1_000)).jitter(0.9).seed(seed);
            let mut cache = builder.clock(clock.clone()).build().unwrap();
            (0..50).for_each(|key| cache.set(key, key).unwrap());
            let mut sizes = Vec::new();
            for _ in 0..100 {
                clock.advance(ms(10));
                sizes.push(cache.len());
            }
            sizes
        };
        assert_eq!(lives(1), lives(1));
        assert_ne!(lives(1), lives(2));
    }

    fn s_06_jitter_outside_of_0_to_1_is_a_config_error() {
        for jitter in [-0.1, 1.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = Cache::<u32, u32>::builder().jitter(jitter).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{jitter}");
            assert!(error.to_string().starts_with("build: jitter is "), "{error}");
        }
        for jitter in [0.0, -0.0, 1.0, f64::MIN_POSITIVE] {
            assert!(Cache::<u32, u32>::builder().jitter(jitter).build().is_ok(), "{jitter}");
        }
    }

    fn s_07_reads_serve_no_dead_entry_though_no_timer_has_rung() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone()).build().unwrap();
        (0..1_000).for_each(|key| cache.set(key, key).unwrap());
        clock.advance(ms(10));
        // One write does 16 steps of housekeeping, so most of the dead are still there.
        cache.set(5_000, 0).unwrap();
        assert!(cache.stats().size > 900);
        assert!((0..1_000).all(|key| cache.value(&key).is_none() && !cache.contains(&key)));
    }

    fn h_20_housekeeping_is_bounded_per_write_and_purge_does_all_of_it() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone()).build().unwrap();
        (0..1_000).for_each(|key| cache.set(key, key).unwrap());
        clock.advance(ms(60_000));
        for write in 0..200 {
            let before = cache.stats().size;
            cache.set(10_000 + write, 0).unwrap();
            let reclaimed = before + 1 - cache.stats().size;
            assert!(reclaimed <= 16, "{reclaimed} in one write");
        }
        assert_eq!(cache.stats().size, 200, "the writes have reclaimed all");
        assert_eq!(cache.stats().expirations, 1_000);
        clock.advance(ms(10));
        assert_eq!((cache.stats().size, cache.purge(), cache.stats().size), (200, 200, 0));
        assert_eq!(cache.purge(), 0);
    }

    fn s_11_the_dead_are_reclaimed_before_they_are_counted_or_listed_while_nobody_writes() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        let _subscription = cache.subscribe(log.changes());
        clock.advance(ms(10));
        assert!(cache.is_empty());
        assert_eq!((log.take(), cache.stats().size), (vec!["expire 1 expired".to_string()], 0));
    }

    fn h_21_a_clock_that_stands_still_or_leaps_breaks_nothing() {
        let clock = clock_at(0);
        let mut cache = Cache::<u64, u64>::builder().ttl(ms(100)).clock(clock.clone()).build().unwrap();
        for leap in [0, 1, 99, 100, 1 << 12, 1 << 24, 1 << 31, 1 << 36, 1 << 42, 1 << 52] {
            cache.set(leap, leap).unwrap();
            assert_eq!(cache.value(&leap), Some(leap));
            clock.advance(ms(leap));
            assert_eq!(cache.value(&leap).is_some(), leap < 100, "after {leap} ms");
        }
        clock.advance(ms(100));
        assert_eq!(cache.len(), 0);
    }
}

#[test]
fn h_21_a_clock_that_runs_backwards_for_some_threads_loses_no_bound() {
    // A thread may have read the clock before another, and come later.
    #[derive(Clone, Default)]
    struct Backwards(Arc<AtomicU64>);
    impl Clock for Backwards {
        fn mono_ms(&self) -> u64 {
            let reads = self.0.fetch_add(1, SeqCst);
            10_000 + reads - reads % 7 * 2
        }
        fn wall_ms(&self) -> u64 {
            0
        }
    }
    let builder = cachefn_core::MemoryCache::builder().max_entries(50).ttl(ms(20));
    let cache = builder.tti(ms(5)).clock(Backwards::default()).build().unwrap();
    for key in 0..2_000_u64 {
        cache.set(key % 80, key).unwrap();
        cache.get(&(key % 13));
        assert!(cache.stats().size <= 50);
    }
    cache.clear();
    assert_eq!(cache.len(), 0);
}
