//! Asking or computing: who fetches, who waits, and what they get.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use cachefn_core::{Cache, EntryOptions};
use futures_channel::oneshot;

use crate::support::*;

#[test]
fn h_07_ten_thousand_callers_of_one_key_run_one_fetcher() {
    let store = Store::new();
    let cache = plain(&store);
    let (ran, sum) = (Cell::new(0), Cell::new(0));
    let (answer, asked) = oneshot::channel();
    let asked = RefCell::new(Some(asked));
    let mut tasks = Tasks::new(7);
    for _ in 0..10_000 {
        tasks.spawn(async {
            let fetch = || async {
                ran.set(ran.get() + 1);
                let asked = asked.borrow_mut().take();
                asked.expect("one fetcher").await.unwrap()
            };
            let value = cache.get_or_fetch(&1, fetch).await;
            sum.set(sum.get() + value);
        });
    }
    while tasks.step() {}
    answer.send(1).unwrap();
    tasks.run();
    assert_eq!((ran.get(), sum.get()), (1, 10_000));
    assert_eq!(store.calls(), ["get", "create_tokens", "set"], "work does not pile up");
}

#[test]
fn h_11_the_first_hundred_leaders_are_dropped_and_all_others_get_one_value() {
    let cache = plain(&Store::new());
    let (ran, got) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let mut callers: Vec<_> = (0..10_000)
        .map(|at| {
            let (cache, ran, got) = (&cache, ran.clone(), got.clone());
            Task::new(async move {
                let fetch = || async {
                    ran.set(ran.get() + 1);
                    if at < 100 {
                        pending::<()>().await;
                    }
                    at
                };
                let value = cache.get_or_fetch(&1, fetch).await;
                got.set(got.get() + 1);
                value
            })
        })
        .collect();
    callers.iter_mut().for_each(|caller| assert!(caller.poll().is_none()));
    for _ in 0..99 {
        drop(callers.remove(0));
        // In the order in which they came.
        let next = callers.iter_mut().find(|caller| caller.is_woken());
        assert!(next.expect("somebody leads").poll().is_none());
    }
    drop(callers.remove(0));
    let values: Vec<u32> = callers.into_iter().map(Task::finish).collect();
    assert!(values.iter().all(|value| *value == values[0]));
    assert_eq!((ran.get(), got.get()), (101, 9_900));
}

#[test]
fn h_08_later_calls_find_what_the_first_one_made() {
    let store = Store::new();
    let cache = plain(&store);
    for _ in 0..3 {
        assert_eq!(finish(cache.get_or_fetch(&1, async || 5)), 5);
    }
    assert_eq!((cache.stats().loads, cache.stats().hits, cache.stats().misses), (1, 2, 1));
    let other = plain(&store);
    assert_eq!(finish(other.get_or_fetch(&1, async || 6)), 5, "another process finds it, too");
}

#[test]
fn h_09_caches_of_other_names_share_no_flight_and_no_record() {
    let store = Store::new();
    let build = |name: &str| {
        let builder = Cache::<u32, u32>::builder(name).storage(store.clone());
        builder.codec(cachefn_core::Postcard).build().unwrap()
    };
    let (one, other) = (build("one"), build("other"));
    let mut waits = Task::new(one.get_or_fetch(&1, pending::<u32>));
    assert!(waits.poll().is_none());
    assert_eq!(finish(other.get_or_fetch(&1, async || 2)), 2);
    drop(waits);
    assert_eq!(finish(one.get(&1)).unwrap(), None);
}

#[test]
fn s_13_errors_pass_through_and_the_waiters_lead_in_turn() {
    let cache = plain(&Store::new());
    let running = Cell::new(0);
    let results = RefCell::new(Vec::new());
    let mut tasks = Tasks::new(3);
    for at in 0..20 {
        let (cache, running, results) = (&cache, &running, &results);
        tasks.spawn(async move {
            let fetch = || async {
                running.set(running.get() + 1);
                assert_eq!(running.get(), 1, "one at a time");
                finish_later().await;
                running.set(running.get() - 1);
                if at == 13 { Ok(at) } else { Err(at) }
            };
            let result = cache.get_or_fetch(&1, fetch).await;
            results.borrow_mut().push((at, result));
        });
    }
    tasks.run();
    for (at, result) in results.take() {
        assert!(result == Ok(13) || result == Err(at), "{at}: {result:?}");
    }
    assert_eq!(cache.stats().loads, 1);
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(13), "no error is kept");
}

