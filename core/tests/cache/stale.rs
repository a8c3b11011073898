//! Values that are fresh no more, in memory and in the storage: who gets them, and who fetches.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use cachefn_core::{Cache, EntryOptions, ManualClock, Mode};
use futures_channel::oneshot;

use crate::support::*;

fn windows(store: &Store, clock: &ManualClock) -> cachefn_core::Builder<Cache<u32, u32>> {
    over(store, clock).ttl(ms(100)).stale_while_revalidate(ms(50)).stale_if_error(ms(80))
}

/// Both that the memory has the stale value and that only the storage has it.
fn both_tiers(test: impl Fn(&Store, &ManualClock, Cache<u32, u32>)) {
    for only_stored in [false, true] {
        let (store, clock) = (Store::new(), clock());
        let cache = windows(&store, &clock).build().unwrap();
        finish(cache.set(1, 5)).unwrap();
        clock.advance(ms(100));
        let cache = if only_stored { windows(&store, &clock).build().unwrap() } else { cache };
        test(&store, &clock, cache);
    }
}

#[test]
fn s_12_while_one_fetches_anew_all_others_get_the_stale_value() {
    both_tiers(|store, clock, cache| {
        let (answer, asked) = oneshot::channel::<u32>();
        let mut leader = Task::new(cache.get_or_fetch(&1, async || asked.await.unwrap()));
        assert!(leader.poll().is_none());
        for _ in 0..3 {
            assert_eq!(finish(cache.get_or_fetch(&1, async || 9)), 5);
        }
        assert_eq!(cache.stats().stale_hits, 3);
        answer.send(6).unwrap();
        assert_eq!(leader.finish(), 6);
        assert_eq!(finish(cache.get(&1)).unwrap(), Some(6));
        assert_eq!(finish(windows(store, clock).build().unwrap().get(&1)).unwrap(), Some(6));
    });
}

#[test]
fn s_12_who_waited_before_the_storage_answered_gets_the_stale_value_too() {
    let (store, clock) = (Store::new(), clock());
    finish(windows(&store, &clock).build().unwrap().set(1, 5)).unwrap();
    clock.advance(ms(120));
    store.pauses(3);
    let cache = windows(&store, &clock).build().unwrap();
    let (_answer, asked) = oneshot::channel::<u32>();
    let mut leader = Task::new(cache.get_or_fetch(&1, async || asked.await.unwrap()));
    leader.poll();
    let mut follower = Task::new(cache.get_or_fetch(&1, async || 9));
    assert!(follower.poll().is_none());
    assert!(leader.advance().is_none());
    assert_eq!(follower.advance(), Some(5));
}

#[test]
fn s_12_with_a_runtime_nobody_waits_for_what_is_fetched_in_the_background() {
    for only_stored in [false, true] {
        let (store, clock, background) = (Store::new(), clock(), Background::default());
        let build = || windows(&store, &clock).runtime(background.clone()).build().unwrap();
        let cache = build();
        finish(cache.set(1, 5)).unwrap();
        clock.advance(ms(100));
        let cache = if only_stored { build() } else { cache };
        let ran = Arc::new(AtomicU32::new(0));
        for _ in 0..3 {
            let runs = ran.clone();
            let fetch = move || async move {
                yield_now().await;
                runs.fetch_add(1, SeqCst);
                6
            };
            assert_eq!(finish(cache.get_or_fetch_shared(&1, fetch)), 5, "stale, at once");
        }
        Tasks::new(1).with(&background).run();
        assert_eq!((ran.load(SeqCst), finish(cache.get(&1)).unwrap()), (1, Some(6)));
        assert_eq!(finish(build().get(&1)).unwrap(), Some(6), "in the storage, too");
    }
}

