//! Loads that fail, panic or are given up, under threads and tasks in thousands of orders of their steps,
//! drawn by a scheduler: who is woken to lead and goes without, wakes the next one. A wake-up that is
//! lost is a deadlock here, and fails.
//!
//! `cargo xtask test --long shuttle` runs it, as it does `interleavings.rs`. A failure prints the
//! schedule.

#![cfg(shuttle)]

#[path = "support/orders.rs"]
mod orders;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Context, Waker};

use cachefn_core::private::{Asked, Lead, OnFailure, Synchronous};
use cachefn_core::{Cache, Cause, EntryOptions, ManualClock, MemoryCache, Tier};
use orders::{orders, try_orders};
use shuttle::future::block_on;
use shuttle::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use shuttle::thread::{self, JoinHandle};

type Numbers = Cache<u32, u32>;
type Memory = MemoryCache<u32, u32>;

fn in_many_orders(test: impl Fn() + Send + Sync + Clone + 'static) {
    try_orders(orders(1_000, 30_000), test);
}

fn memory() -> Arc<Memory> {
    let builder = MemoryCache::builder().max_entries(4).seed(1).clock(ManualClock::new());
    Arc::new(builder.build().expect("sound settings"))
}

fn numbers() -> Numbers {
    let builder = Cache::builder("c").max_entries(4).seed(1).clock(ManualClock::new());
    builder.build().expect("sound settings")
}

/// Starts a thread that works with a cache.
fn with<C: Clone + Send + 'static, T: Send + 'static>(
    cache: &C,
    work: impl FnOnce(C) -> T + Send + 'static,
) -> JoinHandle<T> {
    let cache = cache.clone();
    thread::spawn(move || work(cache))
}

/// Counts runs, and that there are never two at a time.
#[derive(Clone, Default)]
struct Runs(Arc<(AtomicUsize, AtomicUsize)>);

impl Runs {
    fn run<T>(&self, outcome: T) -> T {
        assert_eq!(self.0.1.fetch_add(1, SeqCst), 0, "two fetchers at a time");
        self.0.0.fetch_add(1, SeqCst);
        thread::yield_now();
        self.0.1.fetch_sub(1, SeqCst);
        outcome
    }

    fn count(&self) -> usize {
        self.0.0.load(SeqCst)
    }
}

/// Polls so many times, whether it is woken or not, and gives up.
fn give_up_after(polls: usize, future: impl Future) {
    let mut future = std::pin::pin!(future);
    for _ in 0..polls {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        thread::yield_now();
    }
}

#[test]
fn h_10_threads_that_fail_lead_in_turn_each_once_and_all_end() {
    in_many_orders(|| {
        let (cache, runs) = (memory(), Runs::default());
        let threads = [0, 1, 2, 3].map(|at| {
            let runs = runs.clone();
            with(&cache, move |cache| cache.get_or_fetch(&7, || runs.run(Err(at))))
        });
        for (at, one) in threads.into_iter().enumerate() {
            assert_eq!(one.join().unwrap(), Err(at));
        }
        assert_eq!((runs.count(), cache.stats().load_failures), (4, 4));
    });
}

#[test]
fn h_10_threads_that_share_errors_run_one_fetcher_for_all_who_wait() {
    in_many_orders(|| {
        let (cache, runs) = (memory(), Runs::default());
        let threads = [0, 1, 2].map(|at| {
            let runs = runs.clone();
            with(&cache, move |cache| cache.try_get_or_fetch(&7, || runs.run(Err(at))))
        });
        let mut errors = threads.map(|one| one.join().unwrap().unwrap_err());
        errors.sort_unstable();
        let distinct = 1 + errors.windows(2).filter(|two| two[0] != two[1]).count();
        assert_eq!((distinct, cache.stats().load_failures), (runs.count(), runs.count() as u64));
        assert_eq!(cache.get(&7), None);
    });
}

#[test]
fn s_16_after_failures_and_panics_whoever_can_makes_the_value_for_the_rest() {
    in_many_orders(|| {
        let (cache, runs) = (memory(), Runs::default());
        let threads = [0, 1, 2, 3].map(|at| {
            let runs = runs.clone();
            with(&cache, move |cache| match at {
                0 => {
                    let panics = || -> u32 {
                        cache.get_or_fetch(&7, || -> u32 { resume_unwind(Box::new(())) })
                    };
                    drop(catch_unwind(AssertUnwindSafe(panics)));
                    None
                }
                1 => cache.get_or_fetch(&7, || runs.run(Err(()))).ok(),
                2 => cache.try_get_or_fetch(&7, || runs.run(Err(()))).ok(),
                _ => Some(cache.get_or_fetch(&7, || runs.run(5))),
            })
        });
        let values = threads.map(|one| one.join().unwrap());
        assert_eq!(values[3], Some(5));
        assert!(values.iter().flatten().all(|value| *value == 5), "{values:?}");
        assert_eq!((cache.get(&7), cache.stats().loads), (Some(5), 1));
    });
}