async fn finish_later() {
    let mut left = 3;
    std::future::poll_fn(|context| {
        left -= 1;
        context.waker().wake_by_ref();
        if left == 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[test]
fn s_13_nothing_is_a_value_and_lives_for_its_own_time() {
    let (store, clock) = (Store::new(), clock());
    let builder = over::<u32, Option<u32>>(&store, &clock).ttl(ms(1_000));
    let cache = builder.negative_ttl(ms(10)).build().unwrap();
    assert_eq!(finish(cache.get_or_fetch(&1, async || None)), None);
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(None));
    clock.advance(ms(9));
    let elsewhere = || over::<u32, Option<u32>>(&store, &clock).build().unwrap();
    assert_eq!(finish(elsewhere().get(&1)).unwrap(), Some(None), "in the storage as well");
    clock.advance(ms(1));
    assert_eq!(finish(cache.get(&1)).unwrap(), None);
    assert_eq!(finish(elsewhere().get(&1)).unwrap(), None);
}

#[test]
fn s_16_a_panic_of_the_fetcher_unwinds_its_caller_and_a_waiter_takes_over() {
    let store = Store::new();
    let cache = plain(&store);
    let fails = async || -> u32 {
        finish_later().await;
        resume_unwind(Box::new(()))
    };
    let mut leader = Task::new(cache.get_or_fetch(&1, fails));
    assert!(leader.poll().is_none());
    let mut waiter = Task::new(cache.get_or_fetch(&1, async || 5));
    assert!(waiter.poll().is_none());
    let panicked = catch_unwind(AssertUnwindSafe(|| leader.advance()));
    assert!(panicked.is_err());
    drop(leader);
    assert_eq!(waiter.advance(), Some(5));
    assert_eq!((cache.stats().load_failures, cache.stats().loads), (1, 1));
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(5));
}

#[test]
fn s_16_a_fetcher_that_panics_before_its_first_await_poisons_nothing() {
    let cache = plain(&Store::new());
    let fails = || -> std::future::Ready<u32> { resume_unwind(Box::new(())) };
    assert!(catch_unwind(AssertUnwindSafe(|| finish(cache.get_or_fetch(&1, fails)))).is_err());
    assert_eq!(finish(cache.get_or_fetch(&1, async || 5)), 5);
}

#[test]
fn s_17_a_fetcher_that_asks_for_its_own_key_runs_uncached_and_an_event_tells() {
    let cache = plain(&Store::new());
    let (log, _subscription) = Log::of(&cache);
    let outer = finish(cache.get_or_fetch(&1, || async {
        finish_later().await;
        let own = cache.get_or_fetch(&1, async || 5).await;
        assert_eq!(cache.get(&1).await.unwrap(), None, "nor does it wait for itself");
        assert_eq!(cache.get_or_fetch_shared(&1, || async { 6 }).await, 6);
        own + 1
    }));
    assert_eq!((outer, log.count("error 1 reentrant")), (6, 2));
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(6), "what the outer one made is kept");
}

#[test]
fn s_17_fetchers_that_ask_for_each_other_in_one_task_end() {
    let cache = plain(&Store::new());
    let (log, _subscription) = Log::of(&cache);
    let value = finish(cache.get_or_fetch(&1, || async {
        cache.get_or_fetch(&2, || async { cache.get_or_fetch(&1, async || 5).await + 1 }).await + 1
    }));
    assert_eq!((value, log.count("error 1 reentrant")), (7, 1));
    assert_eq!(finish(cache.get(&2)).unwrap(), Some(6));
}

#[test]
fn s_17_shared_fetchers_that_ask_for_each_other_in_two_tasks_end() {
    for seed in 0..200 {
        let cache = plain(&Store::new());
        let mut tasks = Tasks::new(seed);
        let values = Rc::new(Cell::new(0));
        for (own, other) in [(1, 2), (2, 1)] {
            let (cache, values) = (cache.clone(), values.clone());
            tasks.spawn(async move {
                let inner = cache.clone();
                let fetch = move || async move {
                    yield_once().await;
                    inner.get_or_fetch_shared(&other, || async { 5 }).await + 1
                };
                cache.get_or_fetch_shared(&own, fetch).await;
                values.set(values.get() + 1);
            });
        }
        let mut steps = 0;
        while tasks.step() {
            steps += 1;
            assert!(steps < 10_000, "they spin; seed {seed}");
        }
        tasks.run();
        assert_eq!(values.get(), 2, "seed {seed}");
    }
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

#[test]
fn s_17_updates_and_writes_of_a_fetchers_own_key_do_not_wait_for_it() {
    let store = Store::new();
    let cache = plain(&store);
    let value = finish(cache.get_or_fetch(&1, || async {
        cache.set(1, 3).await.unwrap();
        cache.update(1, |old| old.map(|old| old + 1)).await.unwrap();
        assert!(!cache.set_if_absent(1, 9).await.unwrap());
        assert_eq!(cache.get_many(&[1]).await.unwrap(), [Some(4)]);
        cache.get_or_fetch(&1, async || 0).await + 1
    }));
    assert_eq!(value, 5);
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(4), "the newer write won");
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(4));
}

#[test]
fn s_12_a_context_says_how_long_with_which_tags_and_whether_at_all() {
    let (store, clock) = (Store::new(), clock());
    let cache: Cache<u32, u32> = over(&store, &clock).build().unwrap();
    let elsewhere = || over::<u32, u32>(&store, &clock).build().unwrap();
    finish(cache.get_or_fetch_with(&1, EntryOptions::new(), |context| async move {
        context.ttl(ms(10));
        context.tags(["t"]);
        1
    }));
    assert_eq!(finish(elsewhere().get(&1)).unwrap(), Some(1));
    clock.advance(ms(10));
    assert_eq!(finish(elsewhere().get(&1)).unwrap(), None);
    finish(cache.get_or_fetch_with(&2, EntryOptions::new(), |context| async move {
        context.tags(["t"]);
        2
    }));
    finish(elsewhere().invalidate_by_tag("t")).unwrap();
    assert_eq!(finish(elsewhere().get(&2)).unwrap(), None);
    finish(cache.get_or_fetch_with(&3, EntryOptions::new(), |context| async move {
        context.skip();
        3
    }));
    assert!(!store.has("c:3") && finish(cache.get(&3)).unwrap().is_none());
}
