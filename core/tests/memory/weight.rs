//! Weights: the bound, heavy entries, sums at the end of the numbers, and weighers that misbehave.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, Weak};
use std::thread;

use cachefn_core::{EntryOptions, ErrorKind, MemoryCache, Policy, byte_weight};

use crate::faces;
use crate::support::{Log, Random, Reads, clock_at, ms, panics, watched};

const POLICIES: [Policy; 7] = [
    Policy::Lru,
    Policy::Lfu,
    Policy::Fifo,
    Policy::Sieve,
    Policy::S3Fifo,
    Policy::WTinyLfu,
    Policy::Adaptive,
];

faces! {
    fn s_08_the_weight_never_exceeds_the_bound_after_a_write() {
        for policy in POLICIES {
            let builder = Cache::<u64, u64>::builder().max_weight(1_000).policy(policy).seed(3);
            let mut cache = builder.weigher(|_, value| *value).build().unwrap();
            let mut random = Random(5);
            let mut model = std::collections::HashMap::new();
            for round in 0..4_000 {
                let (key, weight) = (random.below(60), random.below(300));
                cache.set(key, weight).unwrap();
                model.insert(key, weight);
                let stats = cache.stats();
                assert!(stats.weight <= 1_000, "{policy}, round {round}: {}", stats.weight);
                assert_eq!(cache.peeked(&key), Some(weight), "{policy}: a new entry is readable");
                model.retain(|key, _| cache.contains(key));
                let sum: u64 = model.values().sum();
                assert_eq!((stats.weight, stats.size), (sum, model.len() as u64), "{policy}, {round}");
            }
            assert!(cache.stats().weight > 500, "{policy}: the room is used");
        }
    }

    fn s_08_both_limits_hold_where_both_are_given() {
        let builder = Cache::<u64, u64>::builder().max_weight(100).max_entries(10);
        let mut cache = builder.weigher(|_, value| *value).build().unwrap();
        (0..50).for_each(|key| cache.set(key, 1).unwrap());
        assert_eq!((cache.len(), cache.stats().weight), (10, 10));
        (0..50).for_each(|key| cache.set(key, 30).unwrap());
        assert_eq!((cache.len(), cache.stats().weight), (3, 90));
    }

    fn s_08_without_max_entries_any_number_of_light_entries_fits() {
        let builder = Cache::<u64, u64>::builder().max_weight(30_000).weigher(|_, _| 1);
        let mut cache = builder.build().unwrap();
        (0..30_000).for_each(|key| cache.set(key, key).unwrap());
        assert_eq!((cache.len(), cache.stats().evictions), (30_000, 0));
        cache.set(30_000, 0).unwrap();
        assert_eq!((cache.len(), cache.stats().evictions), (30_000, 1));
    }

    fn h_23_a_heavy_new_entry_stays_and_lighter_ones_make_room() {
        for policy in POLICIES {
            let builder = Cache::<u64, u64>::builder().max_weight(100).policy(policy).seed(3);
            let mut cache = builder.weigher(|_, value| *value).build().unwrap();
            (0..10).for_each(|key| cache.set(key, 10).unwrap());
            for key in 0..10 {
                // Used ones too.
                (0..3).for_each(|_| assert_eq!(cache.value(&key), Some(10)));
            }
            cache.set(100, 100).unwrap();
            assert_eq!((cache.value(&100), cache.len()), (Some(100), 1), "{policy}");
            cache.set(101, 95).unwrap();
            assert_eq!((cache.value(&101), cache.len()), (Some(95), 1), "{policy}");
            cache.set(1, 5).unwrap();
            assert_eq!((cache.value(&101), cache.value(&1)), (Some(95), Some(5)), "{policy}");
        }
    }

    fn h_23_a_replacement_that_grows_pushes_others_out_and_stays() {
        for policy in POLICIES {
            let log = Log::new();
            let builder = Cache::<u64, u64>::builder().max_weight(100).policy(policy).seed(3);
            let mut cache = builder.weigher(|_, value| *value).build().unwrap();
            (0..10).for_each(|key| cache.set(key, 10).unwrap());
            let _subscription = cache.subscribe(log.changes());
            cache.set(4, 75).unwrap();
            assert_eq!((cache.value(&4), cache.stats().weight), (Some(75), 95), "{policy}");
            let told = log.take();
            assert_eq!((told[0].as_str(), told.len()), ("set 4 replaced", 8), "{policy}: {told:?}");
            assert!(told[1..].iter().all(|told| told.ends_with(" evicted")), "{told:?}");
            cache.update(4, |old| old.map(|weight| weight + 25)).unwrap();
            assert_eq!((cache.value(&4), cache.stats().weight, cache.len()), (Some(100), 100, 1));
            cache.set(4, 1).unwrap();
            assert_eq!(cache.stats().weight, 1, "{policy}: and may shrink");
        }
    }

    fn s_09_too_heavy_is_returned_counted_told_and_removes_the_old_value() {
        let log = Log::new();
        let builder = Cache::<u64, u64>::builder().max_weight(100).weigher(|_, value| *value);
        let mut cache = builder.build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        cache.set(1, 50).unwrap();
        cache.set(2, 50).unwrap();
        log.take();
        let error = cache.set(1, 101).unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::TooHeavy, "set"));
        assert!(!error.is_retryable());
        assert_eq!((cache.value(&1), cache.value(&2)), (None, Some(50)), "others are not harmed");
        assert_eq!(log.take(), ["eviction 1 too-heavy"]);
        let error = cache.set(3, u64::MAX).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooHeavy);
        assert_eq!(log.take(), ["eviction 3 too-heavy"], "told though it never was in the cache");
        let stats = cache.stats();
        assert_eq!((stats.too_heavy, stats.evictions, stats.sets), (2, 0, 2));
        assert_eq!((stats.size, stats.weight), (1, 50));
        cache.set(1, 100).unwrap();
        assert_eq!(cache.value(&1), Some(100), "just as heavy as the cache is not too heavy");
    }

    fn s_09_too_heavy_for_every_way_to_write() {
        let builder = Cache::<u64, u64>::builder().max_weight(10).weigher(|_, value| *value);
        let mut cache = builder.build().unwrap();
        let heavy = |result: Result<(), cachefn_core::Error>| {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::TooHeavy);
        };
        heavy(cache.set_many([(1, 1), (2, 11), (3, 3)]));
        assert_eq!(cache.get_many(&[1, 2, 3]), [Some(1), None, Some(3)], "the others are stored");
        heavy(cache.set_if_absent(4, 11).map(drop));
        heavy(cache.update(3, |_| Some(11)).map(drop));
        assert_eq!(cache.value(&3), None, "the old value is not true any more");
        heavy(cache.update(5, |_| Some(11)).map(drop));
        heavy(cache.set_with(1, 11, EntryOptions::new().tag("t")));
        assert_eq!((cache.len(), cache.stats().too_heavy), (0, 5));
    }

    fn s_19_a_fetched_value_that_is_too_heavy_reaches_its_caller() {
        let log = Log::new();
        let builder = Cache::<u64, u64>::builder().max_weight(10).weigher(|_, value| *value);
        let mut cache = builder.build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        for _ in 0..2 {
            assert_eq!(cache.get_or_fetch(&1, || 11), 11);
            assert_eq!(log.take(), ["load 1", "eviction 1 too-heavy"]);
        }
        assert_eq!((cache.stats().too_heavy, cache.stats().loads, cache.len()), (2, 2, 0));
    }

    fn s_08_weights_of_nothing_are_bounded_by_entries_only() {
        let builder = Cache::<u64, u64>::builder().max_weight(1).max_entries(50);
        let mut cache = builder.weigher(|_, value| *value).build().unwrap();
        (0..200).for_each(|key| cache.set(key, 0).unwrap());
        assert_eq!((cache.len(), cache.stats().weight), (50, 0));
        cache.set(1_000, 1).unwrap();
        cache.set(1_001, 1).unwrap();
        assert_eq!((cache.value(&1_000), cache.value(&1_001)), (None, Some(1)));
        assert_eq!(cache.stats().weight, 1);
    }

    fn h_23_sums_at_the_end_of_the_numbers_do_not_overflow() {
        let most = u64::MAX;
        for max in [most, most - 1, most / 2 + 1] {
            let builder = Cache::<u64, u64>::builder().max_weight(max).weigher(|_, value| *value);
            let mut cache = builder.build().unwrap();
            let mut random = Random(9);
            for round in 0..300 {
                let weight = [max, max - 1, max / 2, max / 2 + 1, max / 3, 1, 0];
                let weight = weight[random.below(7) as usize];
                let key = random.below(9);
                if random.below(3) == 0 {
                    cache.update(key, |_| Some(weight)).unwrap();
                } else {
                    cache.set(key, weight).unwrap();
                }
                assert_eq!(cache.peeked(&key), Some(weight));
                let sum: u128 = (0..9).filter_map(|key| cache.peeked(&key)).map(u128::from).sum();
                assert!(sum <= max.into(), "round {round}: {sum} of {max}");
                assert_eq!(u128::from(cache.stats().weight), sum, "round {round}");
            }
        }
    }

    fn h_23_the_weigher_sees_key_and_value_once_per_write() {
        thread_local!(static SEEN: RefCell<Vec<(u32, char)>> = const { RefCell::new(Vec::new()) });
        let seen = || SEEN.with_borrow_mut(std::mem::take);
        let builder = Cache::<u32, char>::builder().max_weight(100);
        let mut cache = builder
            .weigher(|key, value| {
                SEEN.with_borrow_mut(|seen| seen.push((*key, *value)));
                1
            })
            .build()
            .unwrap();
        cache.set(1, 'a').unwrap();
        cache.set(1, 'b').unwrap();
        assert_eq!(seen(), [(1, 'a'), (1, 'b')]);
        cache.get_or_fetch(&2, || 'c');
        assert_eq!(seen(), [(2, 'c')]);
        cache.update(2, |_| Some('d')).unwrap();
        assert_eq!(seen(), [(2, 'd')]);
        let _ = (cache.value(&1), cache.peeked(&1), cache.delete(&1), cache.len());
        assert_eq!(seen(), []);
    }

    fn h_23_the_weight_of_bytes_counts_key_value_and_overhead() {
        let weight = |key: &str, value: &str| byte_weight(&key.to_string(), &value.to_string());
        assert_eq!(weight("abc", "") - weight("", ""), 3);
        assert_eq!(weight("", "abcd") - weight("", ""), 4);
        assert!(weight("", "") >= 48 + 16, "two strings and a node at least");
        let builder = Cache::<String, Vec<u8>>::builder().max_weight(10_000).weigher(byte_weight);
        let mut cache = builder.build().unwrap();
        (0..200).for_each(|key| cache.set(key.to_string(), vec![0; 400]).unwrap());
        assert!(cache.len() < 25 && cache.stats().weight <= 10_000);
    }

    fn s_16_a_weigher_that_panics_harms_nothing() {
        let builder = Cache::<u64, u64>::builder().max_weight(100);
        let mut cache = builder
            .weigher(|_, value| if *value == 13 { panic!("no scales for 13") } else { *value })
            .build()
            .unwrap();
        cache.set(1, 50).unwrap();
        assert_eq!(panics(|| cache.set(1, 13)).as_deref(), Some("no scales for 13"));
        assert_eq!((cache.value(&1), cache.stats().weight), (Some(50), 50), "nothing was changed");
        assert!(panics(|| cache.update(1, |_| Some(13))).is_some());
        assert!(panics(|| cache.set_if_absent(2, 13)).is_some());
        assert!(panics(|| cache.get_or_fetch(&2, || 13)).is_some());
        assert_eq!(cache.get_or_fetch(&2, || 14), 14, "the load has ended");
        assert_eq!(cache.update(1, |old| old.map(|old| old + 1)), Ok(Some(51)));
        assert_eq!((cache.stats().weight, cache.len()), (65, 2));
    }

    fn h_22_dead_and_removed_entries_weigh_nothing() {
        let clock = clock_at(1_000);
        let builder = Cache::<u64, u64>::builder().max_weight(100).clock(clock.clone());
        let mut cache = builder.ttl(ms(10)).weigher(|_, value| *value).build().unwrap();
        (0..10).for_each(|key| cache.set(key, 10).unwrap());
        cache.delete(&0);
        assert_eq!(cache.stats().weight, 90);
        clock.advance(ms(10));
        cache.set(50, 100).unwrap();
        let stats = cache.stats();
        assert_eq!((stats.evictions, stats.expirations, stats.weight), (0, 9, 100));
        cache.clear();
        assert_eq!(cache.stats().weight, 0);
        cache.set(1, 100).unwrap();
        assert_eq!((cache.value(&1), cache.stats().weight), (Some(100), 100));
    }

    fn s_08_settings_of_weight_that_cannot_work_are_config_errors() {
        let builder = || Cache::<u64, u64>::builder();
        let errors = [
            builder().max_weight(5).build().unwrap_err(),
            builder().weigher(|_, _| 1).build().unwrap_err(),
            builder().max_weight(0).weigher(|_, _| 1).build().unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind(), error.operation()), (ErrorKind::Config, "build"));
            assert!(error.to_string().contains("weigh"), "{error}");
        }
    }
}