async fn yield_now() {
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
fn s_14_a_stale_value_answers_for_a_fetcher_that_fails_in_its_window_and_not_after() {
    for (late, expected) in [(0, Ok(5)), (79, Ok(5)), (80, Err("down"))] {
        both_tiers(|_, clock, cache| {
            clock.advance(ms(late));
            let answer = finish(cache.get_or_fetch(&1, async || Err("down")));
            assert_eq!(answer, expected, "{late} ms late");
            assert_eq!(cache.stats().stale_on_error, u64::from(expected.is_ok()));
            assert_eq!(finish(cache.get(&1)).unwrap(), None, "for a read it is not fresh");
        });
    }
}

#[test]
fn s_14_a_fetcher_that_fails_too_late_is_not_answered_for() {
    both_tiers(|_, clock, cache| {
        let answer = finish(cache.get_or_fetch(&1, async || {
            clock.advance(ms(80));
            Err("down")
        }));
        assert_eq!(answer, Err("down"));
    });
}

#[test]
fn s_18_a_stale_value_that_is_removed_meanwhile_answers_for_no_failure() {
    for removal in 0..5 {
        for only_stored in [false, true] {
            let (store, clock) = (Store::new(), clock());
            let cache = windows(&store, &clock).build().unwrap();
            finish(cache.set_with(1, 5, EntryOptions::new().tag("t"))).unwrap();
            clock.advance(ms(100));
            let cache = if only_stored { windows(&store, &clock).build().unwrap() } else { cache };
            let answer = finish(cache.get_or_fetch(&1, async || {
                match removal {
                    0 => ignore(cache.delete(&1).await.unwrap()),
                    1 => cache.clear().await.unwrap(),
                    2 => cache.invalidate_by_tag("t").await.unwrap(),
                    3 => cache.set(1, 8).await.unwrap(),
                    _ => {
                        let all = cachefn_core::Glob::prefix("");
                        cache.invalidate_by_pattern(&all).await.unwrap();
                    }
                }
                Err("down")
            }));
            assert_eq!(answer, Err("down"), "removal {removal}, only stored: {only_stored}");
        }
    }
}

#[test]
fn s_12_the_fetcher_is_told_the_previous_value_of_any_tier() {
    both_tiers(|_, _, cache| {
        let options = EntryOptions::new();
        let next = finish(
            cache.get_or_fetch_with(&1, options, async |context| context.previous().unwrap() + 1),
        );
        assert_eq!(next, 6);
    });
}

#[test]
fn s_29_expired_by_tag_or_by_key_an_entry_is_stale_in_both_tiers() {
    for by_tag in [false, true] {
        let (store, clock) = (Store::new(), clock());
        let cache = windows(&store, &clock).build().unwrap();
        finish(cache.set_with(1, 5, EntryOptions::new().tag("t"))).unwrap();
        if by_tag {
            finish(cache.invalidate_by_tag_with("t", Mode::Expire)).unwrap();
        } else {
            assert!(finish(cache.expire(&1)).unwrap());
            assert!(!finish(cache.expire(&1)).unwrap());
        }
        for cache in [cache, windows(&store, &clock).build().unwrap()] {
            assert_eq!(finish(cache.get(&1)).unwrap(), None);
            assert_eq!(finish(cache.get_or_fetch(&1, async || Err("down"))), Ok(5));
        }
    }
}

#[test]
fn s_20_a_hit_late_in_the_life_of_an_entry_fetches_it_anew_once_in_the_background() {
    for stored in [false, true] {
        let (store, clock, background) = (Store::new(), clock(), Background::default());
        let ran = Arc::new(AtomicU32::new(0));
        let runs = ran.clone();
        let builder =
            if stored { over(&store, &clock) } else { Cache::builder("c").clock(clock.clone()) };
        let builder = builder.ttl(ms(100)).refresh_after(0.8).runtime(background.clone());
        let cache: Cache<u32, u32> = builder
            .fetcher(move |_| {
                let run = runs.fetch_add(1, SeqCst) + 1;
                async move {
                    yield_now().await;
                    run
                }
            })
            .build()
            .unwrap();
        let get = || finish(cache.get(&1)).unwrap();
        let mut tasks = Tasks::new(1).with(&background);
        assert_eq!(get(), Some(1));
        tasks.run();
        clock.advance(ms(79));
        assert_eq!((get(), background.take().len()), (Some(1), 0), "too early");
        clock.advance(ms(1));
        assert_eq!([get(), get(), get()], [Some(1); 3], "hits, all of them");
        tasks.run();
        assert_eq!((get(), ran.load(SeqCst)), (Some(2), 2), "stored: {stored}");
        clock.advance(ms(50));
        assert_eq!(get(), Some(2), "with a life of its own");
        assert_eq!(cache.stats().misses, 1);
    }
}

#[test]
fn s_20_an_early_refresh_takes_what_another_process_has_made_meanwhile() {
    let (store, clock, background) = (Store::new(), clock(), Background::default());
    let ran = Arc::new(AtomicU32::new(0));
    let runs = ran.clone();
    let builder = over::<u32, u32>(&store, &clock).ttl(ms(100)).refresh_after(0.8);
    let cache = builder.runtime(background.clone()).build().unwrap();
    finish(cache.set(1, 5)).unwrap();
    clock.advance(ms(85));
    finish(over::<u32, u32>(&store, &clock).ttl(ms(100)).build().unwrap().set(1, 6)).unwrap();
    let fetch = move || async move { runs.fetch_add(1, SeqCst) };
    assert_eq!(finish(cache.get_or_fetch_shared(&1, fetch)), 5);
    Tasks::new(1).with(&background).run();
    assert_eq!((finish(cache.get(&1)).unwrap(), ran.load(SeqCst)), (Some(6), 0));
}

#[test]
fn s_12_a_leader_dropped_while_others_have_the_stale_value_lets_the_next_one_lead() {
    both_tiers(|_, _, cache| {
        let mut leader = Task::new(cache.get_or_fetch(&1, std::future::pending::<u32>));
        assert!(leader.poll().is_none());
        assert_eq!(finish(cache.get_or_fetch(&1, async || 9)), 5);
        drop(leader);
        let ran = Cell::new(false);
        let fetch = async || {
            ran.set(true);
            9
        };
        assert_eq!((finish(cache.get_or_fetch(&1, fetch)), ran.get()), (9, true));
    });
}
