//! Capacity in entries: the bound for the whole cache, extremes, and bookkeeping that does not grow.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

use cachefn_core::{EntryOptions, ErrorKind, MemoryCache, Policy, unsync};

use crate::faces;
use crate::support::{Log, Random, Reads};

#[test]
fn s_08_the_bound_holds_after_every_write_and_is_reached() {
    for policy in [Policy::Lru, Policy::S3Fifo] {
        for max in [1, 2, 3, 10, 1_000, 20_000] {
            let cache = MemoryCache::builder().max_entries(max).policy(policy).build().unwrap();
            let mut random = Random(max as u64);
            for _ in 0..3 * max + 100 {
                let key = random.next() % (2 * max as u64 + 2);
                cache.set(key, key).unwrap();
                assert!(cache.stats().size <= max as u64, "{policy} {max}");
                assert_eq!(cache.peek(&key), Some(key), "{policy} {max}: a new entry is readable");
            }
            (0..3 * max as u64).for_each(|key| cache.set(key, key).unwrap());
            assert_eq!(cache.len(), max, "{policy}: a full cache is full");
        }
    }
}

#[test]
fn s_08_writers_on_many_threads_never_leave_more_than_the_bound() {
    let max = 20_000;
    let cache = MemoryCache::builder().max_entries(max).build().unwrap();
    let writers = 4;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..writers)
            .map(|seed| {
                let cache = &cache;
                scope.spawn(move || {
                    let mut random = Random(seed);
                    for _ in 0..100_000 {
                        let key = random.next() % 60_000;
                        match random.next() % 8 {
                            0 => {
                                cache.delete(&key);
                            }
                            1 => {
                                cache.get(&key);
                            }
                            2 => {
                                let tag = format!("tag{}", key % 10);
                                let options = EntryOptions::new().tag(tag);
                                cache.set_with(key, key, options).unwrap();
                            }
                            _ => cache.set(key, key).unwrap(),
                        }
                    }
                })
            })
            .collect();
        let watcher = scope.spawn(|| {
            let mut most = 0;
            while !done.load(SeqCst) {
                most = most.max(cache.stats().size);
                thread::yield_now();
            }
            most
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        done.store(true, SeqCst);
        let most = watcher.join().unwrap();
        assert!(most <= (max + writers as usize) as u64, "{most} entries seen");
    });
    assert!(cache.len() <= max);
    assert_eq!(cache.len() as u64, cache.stats().size);
}

#[test]
fn h_22_key_reuse_and_write_storms_leave_no_growing_bookkeeping() {
    let mut cache = unsync::MemoryCache::builder().max_entries(100).build().unwrap();
    let mut random = Random(7);
    for round in 0..200_000_u64 {
        let key = random.next() % 150;
        match random.next() % 4 {
            0 => {
                cache.delete(&key);
            }
            1 => {
                let options = EntryOptions::new().tags([format!("t{}", round % 50)]);
                cache.set_with(key, round, options).unwrap();
            }
            2 => cache.set(key, round).unwrap(),
            _ => {
                cache.get(&key);
            }
        }
    }
    assert!(cache.len() <= 100);
    cache.clear();
    assert_eq!((cache.len(), cache.stats().size), (0, 0));
    (0..100).for_each(|key| cache.set(key, key).unwrap());
    assert!((0..100).all(|key| cache.get(&key) == Some(&key)), "the slots are whole after a storm");
}

#[test]
fn lru_on_one_thread_is_exact() {
    let mut cache = unsync::MemoryCache::builder();
    cache = cache.max_entries(300).policy(Policy::Lru);
    let mut cache = cache.build().unwrap();
    (0..300_u64).for_each(|key| cache.set(key, key).unwrap());
    // More hits than the ring of recent hits holds: the order must survive.
    (0..299).for_each(|key| assert_eq!(cache.get(&key), Some(&key)));
    cache.set(1_000, 0).unwrap();
    assert!(!cache.contains(&299), "the only entry not used since is the victim");
    cache.set(1_001, 0).unwrap();
    assert!(!cache.contains(&0) && cache.contains(&1));
}

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
    fn s_08_a_capacity_of_nothing_or_of_too_much_is_a_config_error() {
        for max in [0, usize::MAX, usize::MAX - 1] {
            let error = Cache::<u32, u32>::builder().max_entries(max).build().unwrap_err();
            assert_eq!((error.kind(), error.operation()), (ErrorKind::Config, "build"));
            assert!(error.to_string().starts_with("build: max_entries is "), "{error}");
        }
    }

    fn s_08_a_capacity_of_one_holds_the_newest_under_every_policy() {
        for policy in POLICIES {
            let log = Log::new();
            let builder = Cache::<u32, u32>::builder().max_entries(1).policy(policy);
            let mut cache = builder.build().unwrap();
            let _subscription = cache.subscribe(log.changes());
            for key in 0..100 {
                cache.set(key, key).unwrap();
                assert_eq!((cache.value(&key), cache.len()), (Some(key), 1), "{policy}");
            }
            let told = log.take();
            assert_eq!(told[..3], ["set 0", "set 1", "eviction 0 evicted"], "{policy}");
            assert_eq!(cache.stats().evictions, 99);
        }
    }

    fn s_08_the_largest_capacity_reserves_nothing() {
        let mut cache = Cache::<u32, u32>::builder().max_entries(40_000_000).build().unwrap();
        (0..100).for_each(|key| cache.set(key, key).unwrap());
        assert_eq!(cache.len(), 100);
        assert!(cache.stats().memory_usage < 8 << 20, "{}", cache.stats().memory_usage);
    }

    fn s_08_initial_capacity_reserves_and_limits_nothing() {
        let builder = Cache::<u32, u32>::builder().max_entries(1_000);
        let mut cache = builder.initial_capacity(10).build().unwrap();
        (0..1_000).for_each(|key| cache.set(key, key).unwrap());
        assert_eq!(cache.len(), 1_000);
        let mut cache = Cache::<u32, u32>::builder().initial_capacity(usize::MAX).build().unwrap();
        cache.set(1, 1).unwrap();
        assert_eq!(cache.value(&1), Some(1), "more than the limit is not reserved");
    }

    fn s_10_every_policy_keeps_to_the_bound_and_fills_it() {
        for policy in POLICIES {
            let builder = Cache::<u64, u64>::builder().max_entries(64).policy(policy).seed(1);
            let mut cache = builder.build().unwrap();
            let mut random = Random(8);
            for round in 0..5_000 {
                let key = random.below(200);
                if cache.value(&key).is_none() {
                    cache.set(key, round).unwrap();
                }
                assert!(cache.stats().size <= 64, "{policy}");
                if random.below(20) == 0 {
                    cache.delete(&random.below(200));
                }
            }
            (0..300).for_each(|key| cache.set(1_000 + key, key).unwrap());
            assert_eq!(cache.len(), 64, "{policy}");
        }
    }

    fn s_10_the_same_seed_has_the_same_victims() {
        for policy in POLICIES {
            let left = |seed| {
                let log = Log::new();
                let builder = Cache::<u64, u64>::builder().max_entries(50).policy(policy);
                let mut cache = builder.seed(seed).build().unwrap();
                let _subscription = cache.subscribe(log.changes());
                let mut random = Random(6);
                for _ in 0..2_000 {
                    let key = random.below(120);
                    cache.get_or_fetch(&key, || key);
                }
                log.take()
            };
            assert_eq!(left(4), left(4), "{policy}");
        }
    }
}