#[test]
fn s_08_the_weight_bound_holds_for_all_shards_together_after_every_write() {
    for policy in POLICIES {
        let max = 64 << 20;
        let builder = MemoryCache::<u64, u64>::builder().max_weight(max).policy(policy).seed(3);
        let cache = builder.weigher(|_, value| *value).build().unwrap();
        let mut random = Random(5);
        for round in 0..3_000 {
            let (key, weight) = (random.below(500), random.below(max / 20));
            let weight = if random.below(50) == 0 { weight * 19 } else { weight };
            cache.set(key, weight).unwrap();
            let held = cache.stats().weight;
            assert!(held <= max, "{policy}, round {round}: {held}");
            assert_eq!(cache.peek(&key), Some(weight), "{policy}: a new entry is readable");
        }
        assert!(cache.stats().weight > max / 2, "{policy}");
    }
}

#[test]
fn h_23_weights_of_many_shards_do_not_overflow_together() {
    let builder = MemoryCache::<u64, u64>::builder().max_weight(u64::MAX).max_entries(100_000);
    let cache = builder.weigher(|_, value| *value).build().unwrap();
    let mut random = Random(2);
    for round in 0..500 {
        let (key, weight) = (random.below(40), u64::MAX / (1 + random.below(4)));
        cache.set(key, weight).unwrap();
        assert_eq!(cache.peek(&key), Some(weight));
        let sum: u128 = (0..40).filter_map(|key| cache.peek(&key)).map(u128::from).sum();
        assert!(sum <= u64::MAX.into(), "round {round}: {sum}");
        assert_eq!(u128::from(cache.stats().weight), sum);
    }
}

