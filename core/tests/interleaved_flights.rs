//! The asynchronous cache under threads, in thousands of orders of their steps, drawn by a scheduler: a
//! wake-up that is lost is a deadlock here, and fails.
//!
//! `cargo xtask test --long shuttle` runs it, as it does `interleavings.rs`. A failure prints the
//! schedule.

#![cfg(shuttle)]

#[path = "support/orders.rs"]
mod orders;

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use cachefn_core::{
    Cache, Capabilities, EntryOptions, Error, Found, Glob, Keep, ManualClock, Page, Postcard,
    Storage,
};
use orders::{orders, try_orders};
use shuttle::future::block_on;
use shuttle::sync::Mutex;
use shuttle::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use shuttle::thread::{self, JoinHandle};

type Numbers = Cache<u32, u32>;

fn in_many_orders(test: impl Fn() + Send + Sync + Clone + 'static) {
    try_orders(orders(1_000, 20_000), test);
}

/// Records under names, behind the scheduler's lock.
#[derive(Clone, Default)]
struct Map(Arc<Mutex<BTreeMap<Vec<u8>, Bytes>>>);

impl Storage for Map {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        Ok(self.0.lock().unwrap().get(name).cloned().map(Found::new))
    }
    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
        self.0.lock().unwrap().insert(name.into(), record);
        Ok(())
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        Ok(self.0.lock().unwrap().remove(name).is_some())
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities::default().scanning()
    }
    async fn scan(&self, prefix: &[u8], _: &[u8], _: usize) -> Result<Page, Error> {
        let records = self.0.lock().unwrap();
        let names = records.keys().filter(|name| name.starts_with(prefix));
        Ok(Page::new(names.map(|name| Bytes::copy_from_slice(name)).collect(), None))
    }
}

fn over(map: &Map) -> Numbers {
    let builder = Cache::builder("c").storage(map.clone()).codec(Postcard).seed(1);
    builder.max_entries(4).clock(ManualClock::new()).build().expect("sound settings")
}

fn in_memory() -> Numbers {
    let builder = Cache::builder("c").max_entries(4).seed(1).clock(ManualClock::new());
    builder.build().expect("sound settings")
}

/// Starts a thread that works with the cache.
fn with<T: Send + 'static>(
    cache: &Numbers,
    work: impl FnOnce(Numbers) -> T + Send + 'static,
) -> JoinHandle<T> {
    let cache = cache.clone();
    thread::spawn(move || work(cache))
}

/// Something that one thread waits for and another opens.
#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);

