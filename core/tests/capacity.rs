//! The bound holds for the whole cache, after every write, whatever the threads do.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

use cachefn_core::{EntryOptions, MemoryCache, Policy, unsync};

/// SplitMix64: seeded, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

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
