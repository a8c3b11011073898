//! Whoever gives up, at whatever point, leaves nothing behind and nobody waiting.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use cachefn_core::private::{OnFailure, Shared, enter_shared};
use cachefn_core::{Cache, EntryOptions, Glob, Tier, Warming};

use crate::support::*;

type Call = for<'a> fn(&'a Cache<u32, u32>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Every call that waits for something.
const CALLS: [(&str, Call); 17] = [
    ("get", |cache| Box::pin(async { ignore(cache.get(&1).await) })),
    ("get_many", |cache| Box::pin(async { ignore(cache.get_many(&[1, 2]).await) })),
    ("peek", |cache| Box::pin(async { ignore(cache.peek(&1).await) })),
    ("get_or_fetch", |cache| Box::pin(async { ignore(cache.get_or_fetch(&1, late).await) })),
    ("get_or_fetch_with", |cache| {
        Box::pin(async {
            let options = EntryOptions::new().tag("t");
            cache.get_or_fetch_with(&1, options, |_| late()).await;
        })
    }),
    ("get_or_fetch_shared", |cache| {
        Box::pin(async { ignore(cache.get_or_fetch_shared(&1, late).await) })
    }),
    ("set", |cache| Box::pin(async { ignore(cache.set(1, 7).await) })),
    ("set_many", |cache| Box::pin(async { ignore(cache.set_many([(2, 7), (1, 7)]).await) })),
    ("set_if_absent", |cache| Box::pin(async { ignore(cache.set_if_absent(1, 7).await) })),
    ("update", |cache| Box::pin(async { ignore(cache.update(1, |_| Some(7)).await) })),
    ("delete", |cache| Box::pin(async { ignore(cache.delete(&1).await) })),
    ("delete_many", |cache| Box::pin(async { ignore(cache.delete_many(&[1, 2]).await) })),
    ("expire", |cache| Box::pin(async { ignore(cache.expire(&1).await) })),
    ("clear", |cache| Box::pin(async { ignore(cache.clear().await) })),
    ("invalidate_by_tag", |cache| Box::pin(async { ignore(cache.invalidate_by_tag("t").await) })),
    ("invalidate_by_pattern", |cache| {
        Box::pin(async { ignore(cache.invalidate_by_pattern(&Glob::prefix("1")).await) })
    }),
    ("warm", |cache| {
        Box::pin(async {
            cache.warm([1, 2, 3], Warming::new(2), |_| late()).await;
        })
    }),
];

async fn late() -> u32 {
    let mut left = 2;
    std::future::poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
    7
}

#[test]
fn h_11_a_call_given_up_at_any_point_leaves_every_later_call_free() {
    for stored in [false, true] {
        for (name, call) in CALLS {
            for (next_name, next) in CALLS {
                for point in 0.. {
                    let store = Store::new();
                    if stored {
                        finish(plain(&store).set_with(1, 7, EntryOptions::new().tag("t"))).unwrap();
                    }
                    store.pauses(1);
                    let cache = plain(&store);
                    let mut task = Task::new(call(&cache));
                    let ended = task.poll_times(point).is_some();
                    drop(task);
                    let mut polls = 0;
                    let mut task = Task::new(next(&cache));
                    while task.is_woken() && task.poll().is_none() {
                        polls += 1;
                        assert!(polls < 500, "{next_name} spins after {point} polls of {name}");
                    }
                    drop(task);
                    // Nothing waits, nothing is held: a load leads, and its value is kept.
                    store.pauses(0);
                    finish(cache.delete(&1)).unwrap();
                    assert_eq!(finish(cache.get_or_fetch(&1, async || 9)), 9, "{name} at {point}");
                    assert_eq!(
                        finish(plain(&store).peek(&1)).unwrap(),
                        Some(9),
                        "{name} at {point}"
                    );
                    if ended {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn h_11_who_waits_for_a_call_that_is_given_up_goes_on() {
    for (name, call) in CALLS {
        for (next_name, next) in CALLS {
            for point in 1.. {
                let store = Store::new();
                store.pauses(1);
                let cache = plain(&store);
                let mut task = Task::new(call(&cache));
                let ended = task.poll_times(point).is_some();
                let mut waiter = Task::new(next(&cache));
                // Until it waits for the other, or ends by itself.
                let done = waiter.poll_times(if ended { 0 } else { point }).is_some();
                drop(task);
                if !done && waiter.advance().is_none() {
                    panic!("{next_name} hangs when {name} is given up after {point} polls");
                }
                if ended {
                    break;
                }
            }
        }
    }
}

thread_local! {
    /// How many values there are.
    static THERE: Cell<isize> = const { Cell::new(0) };
}

fn counted(number: u32) -> Arc<Held> {
    THERE.with(|there| there.set(there.get() + 1));
    Arc::new(Held(number))
}

struct Held(#[allow(dead_code, reason = "only its drop counts")] u32);

impl Drop for Held {
    fn drop(&mut self) {
        THERE.with(|there| there.set(there.get() - 1));
    }
}

#[test]
fn s_33_every_value_leaves_once_however_the_calls_end() {
    for point in 0..12 {
        let cache = Cache::<u32, Arc<Held>>::builder("c").build().unwrap();
        let fetch = || async {
            late().await;
            counted(1)
        };
        let mut leader = Task::new(cache.get_or_fetch(&1, fetch));
        let mut follower = Task::new(cache.get_or_fetch(&1, fetch));
        let mut shared = Task::new(cache.get_or_fetch_shared(&2, fetch));
        leader.poll_times(point.min(2));
        follower.poll();
        shared.poll_times(point.min(2));
        drop(leader);
        drop(follower.poll_times(point.saturating_sub(2).min(3)));
        drop((follower, shared));
        drop(cache);
        assert_eq!(THERE.with(Cell::get), 0, "given up at {point}");
    }
}

#[test]
fn h_11_a_cache_that_is_dropped_while_flights_run_is_gone_when_they_are() {
    let store = Store::new();
    let background = Background::default();
    let cache: Cache<u32, u32> =
        over(&store, &clock()).runtime(background.clone()).build().unwrap();
    let ran = Arc::new(AtomicUsize::new(0));
    let runs = ran.clone();
    let mut caller = Task::new({
        let cache = cache.clone();
        async move {
            let fetch = move || async move {
                late().await;
                runs.fetch_add(1, SeqCst);
                5
            };
            cache.get_or_fetch_shared(&1, fetch).await
        }
    });
    assert!(caller.poll().is_none());
    drop((caller, cache));
    assert!(store.holders() > 1, "the runtime goes on");
    let mut tasks = Tasks::new(1).with(&background);
    tasks.run();
    assert_eq!((ran.load(SeqCst), store.holders()), (1, 1));
    assert_eq!(finish(plain(&store).get(&1)).unwrap(), Some(5), "and its value was kept");
}

#[test]
fn h_11_a_shared_load_that_is_never_told_what_to_run_lets_a_waiter_lead() {
    let cache = plain(&Store::new());
    let in_turn = OnFailure::<u32>::IN_TURN;
    let enter = enter_shared(&cache, &1, Tier::Both, Err(EntryOptions::new), in_turn);
    let Shared::Begin(departure) = finish(enter) else { panic!("it is to begin") };
    let mut waiter = Task::new(cache.get_or_fetch(&1, async || 5));
    assert!(waiter.poll().is_none());
    drop(departure);
    assert_eq!(waiter.advance(), Some(5));
}