#[test]
fn s_08_writers_on_many_threads_exceed_the_weight_by_one_entry_each_at_most() {
    watched(|| {
        let (max, heaviest, writers) = (8 << 20, 100_000, 4);
        let builder = MemoryCache::<u64, u64>::builder().max_weight(max);
        let cache = builder.weigher(|_, value| *value).build().unwrap();
        let done = AtomicBool::new(false);
        let most = thread::scope(|scope| {
            let threads: Vec<_> = (0..writers)
                .map(|seed| {
                    let cache = &cache;
                    scope.spawn(move || {
                        let mut random = Random(seed);
                        for _ in 0..20_000 {
                            let (key, weight) = (random.below(300), random.below(heaviest));
                            match random.below(8) {
                                0 => drop(cache.delete(&key)),
                                1 => drop(cache.update(key, |_| Some(weight)).unwrap()),
                                _ => cache.set(key, weight).unwrap(),
                            }
                        }
                    })
                })
                .collect();
            let watcher = scope.spawn(|| {
                let mut most = 0;
                while !done.load(SeqCst) {
                    most = most.max(cache.stats().weight);
                    thread::yield_now();
                }
                most
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            done.store(true, SeqCst);
            watcher.join().unwrap()
        });
        // The shards are looked at one after the other, so an entry may be seen to move besides.
        assert!(most <= max + 2 * writers * heaviest, "{most} seen");
        assert!(cache.stats().weight <= max);
        let sum: u64 = (0..300).filter_map(|key| cache.peek(&key)).sum();
        assert_eq!(cache.stats().weight, sum, "nothing weighs that is not there");
    });
}

#[test]
fn h_23_a_weigher_may_use_the_cache_it_weighs_for() {
    watched(|| {
        static CACHE: OnceLock<Weak<MemoryCache<u64, u64>>> = OnceLock::new();
        let calls = Arc::new(AtomicUsize::new(0));
        let count = calls.clone();
        let weigher = move |key: &u64, value: &u64| {
            count.fetch_add(1, SeqCst);
            let cache = CACHE.get().and_then(Weak::upgrade).unwrap();
            if *key > 0 {
                cache.get_or_fetch(&(key - 1), || 1);
                cache.set(0, cache.len() as u64).unwrap();
                cache.delete(&1_000);
            }
            *value
        };
        let builder = MemoryCache::<u64, u64>::builder().max_weight(1_000).weigher(weigher);
        let cache = Arc::new(builder.build().unwrap());
        CACHE.set(Arc::downgrade(&cache)).unwrap();
        cache.set(5, 7).unwrap();
        assert_eq!(cache.get(&5), Some(7));
        assert_eq!(cache.get(&4), Some(1));
        assert_eq!(cache.get_or_fetch(&9, || 3), 3);
        assert!(calls.load(SeqCst) > 5);
    });
}
