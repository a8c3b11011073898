//! What is counted, field by field, and what memory is said to be used.

use std::thread;

use cachefn_core::{EntryOptions, Glob, MemoryCache, Stats};

use crate::faces;
use crate::support::{Random, Reads, clock_at, ignore, ms, watched};

faces! {
    fn s_41_a_new_cache_has_counted_nothing() {
        let cache = Cache::<u32, u32>::builder().build().unwrap();
        let mut expected = Stats::default();
        expected.memory_usage = cache.stats().memory_usage;
        assert_eq!((cache.stats(), cache.stats().hit_rate()), (expected, 0.0));
        assert!(expected.memory_usage > 0, "an empty cache is not nothing");
    }

    fn s_41_every_field_counts_what_it_says() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().max_entries(4).max_weight(1_000);
        let mut cache = builder.weigher(|_, value| u64::from(*value)).clock(clock.clone()).build().unwrap();
        cache.set_many([(1, 10), (2, 20), (3, 30), (4, 40)]).unwrap();
        let _ = (cache.value(&1), cache.value(&1), cache.value(&1), cache.value(&9));
        cache.set(5, 50).unwrap();
        cache.set(6, 2_000).unwrap_err();
        let stats = cache.stats();
        assert_eq!((stats.hits, stats.misses, stats.hit_rate()), (3, 1, 0.75));
        assert_eq!((stats.sets, stats.evictions, stats.too_heavy, stats.size), (5, 1, 1, 4));
        assert!(stats.weight <= 140 && stats.weight >= 110, "{}", stats.weight);
        cache.clear();
        cache.reset_stats();

        cache.set_with(1, 1, EntryOptions::new().ttl(ms(5)).stale_if_error(ms(9))).unwrap();
        clock.advance(ms(5));
        let _: Result<u32, &str> = cache.get_or_fetch(&1, || {
            clock.advance(ms(2));
            Err("down")
        });
        clock.advance(ms(20));
        cache.get_or_fetch(&1, || 2);
        cache.delete(&1);
        cache.delete(&1);
        cache.invalidate_by_tag("t");
        cache.invalidate_by_pattern(&Glob::prefix("x"));
        let mut expected = Stats::default();
        (expected.misses, expected.loads, expected.load_failures) = (2, 1, 1);
        (expected.stale_on_error, expected.load_time) = (1, ms(2));
        (expected.sets, expected.deletes, expected.expirations) = (2, 1, 1);
        (expected.invalidations, expected.memory_usage) = (2, cache.stats().memory_usage);
        assert_eq!(cache.stats(), expected);
    }

    fn s_43_looks_and_lists_count_nothing() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.set(1, 1).unwrap();
        let before = cache.stats();
        let _ = (cache.peeked(&1), cache.peeked(&2), cache.contains(&1), cache.contains(&2));
        let all = Glob::prefix("");
        let _ = (cache.keys(&all), cache.entries(&all, 9), cache.len(), cache.is_empty());
        let _ = (cache.purge(), cache.set_if_absent(1, 2));
        assert_eq!(cache.stats(), before);
    }

    fn s_41_reset_counts_from_nothing_and_keeps_the_entries() {
        let builder = Cache::<u32, u32>::builder().max_weight(100);
        let builder = builder.weigher(|_, value| u64::from(*value));
        let mut cache = builder.build().unwrap();
        for _ in 0..3 {
            cache.set(1, 7).unwrap();
            let _ = (cache.value(&1), cache.value(&2), cache.get_or_fetch(&3, || 3));
            cache.delete(&3);
            let _: Result<u32, ()> = cache.get_or_fetch(&4, || Err(()));
            cache.invalidate_by_tag("t");
            cache.set(9, 900).unwrap_err();
            cache.reset_stats();
            let mut expected = Stats::default();
            (expected.size, expected.weight) = (1, 7);
            expected.memory_usage = cache.stats().memory_usage;
            assert_eq!((cache.stats(), cache.stats().hit_rate()), (expected, 0.0));
        }
        let _ = cache.value(&1);
        assert_eq!((cache.stats().hits, cache.stats().misses), (1, 0));
    }

    fn s_41_clear_resets_nothing() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.set(1, 1).unwrap();
        let _ = (cache.value(&1), cache.value(&2));
        cache.clear();
        let stats = cache.stats();
        assert_eq!((stats.hits, stats.misses, stats.sets, stats.deletes, stats.size), (1, 1, 1, 0, 0));
    }

    fn s_41_memory_usage_grows_with_entries_and_is_flat_under_churn() {
        let builder = Cache::<u64, u64>::builder().max_entries(10_000).seed(1);
        let mut cache = builder.build().unwrap();
        let empty = cache.stats().memory_usage;
        (0..10_000).for_each(|key| cache.set(key, key).unwrap());
        let full = cache.stats().memory_usage;
        assert!(full >= empty + 10_000 * 32, "{empty} bytes grew to {full}");
        assert!(full < empty + 10_000 * 200, "{empty} bytes grew to {full}");
        let mut random = Random(3);
        let mut churn = |rounds| {
            (0..rounds).for_each(|round| cache.set(random.below(30_000), round).unwrap());
            cache.stats().memory_usage
        };
        let begun = churn(20_000);
        assert!(begun <= full + full / 4, "{full} bytes became {begun}: the policy remembers some");
        assert_eq!(churn(200_000), begun);
    }

    fn s_41_memory_usage_counts_deadlines_tags_and_windows() {
        let used = |options: fn(u64) -> EntryOptions| {
            let mut cache = Cache::<u64, u64>::builder().seed(1).clock(clock_at(1)).build().unwrap();
            (0..4_000).for_each(|key| cache.set_with(key, key, options(key)).unwrap());
            cache.stats().memory_usage
        };
        let plain = used(|_| EntryOptions::new());
        let kinds: [fn(u64) -> EntryOptions; 4] = [
            |_| EntryOptions::new().ttl(ms(5)),
            |_| EntryOptions::new().tti(ms(5)),
            |_| EntryOptions::new().stale_if_error(ms(5)),
            |key| EntryOptions::new().tag(key.to_string()),
        ];
        for options in kinds {
            assert!(used(options) > plain + 4_000 * 8, "{:?}", options(1));
        }
    }
}

#[test]
fn s_41_counts_of_many_threads_are_exact() {
    watched(|| {
        let cache = MemoryCache::<u64, u64>::builder().max_entries(20_000).build().unwrap();
        (0..1_000).for_each(|key| cache.set(key, key).unwrap());
        let (threads, rounds) = (8, 20_000);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..rounds).for_each(|round| ignore(cache.get(&(round % 2_000)))));
            }
        });
        let stats = cache.stats();
        assert_eq!((stats.hits, stats.misses), (threads * rounds / 2, threads * rounds / 2));
    });
}
