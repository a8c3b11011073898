//! Loads that fail: one error for all who wait, or one turn for each, and how many are woken for that.

use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

use cachefn_core::{Cache, EntryOptions, KeyText};
use futures_channel::oneshot;

use crate::support::*;

/// Pending so many times, and woken each time.
async fn pauses(times: u64) {
    let mut left = times;
    std::future::poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// Polls all that are woken, in their order, until nobody is; what each got, and how often all of them
/// were woken together.
fn drive<'a, T>(mut tasks: Vec<Task<'a, T>>) -> (Vec<T>, usize) {
    let mut results: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let mut goes_on = true;
    while goes_on {
        goes_on = false;
        for (task, result) in tasks.iter_mut().zip(&mut results) {
            if result.is_none() && task.is_woken() {
                *result = task.poll();
                goes_on = true;
            }
        }
    }
    let wakes = tasks.iter().map(Task::wakes).sum();
    let results = results.into_iter().map(|result| result.expect("it hangs")).collect();
    (results, wakes)
}

/// What so many callers get of one fetcher that fails after all of them have come, and how often they
/// are woken. A second fetcher panics.
fn crowd(cache: &Cache<u32, u32>, callers: usize, shared: bool) -> (Vec<Result<u32, Down>>, usize) {
    let (go, gone) = oneshot::channel::<()>();
    let gone = Arc::new(Mutex::new(Some(gone)));
    let call = |_| {
        let gone = gone.clone();
        let fetch = move || async move {
            let gone = gone.lock().unwrap().take();
            gone.expect("one fetcher").await.unwrap();
            Err(Down)
        };
        Task::new(async move {
            match shared {
                true => cache.try_get_or_fetch_shared(&1, fetch).await,
                false => cache.try_get_or_fetch(&1, fetch).await,
            }
        })
    };
    let mut tasks: Vec<_> = (0..callers).map(call).collect();
    tasks.iter_mut().for_each(|task| assert!(task.advance().is_none()));
    go.send(()).unwrap();
    drive(tasks)
}

#[derive(Debug, Clone, PartialEq)]
struct Down;

#[test]
fn h_10_ten_thousand_callers_of_a_key_that_fails_run_one_fetcher_and_all_have_its_error() {
    for shared in [false, true] {
        let store = Store::new();
        let cache = plain(&store);
        let (results, wakes) = crowd(&cache, 10_000, shared);
        assert_eq!(results, vec![Err(Down); 10_000]);
        let stats = cache.stats();
        assert_eq!((stats.load_failures, stats.loads), (1, 0));
        assert_eq!(store.calls(), ["get", "create_tokens"], "nothing is kept");
        assert!(wakes <= 30_000, "{wakes} wakes");
        let next = finish(cache.try_get_or_fetch(&1, async || Ok::<_, Down>(5)));
        assert_eq!(next, Ok(5), "a failure is not cached");
    }
}

#[test]
fn h_10_in_turn_each_runs_its_own_fetcher_once_and_few_are_woken_for_it() {
    const CALLERS: usize = 1_000;
    for store in [None, Some(Store::new())] {
        let cache = match &store {
            Some(store) => plain(store),
            None => Cache::<u32, u32>::builder("c").clock(clock()).build().unwrap(),
        };
        let (running, ran) = (Cell::new(0), Cell::new(0));
        let call = |at: usize| {
            let (cache, running, ran) = (&cache, &running, &ran);
            Task::new(async move {
                let fetch = || async move {
                    assert_eq!(running.replace(1), 0, "two at a time");
                    ran.set(ran.get() + 1);
                    pauses(1).await;
                    running.set(0);
                    Err::<u32, _>(at)
                };
                cache.get_or_fetch(&1, fetch).await
            })
        };
        let (results, wakes) = drive((0..CALLERS).map(call).collect());
        assert!(results.into_iter().eq((0..CALLERS).map(Err)), "each has its own error, in turn");
        assert_eq!((ran.get(), cache.stats().load_failures), (CALLERS, CALLERS as u64));
        // Each is woken once to lead, and once by its own fetcher.
        assert_eq!(wakes, 2 * CALLERS - 1);
    }
}

#[test]
fn s_15_a_dropped_leader_and_dropped_heirs_wake_one_after_the_other() {
    const CALLERS: usize = 1_000;
    let cache = plain(&Store::new());
    let mut tasks: Vec<_> =
        (0..CALLERS).map(|_| Task::new(cache.get_or_fetch(&1, pending::<u32>))).collect();
    tasks.iter_mut().for_each(|task| assert!(task.poll().is_none()));
    let mut last = Task::new(cache.get_or_fetch(&1, async || 7));
    assert!(last.poll().is_none());
    let mut wakes = 0;
    for mut task in tasks {
        // Half of them begin to lead before they are dropped.
        if wakes % 2 == 0 {
            assert!(task.poll().is_none());
        }
        assert!(!last.is_woken(), "only the next one is woken");
        wakes += task.wakes();
        drop(task);
    }
    assert_eq!(last.advance(), Some(7));
    assert_eq!((wakes, last.wakes()), (CALLERS - 1, 1));
}

