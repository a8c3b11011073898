//! Fetchers that belong to their flight: they outlive their callers, and end with the last who waits.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use futures_channel::oneshot;

use crate::support::*;

/// A fetcher that waits for an answer, the first time it runs, and knows whether it lives.
struct Asked {
    answer: Option<oneshot::Sender<u32>>,
    waits: Arc<Mutex<Option<oneshot::Receiver<u32>>>>,
    alive: Arc<()>,
    runs: Arc<AtomicU32>,
}

impl Asked {
    fn new() -> Self {
        let (answer, waits) = oneshot::channel();
        let waits = Arc::new(Mutex::new(Some(waits)));
        Asked { answer: Some(answer), waits, alive: Arc::new(()), runs: Arc::default() }
    }

    fn fetcher(&self) -> impl FnOnce() -> cachefn_core::BoxFuture<'static, u32> + Send + use<> {
        let (waits, alive, runs) = (self.waits.clone(), self.alive.clone(), self.runs.clone());
        move || {
            Box::pin(async move {
                let _alive = alive;
                runs.fetch_add(1, SeqCst);
                let first = waits.lock().unwrap().take();
                match first {
                    Some(first) => first.await.unwrap(),
                    None => 99,
                }
            })
        }
    }

    fn answer(&mut self, value: u32) {
        self.answer.take().unwrap().send(value).unwrap();
    }

    fn is_alive(&self) -> bool {
        Arc::strong_count(&self.alive) > 1
    }
}

#[test]
fn s_15_a_shared_fetcher_outlives_its_caller_while_anybody_waits() {
    let store = Store::new();
    let cache = plain(&store);
    let mut asked = Asked::new();
    let mut first = Task::new(cache.get_or_fetch_shared(&1, asked.fetcher()));
    let mut second = Task::new(cache.get_or_fetch(&1, async || 7));
    let mut third = Task::new(cache.get_or_fetch_shared(&1, asked.fetcher()));
    assert!(first.poll().is_none() && second.poll().is_none() && third.poll().is_none());
    drop(first);
    asked.answer(5);
    assert_eq!((second.advance(), third.advance()), (Some(5), Some(5)));
    assert_eq!(asked.runs.load(SeqCst), 1);
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(5), "kept in the storage");
}

#[test]
fn s_15_without_a_runtime_it_ends_with_the_last_who_waits() {
    let cache = plain(&Store::new());
    let asked = Asked::new();
    let mut first = Task::new(cache.get_or_fetch_shared(&1, asked.fetcher()));
    assert!(first.poll().is_none());
    let mut second = Task::new(cache.get_or_fetch(&1, async || 7));
    assert!(second.poll().is_none());
    drop(first);
    assert!(asked.is_alive());
    drop(second);
    assert_eq!(Arc::strong_count(&asked.alive), 1, "nobody waits");
    assert_eq!(finish(cache.get_or_fetch(&1, async || 8)), 8, "and nothing is in the way");
}

#[test]
fn s_15_a_runtime_brings_it_to_its_end() {
    let (store, background) = (Store::new(), Background::default());
    let cache = over::<u32, u32>(&store, &clock()).runtime(background.clone()).build().unwrap();
    let mut asked = Asked::new();
    let mut first = Task::new(cache.get_or_fetch_shared(&1, asked.fetcher()));
    assert!(first.poll().is_none());
    drop(first);
    let mut tasks = Tasks::new(1).with(&background);
    while tasks.step() {}
    asked.answer(5);
    tasks.run();
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(5));
    assert!(!asked.is_alive());
}

#[test]
fn s_15_a_runtime_that_drops_its_tasks_makes_nobody_hang() {
    let (store, background) = (Store::new(), Background::default());
    let cache = over::<u32, u32>(&store, &clock()).runtime(background.clone()).build().unwrap();
    let mut asked = Asked::new();
    let mut first = Task::new(cache.get_or_fetch_shared(&1, asked.fetcher()));
    assert!(first.poll().is_none());
    drop(background.take());
    asked.answer(5);
    assert_eq!(first.advance(), Some(5), "its callers drive it");
}

#[test]
fn s_16_a_panic_in_a_shared_fetcher_unwinds_who_drives_it_and_others_take_over() {
    for driver in [0, 1] {
        let cache = plain(&Store::new());
        let (answer, asked) = oneshot::channel::<()>();
        let fetch = move || async move {
            asked.await.unwrap();
            resume_unwind(Box::new("told to")) as u32
        };
        let mut first = Task::new(cache.get_or_fetch_shared(&1, fetch));
        let mut second = Task::new(cache.get_or_fetch(&1, async || 7));
        let mut third = Task::new(cache.get_or_fetch(&1, async || 8));
        assert!(first.poll().is_none() && second.poll().is_none() && third.poll().is_none());
        answer.send(()).unwrap();
        if driver == 0 {
            assert!(catch_unwind(AssertUnwindSafe(|| first.poll())).is_err());
            assert_eq!(second.advance(), Some(7));
        } else {
            assert!(catch_unwind(AssertUnwindSafe(|| second.poll())).is_err());
            let told = catch_unwind(AssertUnwindSafe(|| first.advance())).unwrap_err();
            let told = told.downcast_ref::<&str>().copied().unwrap_or_default();
            assert!(told.contains("the fetcher panicked"), "{told}");
        }
        let third = third.advance();
        assert!(third == Some(7) || third == Some(8), "{third:?}");
    }
}

#[test]
fn s_15_load_timeout_lets_callers_go_on_by_themselves() {
    let (store, background) = (Store::new(), Background::default());
    let builder = over::<u32, u32>(&store, &clock()).runtime(background.clone());
    let cache = builder.load_timeout(ms(50)).build().unwrap();
    let (answer, asked) = oneshot::channel();
    let mut leader = Task::new(cache.get_or_fetch(&1, async || asked.await.unwrap()));
    assert!(leader.poll().is_none());
    let mut follower = Task::new(cache.get_or_fetch(&1, async || 7));
    assert!(follower.poll().is_none());
    assert_eq!(background.ring(), 1);
    assert_eq!(follower.advance(), Some(7));
    answer.send(5).unwrap();
    assert_eq!(leader.finish(), 5, "the slow one has its value");
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(7), "which is not stored");
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(7));
}

#[test]
fn s_15_load_timeout_bounds_the_wait_for_another_who_looks() {
    let (store, background) = (Store::new(), Background::default());
    finish(plain(&store).set(1, 5)).unwrap();
    let builder = over::<u32, u32>(&store, &clock()).runtime(background.clone());
    let cache = builder.load_timeout(ms(50)).build().unwrap();
    store.pauses(1_000_000);
    let mut stuck = Task::new(cache.get(&1));
    assert!(stuck.poll().is_none());
    store.pauses(0);
    let mut waits = Task::new(cache.get(&1));
    assert!(waits.poll().is_none());
    assert_eq!(background.ring(), 1);
    assert_eq!(waits.advance().unwrap().unwrap(), Some(5));
}

#[test]
fn s_15_a_borrowing_fetcher_is_driven_by_its_caller_alone() {
    let cache = plain(&Store::new());
    let own = String::from("borrowed");
    let borrowed = &own;
    let value = finish(cache.get_or_fetch(&1, || async move { borrowed.len() as u32 }));
    assert_eq!(value, 8);
}