#[test]
fn s_18_whoever_changes_the_key_meanwhile_leaves_nobody_waiting() {
    in_many_orders(|| {
        let cache = memory();
        let threads = [0, 1, 2].map(|at| {
            with(&cache, move |cache| {
                cache.get_or_fetch(&7, || {
                    thread::yield_now();
                    Err(at)
                })
            })
        });
        let changes = with(&cache, |cache| {
            cache.delete(&7);
            cache.set(7, 9).unwrap();
            cache.clear();
        });
        for (at, one) in threads.into_iter().enumerate() {
            let result = one.join().unwrap();
            assert!(result == Err(at) || result == Ok(9), "{result:?}");
        }
        changes.join().unwrap();
        assert_eq!(cache.get(&7), None);
    });
}

#[test]
fn h_13_who_has_failed_and_then_waits_for_one_that_waited_for_it_is_no_circle() {
    in_many_orders(|| {
        let cache = memory();
        let told = Arc::new(AtomicUsize::new(0));
        let heard = told.clone();
        let _subscription = cache.subscribe(move |event| {
            if event.cause == Some(Cause::Reentrant) {
                heard.fetch_add(1, SeqCst);
            }
        });
        let waits = with(&cache, |cache| {
            let inner = || cache.get_or_fetch(&1, || Err::<u32, ()>(())).unwrap_or(20);
            cache.get_or_fetch(&2, inner)
        });
        let fails = with(&cache, |cache| {
            let failed = cache.get_or_fetch(&1, || {
                thread::yield_now();
                Err::<u32, ()>(())
            });
            (failed, cache.get_or_fetch(&2, || 20))
        });
        assert_eq!(waits.join().unwrap(), 20);
        assert_eq!(fails.join().unwrap(), (Err(()), 20));
        assert_eq!(told.load(SeqCst), 0, "nothing asks for itself");
    });
}

#[test]
fn h_13_fetchers_of_failing_threads_that_ask_for_each_other_end() {
    in_many_orders(|| {
        let cache = memory();
        let threads = [(1, 2), (2, 1), (1, 2)].map(|(own, other)| {
            with(&cache, move |cache| {
                cache.get_or_fetch(&own, || {
                    let inner = cache.get_or_fetch(&other, || Err(own));
                    Err::<u32, u32>(inner.unwrap_or_else(|error| error) + 10)
                })
            })
        });
        for one in threads {
            assert!(one.join().unwrap().is_err());
        }
        assert_eq!((cache.get(&1), cache.get(&2)), (None, None));
    });
}

#[test]
fn s_15_tasks_that_are_given_up_while_others_take_turns_leave_nobody_waiting() {
    in_many_orders(|| {
        let (cache, runs) = (numbers(), Runs::default());
        let fails = [0, 1].map(|at| {
            let runs = runs.clone();
            with(&cache, move |cache| {
                block_on(cache.get_or_fetch(&7, || async move { runs.run(Err::<u32, _>(at)) }))
            })
        });
        let gone = [1, 2].map(|polls| {
            with(&cache, move |cache| {
                let load = cache.get_or_fetch(&7, std::future::pending::<u32>);
                give_up_after(polls, load);
            })
        });
        gone.into_iter().for_each(|one| one.join().unwrap());
        for (at, one) in fails.into_iter().enumerate() {
            assert_eq!(one.join().unwrap(), Err(at));
        }
        assert_eq!((runs.count(), cache.stats().load_failures), (2, 2));
    });
}

#[test]
fn s_15_shared_loads_that_fail_for_all_end_for_all_who_drive_them_or_give_up() {
    in_many_orders(|| {
        let cache = numbers();
        let ask = |at: u32| {
            with(&cache, move |cache| {
                let fetch = move || async move { Err::<u32, _>(at) };
                block_on(cache.try_get_or_fetch_shared(&7, fetch))
            })
        };
        let callers = [1, 2].map(ask);
        let in_turn = with(&cache, |cache| {
            let fetch = move || async move { Err::<u32, _>(3_u32) };
            block_on(cache.get_or_fetch_shared(&7, fetch))
        });
        let gives_up = with(&cache, |cache| {
            let fetch = move || async move { Err::<u32, _>(4_u32) };
            give_up_after(2, cache.try_get_or_fetch_shared(&7, fetch));
        });
        gives_up.join().unwrap();
        for one in callers {
            assert!(matches!(one.join().unwrap(), Err(1 | 2 | 4)));
        }
        assert_eq!(in_turn.join().unwrap(), Err(3));
    });
}

#[test]
fn s_12_threads_and_tasks_at_one_key_that_fails_all_end() {
    in_many_orders(|| {
        let cache = numbers();
        let thread = |at: u32| {
            with(&cache, move |cache| {
                let options = EntryOptions::new;
                let in_turn = OnFailure::<Result<u32, u32>>::IN_TURN;
                match Synchronous::<u32, u32>::enter(&cache, &7, Tier::Both, options, in_turn) {
                    Asked::Done(result) => result,
                    Asked::Lead(lead) => {
                        let result = Lead::run(&lead, || Err(at));
                        Lead::finish(lead, result, in_turn)
                    }
                }
            })
        };
        let threads = [1, 2].map(thread);
        let task =
            with(&cache, |cache| block_on(cache.get_or_fetch(&7, || async { Err::<u32, u32>(3) })));
        let looks = with(&cache, |cache| block_on(cache.get(&7)).unwrap());
        for (at, one) in (1..).zip(threads) {
            assert_eq!(one.join().unwrap(), Err(at));
        }
        assert_eq!((task.join().unwrap(), looks.join().unwrap()), (Err(3), None));
    });
}
