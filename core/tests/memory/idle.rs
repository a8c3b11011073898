//! Time to idle: what counts as a use, and that the TTL comes first.

use std::time::Duration;

use cachefn_core::{EntryOptions, ErrorKind, Glob};

use crate::faces;
use crate::support::{Log, Random, Reads, clock_at, ms};

faces! {
    fn s_04_a_hit_moves_the_time_to_idle_forward() {
        let clock = clock_at(1_000);
        let mut cache = Cache::builder().tti(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        for _ in 0..50 {
            clock.advance(ms(9));
            assert_eq!(cache.value(&1), Some(1));
        }
        clock.advance(ms(10));
        assert_eq!(cache.value(&1), None, "dead at the very millisecond");
    }

    fn s_04_every_read_that_counts_a_hit_is_a_use() {
        let clock = clock_at(1_000);
        let mut cache = Cache::builder().tti(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        clock.advance(ms(9));
        assert_eq!(cache.get_with(&1, |value| *value), Some(1));
        clock.advance(ms(9));
        assert_eq!(cache.get_many(&[1]), [Some(1)]);
        clock.advance(ms(9));
        assert_eq!(cache.get_or_fetch(&1, || 2), 1);
        clock.advance(ms(9));
        cache.set(1, 3).unwrap();
        clock.advance(ms(9));
        assert_eq!(cache.value(&1), Some(3));
    }

    fn s_04_looks_that_count_nothing_are_no_use() {
        let clock = clock_at(1_000);
        let mut cache = Cache::builder().tti(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        clock.advance(ms(9));
        let all = Glob::prefix("");
        assert_eq!((cache.peeked(&1), cache.contains(&1)), (Some(1), true));
        assert_eq!((cache.keys(&all).len(), cache.entries(&all, 5).len(), cache.len()), (1, 1, 1));
        assert_eq!(cache.set_if_absent(1, 2), Ok(false));
        let _ = cache.stats();
        clock.advance(ms(1));
        assert_eq!((cache.peeked(&1), cache.contains(&1), cache.len()), (None, false, 0));
    }

    fn s_04_idle_time_never_goes_past_the_ttl() {
        let clock = clock_at(1_000);
        let builder = Cache::builder().tti(ms(10)).ttl(ms(25)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set(1, 1).unwrap();
        for _ in 0..3 {
            clock.advance(ms(8));
            assert_eq!(cache.value(&1), Some(1));
        }
        clock.advance(ms(1));
        assert_eq!((cache.value(&1), cache.len()), (None, 0), "used 1 ms ago, but 25 ms old");
    }

    fn s_04_an_entry_may_have_a_time_to_idle_of_its_own() {
        let clock = clock_at(1_000);
        let mut cache = Cache::builder().tti(ms(100)).clock(clock.clone()).build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tti(ms(5))).unwrap();
        cache.set_with(2, 2, EntryOptions::new().tti(ms(500))).unwrap();
        cache.set_with(3, 3, EntryOptions::new().tti(ms(500)).ttl(ms(5))).unwrap();
        cache.set(4, 4).unwrap();
        clock.advance(ms(5));
        assert_eq!([1, 2, 3, 4].map(|key| cache.contains(&key)), [false, true, false, true]);
        clock.advance(ms(95));
        assert_eq!([1, 2, 3, 4].map(|key| cache.contains(&key)), [false, true, false, false]);
        clock.advance(ms(400));
        assert_eq!(cache.len(), 0);
    }

    fn s_04_a_new_value_has_the_times_of_its_own_write() {
        let clock = clock_at(1_000);
        let mut cache = Cache::builder().clock(clock.clone()).build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tti(ms(5))).unwrap();
        cache.set(1, 2).unwrap();
        clock.advance(ms(1_000));
        assert_eq!(cache.value(&1), Some(2), "the new value idles for ever");
        cache.set_with(1, 3, EntryOptions::new().tti(ms(5))).unwrap();
        clock.advance(ms(5));
        assert_eq!(cache.value(&1), None);
    }

    fn s_04_entries_are_reclaimed_though_their_timer_rang_too_early() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let mut cache = Cache::builder().tti(ms(100)).clock(clock.clone()).build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        for key in 0..20 {
            cache.set(key, key).unwrap();
        }
        clock.advance(ms(99));
        (0..20).for_each(|key| assert_eq!(cache.value(&key), Some(key)));
        log.take();
        clock.advance(ms(50));
        // The timers stand at 100 ms, but all were used at 99: housekeeping sets them anew.
        for key in 100..110 {
            cache.set_with(key, 0, EntryOptions::new().tti(ms(1_000))).unwrap();
        }
        assert!(log.take().iter().all(|told| told.starts_with("set ")));
        assert_eq!(cache.stats().size, 30);
        clock.advance(ms(50));
        assert_eq!((cache.purge(), cache.contains(&3)), (20, false));
        assert_eq!(cache.stats().expirations, 20);
    }

    fn h_20_idle_entries_are_reclaimed_by_writes_alone() {
        let clock = clock_at(1_000);
        let mut cache = Cache::builder().tti(ms(10)).clock(clock.clone()).build().unwrap();
        let mut random = Random(4);
        for round in 0..3_000_u64 {
            cache.set(round, round).unwrap();
            let _ = cache.value(&(round - random.below(5).min(round)));
            clock.advance(ms(1));
            assert!(cache.stats().size < 60, "{} entries live 10 ms", cache.stats().size);
        }
    }

    fn s_04_a_time_to_idle_of_zero_stores_nothing() {
        let mut cache = Cache::builder().clock(clock_at(9)).build().unwrap();
        cache.set(1, 1).unwrap();
        cache.set_with(1, 2, EntryOptions::new().tti(Duration::ZERO)).unwrap();
        assert_eq!((cache.value(&1), cache.len()), (None, 0));
    }

    fn s_04_a_time_to_idle_beyond_the_ttl_is_a_config_error() {
        let error = Cache::<u32, u32>::builder().ttl(ms(5)).tti(ms(6)).build().unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Config, "build"));
        assert!(Cache::<u32, u32>::builder().ttl(ms(5)).tti(ms(5)).build().is_ok());
    }

    fn s_04_an_update_keeps_the_end_of_life_and_is_a_use() {
        let clock = clock_at(1_000);
        let builder = Cache::builder().tti(ms(10)).ttl(ms(30)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set(1, 1).unwrap();
        for value in 2..5 {
            clock.advance(ms(9));
            assert_eq!(cache.update(1, |old| old.map(|_| value)), Ok(Some(value)));
        }
        clock.advance(ms(3));
        assert_eq!(cache.value(&1), None, "30 ms old");
    }

    fn s_30_slots_with_and_without_idle_times_may_take_turns() {
        let clock = clock_at(1_000);
        let mut random = Random(11);
        let mut cache = Cache::builder().max_entries(30).clock(clock.clone()).build().unwrap();
        let mut model = std::collections::HashMap::new();
        for round in 0..20_000_u64 {
            let key = random.below(30);
            let now = 1_000 + round;
            match random.below(5) {
                0 => {
                    let (ttl, tti) = (1 + random.below(200), 1 + random.below(100));
                    let options = EntryOptions::new().ttl(ms(ttl)).tti(ms(tti));
                    cache.set_with(key, round, options).unwrap();
                    model.insert(key, (round, now + ttl, Some(tti), now + tti));
                }
                1 => {
                    cache.set(key, round).unwrap();
                    model.insert(key, (round, u64::MAX, None, u64::MAX));
                }
                2 => {
                    let was = model.remove(&key);
                    let alive = was.is_some_and(|(_, dies, _, idle)| now < dies.min(idle));
                    assert_eq!(cache.delete(&key), alive, "round {round}");
                }
                _ => {
                    let expected = model.get_mut(&key).filter(|(_, dies, _, idle)| now < *dies.min(idle));
                    let expected = expected.map(|(value, _, tti, idle)| {
                        *idle = tti.map_or(u64::MAX, |tti| now + tti);
                        *value
                    });
                    assert_eq!(cache.value(&key), expected, "round {round}");
                }
            }
            clock.advance(ms(1));
        }
    }
}