impl Gate {
    fn open(&self) {
        let mut state = self.0.lock().unwrap();
        state.0 = true;
        let waiting = std::mem::take(&mut state.1);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    async fn wait(&self) {
        poll_fn(|context| {
            let mut state = self.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            // Only the last one is woken, as a strict future may do it.
            state.1 = vec![context.waker().clone()];
            Poll::Pending
        })
        .await;
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
fn s_12_tasks_that_ask_for_one_key_share_one_load() {
    in_many_orders(|| {
        let (map, ran) = (Map::default(), Arc::new(AtomicUsize::new(0)));
        let cache = over(&map);
        let ask = |value| {
            let ran = ran.clone();
            with(&cache, move |cache| {
                block_on(cache.get_or_fetch(&7, || async move {
                    ran.fetch_add(1, SeqCst);
                    value
                }))
            })
        };
        let values: Vec<u32> = [1, 2, 3].map(ask).map(|one| one.join().unwrap()).to_vec();
        assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
        assert_eq!((ran.load(SeqCst), cache.stats().loads), (1, 1));
        assert_eq!(block_on(over(&map).get(&7)).unwrap(), Some(values[0]));
    });
}

#[test]
fn s_15_a_leader_that_is_dropped_hands_over_and_nobody_waits_for_ever() {
    in_many_orders(|| {
        let cache = in_memory();
        let gone = with(&cache, |cache| {
            give_up_after(2, cache.get_or_fetch(&7, std::future::pending::<u32>));
        });
        let others = [1, 2].map(|value| {
            with(&cache, move |cache| block_on(cache.get_or_fetch(&7, || async move { value })))
        });
        gone.join().unwrap();
        let [one, other] = others.map(|one| one.join().unwrap());
        assert_eq!(one, other);
        assert_eq!(block_on(cache.get(&7)).unwrap(), Some(one));
    });
}

#[test]
fn s_16_a_waiter_takes_over_from_a_leader_that_panics_or_fails() {
    in_many_orders(|| {
        let cache = in_memory();
        let panics = with(&cache, |cache| {
            let load = cache.get_or_fetch(&7, async || -> u32 { resume_unwind(Box::new(())) });
            catch_unwind(AssertUnwindSafe(|| block_on(load)))
        });
        let fails =
            with(&cache, |cache| block_on(cache.get_or_fetch(&7, || async { Err::<u32, ()>(()) })));
        let loads = with(&cache, |cache| block_on(cache.get_or_fetch(&7, || async { 5 })));
        let panicked = panics.join().unwrap();
        assert!(panicked.is_err() || panicked.is_ok_and(|value| value == 5));
        assert!(matches!(fails.join().unwrap(), Err(()) | Ok(5)));
        assert_eq!(loads.join().unwrap(), 5);
        assert_eq!((block_on(cache.get(&7)).unwrap(), cache.stats().loads), (Some(5), 1));
    });
}

#[test]
fn s_15_a_shared_flight_that_many_drive_loses_no_wake_up() {
    in_many_orders(|| {
        let (map, gate) = (Map::default(), Gate::default());
        let cache = over(&map);
        let ask = |value: u32| {
            let gate = gate.clone();
            with(&cache, move |cache| {
                let fetch = move || async move {
                    gate.wait().await;
                    value
                };
                block_on(cache.get_or_fetch_shared(&7, fetch))
            })
        };
        let callers = [1, 2].map(ask);
        let own = gate.clone();
        let gives_up = with(&cache, move |cache| {
            let fetch = move || async move {
                own.wait().await;
                3
            };
            give_up_after(2, cache.get_or_fetch_shared(&7, fetch));
        });
        let opens = thread::spawn(move || gate.open());
        gives_up.join().unwrap();
        opens.join().unwrap();
        let [one, other] = callers.map(|one| one.join().unwrap());
        // Should all have given up between, a second flight may have begun; but never two at once.
        let last = block_on(cache.get(&7)).unwrap();
        assert_eq!((last, one), (Some(other), other));
        assert_eq!(block_on(over(&map).get(&7)).unwrap(), last);
    });
}

#[test]
fn s_16_a_shared_flight_that_panics_frees_all_who_wait() {
    in_many_orders(|| {
        let cache = in_memory();
        let panics = with(&cache, |cache| {
            let fetch = || async { resume_unwind(Box::new(())) as u32 };
            let load = cache.get_or_fetch_shared(&7, fetch);
            drop(catch_unwind(AssertUnwindSafe(|| block_on(load))));
        });
        let others = [1, 2].map(|value| {
            with(&cache, move |cache| {
                let load = cache.get_or_fetch(&7, || async move { value });
                catch_unwind(AssertUnwindSafe(|| block_on(load))).ok()
            })
        });
        panics.join().unwrap();
        let values = others.map(|one| one.join().unwrap());
        // One of them may have driven the fetcher when it panicked.
        assert!(values.iter().flatten().count() >= 1, "{values:?}");
        assert_eq!(block_on(cache.get_or_fetch(&8, || async { 8 })), 8);
    });
}

#[test]
fn s_17_shared_fetchers_that_ask_for_each_other_from_two_threads_end() {
    in_many_orders(|| {
        let cache = in_memory();
        let threads = [(1, 2), (2, 1)].map(|(own, other)| {
            with(&cache, move |cache| {
                let inner = cache.clone();
                let fetch = move || async move {
                    inner.get_or_fetch_shared(&other, || async { 5 }).await + 1
                };
                block_on(cache.get_or_fetch_shared(&own, fetch))
            })
        });
        for value in threads.map(|one| one.join().unwrap()) {
            assert!((5..9).contains(&value), "{value}");
        }
    });
}

#[test]
fn h_13_a_fetcher_that_asks_for_its_own_key_ends_while_others_wait() {
    in_many_orders(|| {
        let cache = in_memory();
        let asks = with(&cache, |cache| {
            let nested = || async { cache.get_or_fetch(&7, || async { 5 }).await };
            block_on(cache.get_or_fetch(&7, nested))
        });
        let waits = with(&cache, |cache| block_on(cache.get_or_fetch(&7, || async { 5 })));
        assert_eq!((asks.join().unwrap(), waits.join().unwrap()), (5, 5));
    });
}

/// Loads read a source while another thread changes it and then makes what was loaded invalid: from
/// there on nobody sees the old value, in either tier.
fn invalidated(invalidate: impl Fn(&Numbers) + Send + Sync + Clone + 'static) {
    in_many_orders(move || {
        let (map, source) = (Map::default(), Arc::new(AtomicUsize::new(1)));
        let cache = over(&map);
        let loads = [true, false].map(|late| {
            let source = source.clone();
            with(&cache, move |cache| {
                let options = if late { EntryOptions::new() } else { EntryOptions::new().tag("t") };
                block_on(cache.get_or_fetch_with(&7, options, |context| async move {
                    if late {
                        context.tags(["t"]);
                    }
                    source.load(SeqCst) as u32
                }))
            })
        });
        let (source, invalidate) = (source.clone(), invalidate.clone());
        let elsewhere = map.clone();
        let changes = with(&cache, move |cache| {
            source.store(2, SeqCst);
            invalidate(&cache);
            let here = block_on(cache.peek(&7)).unwrap();
            assert_ne!(here, Some(1), "old, in this cache");
            assert_ne!(
                block_on(over(&elsewhere).peek(&7)).unwrap(),
                Some(1),
                "old, in the storage"
            );
            let joined = block_on(cache.get_or_fetch(&7, || async { 2 }));
            assert_eq!(joined, 2, "a later call does not join an overtaken load");
        });
        changes.join().unwrap();
        loads.into_iter().for_each(|load| assert!([1, 2].contains(&load.join().unwrap())));
        assert_eq!(block_on(cache.peek(&7)).unwrap(), Some(2));
        assert_ne!(block_on(over(&map).peek(&7)).unwrap(), Some(1));
    });
}

#[test]
fn h_12_a_delete_wins_over_loads_in_both_tiers() {
    invalidated(|cache| assert!(block_on(cache.delete(&7)).is_ok()));
}

#[test]
fn h_12_a_tag_wins_over_loads_in_both_tiers() {
    invalidated(|cache| block_on(cache.invalidate_by_tag("t")).unwrap());
}

#[test]
fn h_12_clear_wins_over_loads_in_both_tiers() {
    invalidated(|cache| block_on(cache.clear()).unwrap());
}

#[test]
fn h_12_a_pattern_wins_over_loads_in_both_tiers() {
    let all = Glob::prefix("");
    invalidated(move |cache| {
        block_on(cache.invalidate_by_pattern(&all)).unwrap();
    });
}

#[test]
fn h_12_a_write_wins_over_loads_in_both_tiers() {
    invalidated(|cache| block_on(cache.set(7, 2)).unwrap());
}

#[test]
fn s_34_the_storage_keeps_the_order_of_memory() {
    in_many_orders(|| {
        let map = Map::default();
        let cache = over(&map);
        // The namespace has its token, which two that create it at once could lose in this storage.
        block_on(cache.set(1, 1)).unwrap();
        let threads = [
            with(&cache, |cache| block_on(cache.set(7, 1)).unwrap()),
            with(&cache, |cache| block_on(cache.set_many([(8, 2), (7, 2)])).unwrap()),
            with(&cache, |cache| {
                block_on(cache.update(7, |old| Some(old.unwrap_or(0) + 10))).unwrap();
                block_on(cache.get_or_fetch(&8, || async { 9 }));
            }),
        ];
        threads.into_iter().for_each(|one| one.join().unwrap());
        for key in [7, 8] {
            let (here, there) = (block_on(cache.get(&key)), block_on(over(&map).get(&key)));
            assert_eq!(here.unwrap(), there.unwrap(), "key {key}");
        }
    });
}

#[test]
fn s_12_who_looks_while_another_loads_or_writes_finds_something_true() {
    in_many_orders(|| {
        let map = Map::default();
        block_on(over(&map).set(7, 1)).unwrap();
        let cache = over(&map);
        let readers = [0, 1].map(|at| {
            with(&cache, move |cache| match at {
                0 => block_on(cache.get(&7)).unwrap(),
                _ => block_on(cache.get_many(&[7, 8])).unwrap()[0],
            })
        });
        let writes = with(&cache, |cache| {
            block_on(cache.set_with(7, 2, EntryOptions::new().tier(cachefn_core::Tier::Storage)))
                .unwrap();
            assert_eq!(block_on(cache.get(&7)).unwrap(), Some(2));
        });
        writes.join().unwrap();
        readers.into_iter().for_each(|one| assert!(matches!(one.join().unwrap(), Some(1 | 2))));
        assert_eq!(block_on(cache.get(&7)).unwrap(), Some(2));
    });
}
