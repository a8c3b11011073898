//! The cache for many threads in thousands of orders of their steps, drawn by a scheduler.
//!
//! `cargo xtask test --long shuttle` builds the library with `--cfg shuttle`, which puts the locks,
//! atomics and threads of the scheduler in place of the machine's. A failure prints the schedule.

#![cfg(shuttle)]

#[path = "support/orders.rs"]
mod orders;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use cachefn_core::private::{Enter, OnFailure, enter};
use cachefn_core::{Cause, EntryOptions, EventKind, Glob, ManualClock, MemoryCache, Policy};
use orders::{orders, try_orders};
use shuttle::sync::Mutex;
use shuttle::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use shuttle::thread;

type Cache = Arc<MemoryCache<u32, u32>>;

fn in_many_orders(test: impl Fn() + Send + Sync + Clone + 'static) {
    try_orders(orders(2_000, 60_000), test);
}

fn cache(max_entries: usize, policy: Policy) -> Cache {
    let builder = MemoryCache::builder().max_entries(max_entries).policy(policy).seed(1);
    Arc::new(builder.clock(ManualClock::new()).build().expect("sound settings"))
}

/// Starts a thread that works with the cache.
fn with<T: Send + 'static>(
    cache: &Cache,
    work: impl FnOnce(&Cache) -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    let cache = cache.clone();
    thread::spawn(move || work(&cache))
}

#[test]
fn s_12_threads_that_ask_for_one_key_share_one_load() {
    in_many_orders(|| {
        let cache = cache(4, Policy::default());
        let ran = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..3)
            .map(|at| {
                let ran = ran.clone();
                with(&cache, move |cache| {
                    cache.get_or_fetch(&7, || {
                        ran.fetch_add(1, SeqCst);
                        at
                    })
                })
            })
            .collect();
        let values: Vec<u32> = threads.into_iter().map(|one| one.join().unwrap()).collect();
        assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
        assert_eq!((ran.load(SeqCst), cache.stats().loads), (1, 1));
        assert_eq!(cache.get(&7), Some(values[0]));
    });
}

#[test]
fn s_16_a_waiter_takes_over_from_a_leader_that_panics_or_fails() {
    in_many_orders(|| {
        let cache = cache(4, Policy::default());
        let panics = with(&cache, |cache| {
            catch_unwind(AssertUnwindSafe(|| {
                cache.get_or_fetch(&7, || resume_unwind(Box::new(())))
            }))
        });
        let fails = with(&cache, |cache| cache.get_or_fetch(&7, || Err::<u32, ()>(())));
        let loads = with(&cache, |cache| cache.get_or_fetch(&7, || 5));
        let panicked: Result<u32, _> = panics.join().unwrap();
        assert!(panicked.is_err() || panicked.is_ok_and(|value| value == 5));
        assert!(matches!(fails.join().unwrap(), Err(()) | Ok(5)));
        assert_eq!(loads.join().unwrap(), 5);
        assert_eq!(cache.get(&7), Some(5));
        assert_eq!(cache.stats().loads, 1);
    });
}

/// Loads read a source while another thread changes it and then invalidates what was loaded: from
/// there on nobody sees the old value, in any order.
fn invalidated(invalidate: impl Fn(&Cache) + Send + Sync + Clone + 'static) {
    let load = |cache: &Cache, source: &AtomicUsize| {
        let tagged = || EntryOptions::new().tag("t");
        match enter(cache, &7, tagged, OnFailure::IN_TURN) {
            Enter::Done(value) => value,
            Enter::Lead(flight) => flight.finish(source.load(SeqCst) as u32, OnFailure::IN_TURN),
        }
    };
    in_many_orders(move || {
        let cache = cache(4, Policy::default());
        let source = Arc::new(AtomicUsize::new(1));
        let loads = [1, 2].map(|_| {
            let source = source.clone();
            with(&cache, move |cache| load(cache, &source))
        });
        let (change, invalidate) = (source.clone(), invalidate.clone());
        let changed = with(&cache, move |cache| {
            change.store(2, SeqCst);
            invalidate(cache);
            let peeked = cache.peek(&7);
            assert!(peeked.is_none_or(|value| value == 2), "{peeked:?} is old");
            assert_eq!(load(cache, &change), 2, "a later call does not join an overtaken load");
        });
        changed.join().unwrap();
        loads.into_iter().for_each(|load| assert!([1, 2].contains(&load.join().unwrap())));
        assert_eq!(cache.peek(&7), Some(2));
        let stats = cache.stats();
        assert!((1..=3).contains(&stats.loads) && stats.fenced < stats.loads, "{stats:?}");
    });
}

#[test]
fn s_18_what_was_deleted_while_it_loaded_is_not_seen_again() {
    invalidated(|cache| {
        cache.delete(&7);
    });
}

#[test]
fn s_18_what_lost_its_tag_while_it_loaded_is_not_seen_again() {
    invalidated(|cache| cache.invalidate_by_tag("t"));
}

#[test]
fn s_18_what_matched_a_pattern_while_it_loaded_is_not_seen_again() {
    invalidated(|cache| {
        cache.invalidate_by_pattern(&Glob::new("7").unwrap());
    });
}

#[test]
fn s_18_what_was_cleared_while_it_loaded_is_not_seen_again() {
    invalidated(|cache| cache.clear());
}