#[test]
fn s_13_who_only_looks_waits_for_no_value_and_wakes_nobody() {
    let store = Store::new();
    store.pauses(1);
    let cache = plain(&store);
    let mut leads = Task::new(cache.get_or_fetch(&1, pending::<u32>));
    assert!(leads.poll().is_none());
    let mut looks = Task::new(cache.get(&1));
    let mut waits = Task::new(cache.get_or_fetch(&1, async || 5));
    assert!(looks.poll().is_none() && waits.poll().is_none());
    assert_eq!(leads.advance(), None);
    assert_eq!(looks.advance().map(Result::unwrap), Some(None));
    assert_eq!(waits.wakes(), 0, "it is for those who look");
    drop(leads);
    assert_eq!((waits.advance(), waits.wakes() > 0), (Some(5), true));
}

#[test]
fn s_13_an_error_of_another_type_is_no_ones_but_the_leaders() {
    let cache = plain(&Store::new());
    let mut leads = Task::new(cache.try_get_or_fetch(&1, async || {
        pauses(1).await;
        Err("text")
    }));
    assert!(leads.poll().is_none());
    let mut same = Task::new(cache.try_get_or_fetch(&1, async || Err("never needed")));
    let mut other = Task::new(cache.try_get_or_fetch(&1, async || Err(5_u8)));
    let mut in_turn = Task::new(cache.get_or_fetch(&1, async || Err("its own")));
    assert!(same.poll().is_none() && other.poll().is_none() && in_turn.poll().is_none());
    assert_eq!(leads.advance(), Some(Err("text")));
    assert_eq!(same.advance(), Some(Err("text")));
    assert_eq!((other.advance(), in_turn.advance()), (Some(Err(5)), Some(Err("its own"))));
}

#[test]
fn s_14_a_stale_value_that_may_be_used_is_what_all_get() {
    for shared in [false, true] {
        let (store, clock) = (Store::new(), clock());
        let builder = over::<u32, u32>(&store, &clock).ttl(ms(10)).stale_if_error(ms(1_000));
        let cache = builder.build().unwrap();
        finish(cache.set(1, 5)).unwrap();
        clock.advance(ms(11));
        let (results, _) = crowd(&cache, 9, shared);
        assert_eq!(results, vec![Ok(5); 9]);
        let stats = cache.stats();
        assert_eq!((stats.load_failures, stats.stale_on_error), (1, 1));
    }
}

#[test]
fn s_13_a_context_and_options_go_with_a_failure_that_is_for_all() {
    let cache = plain(&Store::new());
    let tagged = || EntryOptions::new().tag("t");
    let fetch = async |context: cachefn_core::LoadContext<u32>| {
        context.skip();
        pauses(1).await;
        Err::<u32, _>("down")
    };
    let call = |_| Task::new(cache.try_get_or_fetch_with(&1, tagged(), fetch));
    assert_eq!(drive((0..5).map(call).collect()).0, [Err("down"); 5]);
    assert_eq!(cache.stats().load_failures, 1);
}

/// A key that can be counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key(Arc<u32>);

impl KeyText for Key {
    fn write_text(&self, out: &mut String) {
        self.0.write_text(out);
    }
}

/// Calls that fail in every way, some of which are given up; nobody hangs, and nothing is left behind.
fn chaos(seed: u64) {
    let store = Store::new();
    store.pauses(seed as usize % 3);
    let clock = clock();
    let cache = match seed % 2 {
        0 => Cache::<Key, u32>::builder("c").clock(clock).build().unwrap(),
        _ => over::<Key, u32>(&store, &clock).build().unwrap(),
    };
    let key = Key(Arc::new(1));
    let (mut random, mut tasks) = (Random(seed), Tasks::new(seed ^ 0xABCD));
    for _ in 0..12 {
        let (way, outcome, times) = (random.below(7), random.below(8), random.below(4));
        let (cache, key) = (&cache, &key);
        let fetch = move || async move {
            pauses(times).await;
            match outcome {
                0 => Ok(7),
                1 => resume_unwind(Box::new(())),
                _ => Err::<u32, u64>(outcome),
            }
        };
        tasks.spawn(async move {
            match way {
                0 => ignore(cache.get(key).await),
                1 => ignore(cache.try_get_or_fetch(key, fetch).await),
                2 => ignore(cache.try_get_or_fetch_shared(key, fetch).await),
                3 => ignore(cache.get_or_fetch_shared(key, fetch).await),
                4 => {
                    ignore(cache.get_or_fetch(key, fetch).await);
                    ignore(cache.delete(key).await);
                }
                _ => ignore(cache.get_or_fetch(key, fetch).await),
            }
        });
    }
    let mut steps = 0;
    loop {
        // Who panics is gone.
        match catch_unwind(AssertUnwindSafe(|| tasks.step())) {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => tasks.drop_panicked(),
        }
        steps += 1;
        assert!(steps < 100_000, "they spin");
        if random.below(20) == 0 {
            tasks.drop_one();
        }
    }
    tasks.run();
    // To remove anything here would let go of a load that was left behind.
    assert_eq!(Arc::strong_count(&key.0), 1 + cache.len(), "a load is left behind");
}

#[test]
fn h_11_failures_panics_and_calls_given_up_in_any_order_leave_nobody_waiting_and_nothing_behind() {
    let runs = if std::env::var_os("CACHEFN_LONG").is_some() { 100_000 } else { 5_000 };
    let first = std::env::var("CACHEFN_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in first.map_or(0..runs, |seed| seed..seed + 1) {
        let ran = catch_unwind(|| chaos(seed));
        if let Err(panic) = ran {
            eprintln!("CACHEFN_SEED={seed}");
            resume_unwind(panic);
        }
    }
}