#[test]
fn s_18_a_value_that_is_set_while_an_older_one_loads_stays() {
    in_many_orders(|| {
        let cache = cache(4, Policy::default());
        let load = with(&cache, |cache| cache.get_or_fetch(&7, || 1));
        let set = with(&cache, |cache| cache.set(7, 9).unwrap());
        let loaded = load.join().unwrap();
        set.join().unwrap();
        assert_eq!(cache.peek(&7), Some(9), "the load gave {loaded}");
    });
}

#[test]
fn s_17_loads_that_wait_for_each_other_in_a_circle_end() {
    in_many_orders(|| {
        let cache = cache(4, Policy::default());
        let one =
            with(&cache, |cache| cache.get_or_fetch(&1, || 10 + cache.get_or_fetch(&2, || 5)));
        let two =
            with(&cache, |cache| cache.get_or_fetch(&2, || 20 + cache.get_or_fetch(&1, || 6)));
        // Each inner load finds, waits, leads, or runs uncached; the sums tell which.
        let (one, two) = (one.join().unwrap(), two.join().unwrap());
        assert!([6, 15, 36].contains(&one) && [5, 26, 35].contains(&two), "{one} and {two}");
    });
}

#[test]
fn s_08_writers_never_leave_more_than_the_bound() {
    for policy in [Policy::Lru, Policy::S3Fifo, Policy::Adaptive] {
        in_many_orders(move || {
            let cache = cache(2, policy);
            let writers: Vec<_> = (0..3)
                .map(|at| {
                    with(&cache, move |cache| {
                        for key in [at, at + 1, 9] {
                            cache.set(key, at).unwrap();
                            assert_eq!(cache.peek(&100), None);
                            let size = cache.stats().size;
                            assert!(size <= 2 + 3, "{size}: more than one a writer is too much");
                        }
                        cache.delete(&9);
                    })
                })
                .collect();
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            assert!(cache.stats().size <= 2 && cache.len() <= 2);
        });
    }
}

#[test]
fn s_33_every_value_leaves_once_and_events_of_a_key_are_in_order() {
    in_many_orders(|| {
        let cache = cache(2, Policy::Lru);
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = told.clone();
        let subscription = cache.subscribe(move |event| {
            heard.lock().unwrap().push((event.kind, event.key, event.cause));
        });
        let threads: Vec<_> = (0..2)
            .map(|at| {
                with(&cache, move |cache| {
                    cache.set(1, at).unwrap();
                    cache.set(2 + at, at).unwrap();
                    cache.delete(&1);
                })
            })
            .collect();
        threads.into_iter().for_each(|one| one.join().unwrap());
        cache.clear();
        drop(subscription);
        let mut there = [false; 4];
        for (kind, key, cause) in told.lock().unwrap().iter() {
            let there = &mut there[key.expect("all of these have a key") as usize];
            let before = *there;
            match (kind, cause) {
                (EventKind::Set, None) => *there = true,
                (EventKind::Set, Some(Cause::Replaced)) => {}
                (EventKind::Delete | EventKind::Eviction, Some(_)) => *there = false,
                other => panic!("{other:?}"),
            }
            let was_there = !matches!((kind, cause), (EventKind::Set, None));
            assert_eq!(before, was_there, "{kind} of {key:?}");
        }
        assert_eq!(there, [false; 4], "all was told, and all left");
    });
}

/// A value whose clone takes its time, so that a write beside it would be seen. Cells, because a
/// compiler reads plain numbers when it likes.
struct Pair(Cell<usize>, Cell<usize>);

impl Pair {
    fn of(value: usize) -> Self {
        Pair(Cell::new(value), Cell::new(value))
    }

    fn is_whole(&self) -> bool {
        self.0 == self.1
    }
}

// SAFETY: nobody changes the cells of a shared pair; and the scheduler runs one thread at a time.
unsafe impl Sync for Pair {}

impl Clone for Pair {
    fn clone(&self) -> Self {
        let first = self.0.clone();
        thread::yield_now();
        Pair(first, self.1.clone())
    }
}

#[test]
fn a_reader_never_sees_half_of_a_write() {
    in_many_orders(|| {
        let cache = MemoryCache::builder().max_entries(4).clock(ManualClock::new());
        let cache = Arc::new(cache.build().unwrap());
        cache.set(1, Pair::of(0)).unwrap();
        let threads: Vec<_> = (0..3)
            .map(|at| {
                let cache: Arc<MemoryCache<u32, Pair>> = cache.clone();
                thread::spawn(move || {
                    for round in 0..3 {
                        match (at + round) % 3 {
                            0 => cache.set(1, Pair::of(at + round)).unwrap(),
                            _ => assert!(cache.get(&1).is_some_and(|pair| pair.is_whole())),
                        }
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|one| one.join().unwrap());
    });
}

#[test]
fn hits_and_misses_are_counted_exactly_while_writers_replay_hits() {
    for policy in [Policy::Lru, Policy::Adaptive] {
        in_many_orders(move || {
            let cache = cache(4, policy);
            cache.set(1, 1).unwrap();
            cache.set(2, 2).unwrap();
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    with(&cache, |cache| {
                        (0..4).filter(|at| cache.get(&(1 + at % 3)).is_some()).count() as u64
                    })
                })
                .collect();
            let writer = with(&cache, |cache| {
                cache.set(1, 7).unwrap();
                cache.set(5, 5).unwrap();
            });
            let hits: u64 = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
            writer.join().unwrap();
            let stats = cache.stats();
            assert_eq!((stats.hits, stats.misses), (hits, 8 - hits));
            assert_eq!((hits, cache.get(&1)), (6, Some(7)));
        });
    }
}
