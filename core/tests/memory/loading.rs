//! One fetcher per key at a time, and what happens when it fails, panics or is overtaken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use cachefn_core::private::{Enter, OnFailure, enter, followers as followers_of};
use cachefn_core::{Cause, EntryOptions, EventKind, Glob, MemoryCache};

use crate::faces;
use crate::support::{Log, Reads, clock_at, ignore, ms, panics, watched};

type Cache = MemoryCache<String, u64>;

fn cache() -> Cache {
    MemoryCache::builder().build().expect("the default settings work")
}

/// Runs `followers` threads that ask for `key` while a leader's fetcher is running, then lets the
/// leader end with `ending`; what each follower got, and how often a follower's fetcher ran.
fn crowd(
    cache: &Cache,
    followers: usize,
    ending: impl FnOnce() -> Result<u64, &'static str> + Send,
) -> (Vec<Result<u64, &'static str>>, usize) {
    let (leading, lead) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let ran = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(|| {
                cache.get_or_fetch("key", || {
                    leading.send(()).expect("the test listens");
                    wait.recv().expect("the test says go");
                    ending()
                })
            }));
            drop(result);
        });
        lead.recv().expect("the leader's fetcher began");
        let threads: Vec<_> = (0..followers)
            .map(|at| {
                let ran = &ran;
                scope.spawn(move || {
                    cache.get_or_fetch("key", || {
                        ran.fetch_add(1, SeqCst);
                        Ok(100 + at as u64)
                    })
                })
            })
            .collect();
        while followers_of(cache, "key") < followers {
            thread::yield_now();
        }
        go.send(()).expect("the leader waits");
        let results = threads.into_iter().map(|one| one.join().expect("no panic")).collect();
        (results, ran.load(SeqCst))
    })
}

#[test]
fn h_07_concurrent_misses_run_one_fetcher_and_all_get_its_value() {
    let cache = cache();
    let (results, ran) = crowd(&cache, 8, || Ok(7));
    assert_eq!((results, ran), (vec![Ok(7); 8], 0));
    assert_eq!((cache.stats().loads, cache.get("key")), (1, Some(7)));
}

#[test]
fn h_08_sequential_calls_use_the_stored_value() {
    let cache = cache();
    let ran = AtomicUsize::new(0);
    for _ in 0..10 {
        cache.get_or_fetch("key", || ran.fetch_add(1, SeqCst) as u64);
    }
    assert_eq!(ran.load(SeqCst), 1);
}

#[test]
fn h_09_caches_do_not_share_flights() {
    let (one, two) = (cache(), cache());
    let inner = one.get_or_fetch("key", || two.get_or_fetch("key", || 2) + 10);
    assert_eq!((inner, one.get("key"), two.get("key")), (12, Some(12), Some(2)));
}

#[test]
fn h_10_when_the_leader_fails_the_waiters_lead_in_turn_not_all_at_once() {
    let cache = cache();
    let (results, ran) = crowd(&cache, 8, || Err("leader failed"));
    assert_eq!(ran, 1, "the first waiter's value served the others");
    let first = results[0];
    assert!(first.is_ok() && results.iter().all(|result| *result == first));
    assert_eq!((cache.stats().load_failures, cache.stats().loads), (1, 1));
}

#[test]
fn s_16_a_panicking_fetcher_unwinds_its_caller_only_and_a_waiter_takes_over() {
    let cache = cache();
    let (results, ran) = crowd(&cache, 4, || panic!("the fetcher gives up"));
    assert_eq!(ran, 1);
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(cache.get_or_fetch("key", || 0), results[0].expect("checked above"));
}

#[test]
fn h_13_a_fetcher_that_asks_for_its_own_key_runs_uncached_and_is_told() {
    let cache = cache();
    let errors = Arc::new(Mutex::new(Vec::new()));
    let _subscription = cache.subscribe({
        let errors = errors.clone();
        move |event| {
            if event.kind == EventKind::Error {
                errors.lock().expect("no panic").push((event.key.clone(), event.cause));
            }
        }
    });
    let value = cache.get_or_fetch("key", || cache.get_or_fetch("key", || 1) + 1);
    assert_eq!((value, cache.get("key")), (2, Some(2)));
    let told = errors.lock().expect("no panic").clone();
    assert_eq!(told, [(Some("key".to_string()), Some(Cause::Reentrant))]);
}

#[test]
fn h_13_fetchers_in_two_threads_that_ask_for_each_others_key_do_not_wait_for_ever() {
    let (one, two) = (cache(), cache());
    let both = Barrier::new(2);
    let ask = |first: &Cache, second: &Cache| {
        first.get_or_fetch("key", || {
            both.wait();
            second.get_or_fetch("key", || 1) + 10
        })
    };
    let (left, right) = thread::scope(|scope| {
        let left = scope.spawn(|| ask(&one, &two));
        let right = scope.spawn(|| ask(&two, &one));
        (left.join().expect("no panic"), right.join().expect("no panic"))
    });
    // The one that noticed the circle made the other's value itself; the other waited for it.
    let mut values = [left, right];
    values.sort_unstable();
    assert_eq!(values, [11, 21]);
}

/// What happens during the flight, whether it fences, and whether a value is there afterwards.
#[test]
fn h_12_removals_and_writes_during_a_flight_win_over_its_value() {
    type During = fn(&Cache);
    let cases: [(&str, During, Option<u64>); 7] = [
        ("delete", |cache| assert!(!cache.delete("key")), None),
        ("clear", |cache| cache.clear(), None),
        ("set", |cache| cache.set("key".into(), 5).expect("memory"), Some(5)),
        ("pattern", |cache| assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("k")), 0), None),
        (
            "other pattern",
            |cache| assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("x")), 0),
            Some(1),
        ),
        ("other key", |cache| assert!(!cache.delete("other")), Some(1)),
        ("other tag", |cache| cache.invalidate_by_tag("other"), Some(1)),
    ];
    for (name, during, left) in cases {
        let cache = cache();
        let value = cache.get_or_fetch("key", || {
            during(&cache);
            1
        });
        assert_eq!((value, cache.get("key")), (1, left), "{name}");
        assert_eq!(cache.stats().fenced, u64::from(left != Some(1)), "{name}");
        assert_eq!(cache.get_or_fetch("key", || 9), left.unwrap_or(9), "{name}: later callers");
    }
}

#[test]
fn h_12_a_caller_after_the_invalidation_of_a_tag_does_not_join_the_flight_before_it() {
    let cache = cache();
    let tagged = || EntryOptions::new().tag("rights");
    let in_turn = OnFailure::<u64>::IN_TURN;
    let Enter::Lead(old) = enter(&cache, "key", tagged, in_turn) else {
        panic!("nothing is stored")
    };
    cache.invalidate_by_tag("rights");
    let later = thread::scope(|scope| {
        let later = scope.spawn(|| match enter(&cache, "key", tagged, in_turn) {
            Enter::Lead(flight) => flight.finish(2, in_turn),
            Enter::Done(value) => value,
        });
        later.join().expect("no panic")
    });
    assert_eq!((later, old.finish(1, in_turn)), (2, 1));
    assert_eq!((cache.get("key"), cache.stats().fenced), (Some(2), 1));
}

#[test]
fn a_value_that_is_not_stored_still_reaches_those_who_waited() {
    let cache = MemoryCache::builder().ttl(Duration::ZERO).build().expect("valid");
    let (results, ran) = crowd(&cache, 4, || Ok(7));
    assert_eq!((results, ran), (vec![Ok(7); 4], 0));
    assert_eq!(cache.len(), 0, "a TTL of zero stores nothing");

    let cache = self::cache();
    let (results, _) = crowd(&cache, 4, || {
        cache.delete("key");
        Ok(7)
    });
    assert_eq!(results, vec![Ok(7); 4], "those who waited before the delete get the value");
}

#[test]
fn a_fetcher_may_use_the_cache_it_loads_for() {
    let cache = Arc::new(cache());
    fn fibonacci(cache: &Cache, n: u64) -> u64 {
        cache.get_or_fetch(&format!("fib:{n}"), || match n {
            0 | 1 => n,
            _ => fibonacci(cache, n - 1) + fibonacci(cache, n - 2),
        })
    }
    assert_eq!(fibonacci(&cache, 90), 2_880_067_194_370_816_120);
    assert_eq!(cache.stats().loads, 91);
    cache.set_with("x".into(), 1, EntryOptions::new().tag("t")).expect("memory");
    assert_eq!(cache.get_or_fetch("y", || cache.get("x").unwrap_or(0) + 1), 2);
}

faces! {
    fn s_13_values_and_errors_pass_through_and_errors_are_not_stored() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        assert_eq!(cache.get_or_fetch(&1, || Err("down")), Err("down"));
        assert_eq!(cache.get_or_fetch(&1, || Err("still")), Err("still"));
        assert_eq!(cache.get_or_fetch(&1, || Ok::<_, &str>(7)), Ok(7));
        assert_eq!(cache.get_or_fetch(&1, || Err("never asked")), Ok(7));
        assert_eq!(cache.get_or_fetch(&1, || 8), 7);
        let mut told = ["miss 1", "error 1 load-failed"].repeat(2);
        told.extend(["miss 1", "load 1", "set 1", "hit 1", "hit 1"]);
        assert_eq!(log.take(), told);
        let stats = cache.stats();
        assert_eq!((stats.loads, stats.load_failures, stats.hits, stats.misses), (1, 2, 2, 3));
    }

    fn s_13_nothing_is_a_value_too() {
        let mut cache = Cache::<u32, Option<u32>>::builder().build().unwrap();
        assert_eq!(cache.get_or_fetch(&1, || None), None);
        assert_eq!(cache.get_or_fetch(&1, || Some(1)), None, "it was cached");
        assert_eq!((cache.value(&1), cache.stats().loads), (Some(None), 1));
        let mut cache = Cache::<u32, ()>::builder().build().unwrap();
        cache.get_or_fetch(&1, || ());
        cache.get_or_fetch(&1, || -> () { unreachable!("it was cached") });
    }

    fn s_13_a_none_may_live_shorter() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, Option<u32>>::builder().ttl(ms(100)).negative_ttl(ms(5));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.get_or_fetch(&1, || None);
        cache.get_or_fetch(&2, || Some(2));
        cache.set(3, None).unwrap();
        cache.set_with(4, None, EntryOptions::new().ttl(ms(50))).unwrap();
        cache.update(5, |_| Some(None)).unwrap();
        clock.advance(ms(4));
        assert_eq!(cache.len(), 5);
        clock.advance(ms(1));
        let left = [1, 2, 3, 4, 5].map(|key| cache.contains(&key));
        assert_eq!(left, [false, true, false, true, false]);
        clock.advance(ms(45));
        assert!(!cache.contains(&4), "an entry that says otherwise");
    }

    fn s_13_negative_values_may_not_be_stored_at_all_or_in_a_cache_without_a_ttl() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, Option<u32>>::builder().negative_ttl(ms(0));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set_many([(1, None), (2, Some(2))]).unwrap();
        assert_eq!((cache.contains(&1), cache.contains(&2)), (false, true));
        let builder = Cache::<u32, Option<u32>>::builder().negative_ttl(ms(9));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set_many([(1, None), (2, Some(2))]).unwrap();
        clock.advance(ms(9));
        assert_eq!((cache.contains(&1), cache.contains(&2)), (false, true));
    }

    fn h_14_a_cache_of_results_caches_errors_for_as_long_as_they_say() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, Result<u32, String>>::builder()
            .ttl(ms(100))
            .clock(clock.clone())
            .build()
            .unwrap();
        let mut ask = |answer: Result<u32, String>| {
            let mut ran = false;
            let got = cache.get_or_fetch_with(&1, EntryOptions::new(), |context| {
                ran = true;
                if answer.is_err() {
                    context.ttl(ms(5));
                }
                answer
            });
            (got, ran)
        };
        assert_eq!(ask(Err("no".into())), (Err("no".into()), true));
        assert_eq!(ask(Ok(1)), (Err("no".into()), false), "the error is cached");
        clock.advance(ms(5));
        assert_eq!(ask(Ok(1)), (Ok(1), true));
        clock.advance(ms(99));
        assert_eq!(ask(Err("no".into())), (Ok(1), false));
        assert_eq!((cache.stats().loads, cache.stats().load_failures), (2, 0));
    }

    fn h_14_a_returned_error_and_an_early_end_do_not_bypass_the_store() {
        fn half(n: u32) -> Result<u32, String> {
            if n % 2 == 1 {
                return Err(format!("{n} is odd"));
            }
            let text = (n / 2).to_string();
            let half: u32 = text.parse().map_err(|_| format!("{text} is no number"))?;
            Ok(half)
        }
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        for _ in 0..2 {
            assert_eq!(cache.get_or_fetch(&4, || half(4)), Ok(2));
            assert_eq!(cache.get_or_fetch(&5, || half(5)), Err("5 is odd".into()));
        }
        assert_eq!((cache.stats().loads, cache.stats().load_failures, cache.len()), (1, 2, 1));
    }

    fn s_16_a_fetcher_that_panics_counts_as_failed_and_poisons_nothing() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        for _ in 0..2 {
            let panic = panics(|| cache.get_or_fetch(&1, || -> u32 { panic!("no bread") }));
            assert_eq!(panic.as_deref(), Some("no bread"));
            assert_eq!(log.take(), ["miss 1", "error 1 load-failed"]);
        }
        assert_eq!((cache.stats().load_failures, cache.stats().loads), (2, 0));
        assert_eq!((cache.get_or_fetch(&1, || 2), cache.value(&1)), (2, Some(2)));
    }

    fn s_16_a_panic_is_not_answered_with_a_stale_value() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(100));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        clock.advance(ms(10));
        assert!(panics(|| cache.get_or_fetch(&1, || -> u32 { panic!("no bread") })).is_some());
        assert_eq!(cache.get_or_fetch(&1, || Err("down")), Ok(1), "the next failure is");
    }

    fn s_41_the_time_of_loads_is_counted_by_the_clock_of_the_cache() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().clock(clock.clone()).build().unwrap();
        let takes = |ms: u64| clock.advance(crate::support::ms(ms));
        cache.get_or_fetch(&1, || {
            takes(5);
            1
        });
        let _ = cache.get_or_fetch(&2, || {
            takes(7);
            Err("down")
        });
        assert_eq!(cache.stats().load_time, ms(12), "failures too");
        cache.get_or_fetch(&1, || 2);
        assert_eq!((cache.stats().load_time, cache.stats().loads), (ms(12), 1));
    }

    fn s_12_a_cache_with_a_fetcher_reads_through_every_read() {
        let log = Log::new();
        let builder = Cache::<u32, u32>::builder().fetcher(|key| key * 10);
        let mut cache = builder.build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        assert_eq!((cache.value(&1), cache.value(&1)), (Some(10), Some(10)));
        assert_eq!(log.take(), ["miss 1", "load 1", "set 1", "hit 1"]);
        assert_eq!(cache.get_with(&2, |value| value + 1), Some(21));
        assert_eq!(cache.get_with(&2, |value| value + 2), Some(22));
        assert_eq!(cache.get_many(&[1, 3, 3]), [Some(10), Some(30), Some(30)]);
        let stats = cache.stats();
        assert_eq!((stats.loads, stats.misses, stats.hits, stats.sets), (3, 3, 4, 3));
        assert_eq!((cache.peeked(&9), cache.contains(&9), cache.len()), (None, false, 3));
        assert_eq!(cache.get_or_fetch(&9, || 5), 5, "a fetcher of the call comes first");
        assert_eq!(cache.set_if_absent(10, 1), Ok(true), "no read");
    }

    fn s_12_a_built_in_fetcher_runs_again_when_its_value_has_died_or_panicked() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone());
        let mut cache = builder
            .fetcher({
                let clock = clock.clone();
                move |key| {
                    clock.advance(ms(1));
                    if *key == 13 { panic!("13") } else { *key }
                }
            })
            .build()
            .unwrap();
        assert_eq!(cache.value(&1), Some(1));
        clock.advance(ms(10));
        assert_eq!(cache.value(&1), Some(1));
        assert_eq!((cache.stats().loads, cache.stats().load_time), (2, ms(2)));
        assert!(panics(|| cache.value(&13)).is_some());
        assert!(panics(|| cache.value(&13)).is_some());
        assert_eq!((cache.stats().load_failures, cache.value(&1)), (2, Some(1)));
    }

    fn s_12_warming_makes_what_is_not_fresh() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set(2, 0).unwrap();
        let mut made = Vec::new();
        let warmed = cache.warm([1, 2, 3, 1], |key| {
            made.push(*key);
            key * 10
        });
        assert_eq!((warmed, made), (2, vec![1, 3]), "a key named twice is made once");
        assert_eq!(cache.get_many(&[1, 2, 3]), [Some(10), Some(0), Some(30)]);
        clock.advance(ms(10));
        assert_eq!(cache.warm([1, 2, 3], |key| key * 11), 3);
        assert_eq!((cache.value(&2), cache.stats().loads), (Some(22), 5));
        assert_eq!(cache.warm([], |key| *key), 0);
    }
}

#[test]
fn h_07_a_built_in_fetcher_runs_once_for_many_threads() {
    watched(|| {
        let (go, wait) = mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let runs = Arc::new(AtomicUsize::new(0));
        let count = runs.clone();
        let builder = MemoryCache::<u32, u32>::builder().fetcher(move |key| {
            count.fetch_add(1, SeqCst);
            wait.lock().unwrap().recv().unwrap();
            key * 10
        });
        let cache = builder.build().unwrap();
        thread::scope(|scope| {
            let asks: [fn(&MemoryCache<u32, u32>) -> Option<u32>; 4] = [
                |cache| cache.get(&1),
                |cache| cache.get_with(&1, |value| *value),
                |cache| cache.get_many(&[1])[0],
                |cache| Some(cache.get_or_fetch(&1, || 0)),
            ];
            let leader = scope.spawn(|| cache.get(&1));
            while runs.load(SeqCst) == 0 {
                thread::yield_now();
            }
            let cache = &cache;
            let others: Vec<_> = asks.map(|ask| scope.spawn(move || ask(cache))).into();
            while followers_of(cache, &1) < 4 {
                thread::yield_now();
            }
            go.send(()).unwrap();
            assert_eq!(leader.join().unwrap(), Some(10));
            others.into_iter().for_each(|one| assert_eq!(one.join().unwrap(), Some(10)));
        });
        assert_eq!((runs.load(SeqCst), cache.stats().loads), (1, 1));
    });
}

#[test]
fn h_07_a_storm_of_threads_loads_each_key_once() {
    watched(|| {
        let cache = MemoryCache::<u64, u64>::builder().max_entries(20_000).build().unwrap();
        let (threads, keys) = (8, 500);
        let (barrier, runs) = (Barrier::new(threads), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for key in 0..keys {
                        if key % 50 == 0 {
                            barrier.wait();
                        }
                        let value = cache.get_or_fetch(&key, || {
                            runs.fetch_add(1, SeqCst);
                            thread::yield_now();
                            key + 1
                        });
                        assert_eq!(value, key + 1);
                    }
                });
            }
        });
        assert_eq!((runs.load(SeqCst), cache.stats().loads), (keys as usize, keys));
    });
}

#[test]
fn s_15_a_follower_that_has_waited_long_enough_fetches_by_itself_and_the_late_value_is_fenced() {
    watched(|| {
        let cache = cache_with_a_load_timeout(1);
        let (leading, lead) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let leader = scope.spawn(|| {
                let wait = wait;
                cache.get_or_fetch("key", || {
                    leading.send(()).unwrap();
                    wait.recv().unwrap();
                    1
                })
            });
            lead.recv().unwrap();
            // The leader goes on only after this call has given up waiting.
            assert_eq!(cache.get_or_fetch("key", || 2), 2);
            assert_eq!((cache.get("key"), cache.stats().fenced), (Some(2), 0));
            go.send(()).unwrap();
            assert_eq!(leader.join().unwrap(), 1, "its own caller gets its value");
        });
        assert_eq!((cache.get("key"), cache.stats().fenced, cache.stats().loads), (Some(2), 1, 2));
    });
}

#[test]
fn s_15_of_many_that_give_up_one_leads_and_a_failure_of_the_late_leader_harms_nobody() {
    watched(|| {
        let cache = cache_with_a_load_timeout(5);
        let (leading, lead) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let cache = &cache;
            let leader = scope.spawn(|| {
                let wait = wait;
                cache.get_or_fetch("key", || {
                    leading.send(()).unwrap();
                    wait.recv().unwrap();
                    Err("late")
                })
            });
            lead.recv().unwrap();
            let others: Vec<_> =
                (0..4).map(|_| scope.spawn(|| cache.get_or_fetch("key", || 2))).collect();
            others.into_iter().for_each(|one| assert_eq!(one.join().unwrap(), 2));
            go.send(()).unwrap();
            assert_eq!(leader.join().unwrap(), Err("late"));
        });
        assert_eq!((cache.get("key"), cache.stats().loads), (Some(2), 1));
    });
}

#[test]
fn s_15_a_load_in_time_is_waited_for() {
    let cache = cache_with_a_load_timeout(3_600_000);
    let (results, ran) = crowd(&cache, 4, || Ok(7));
    assert_eq!((results, ran), (vec![Ok(7); 4], 0));
    let cache = MemoryCache::builder().load_timeout(Duration::MAX).build().unwrap();
    let (results, ran) = crowd(&cache, 2, || Ok(7));
    assert_eq!((results, ran), (vec![Ok(7); 2], 0));
}

fn cache_with_a_load_timeout(timeout: u64) -> Cache {
    MemoryCache::builder().load_timeout(ms(timeout)).build().unwrap()
}

#[test]
fn h_10_waiters_of_failures_get_an_error_each_of_their_own_turn() {
    let cache = cache();
    let (leading, lead) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let cache = &cache;
        let leader = scope.spawn(|| {
            let wait = wait;
            cache.get_or_fetch("key", || {
                leading.send(()).unwrap();
                wait.recv().unwrap();
                Err(100)
            })
        });
        lead.recv().unwrap();
        let others: Vec<_> =
            (0..4).map(|at| scope.spawn(move || cache.get_or_fetch("key", || Err(at)))).collect();
        while followers_of(cache, "key") < 4 {
            thread::yield_now();
        }
        go.send(()).unwrap();
        assert_eq!(leader.join().unwrap(), Err(100));
        for (at, other) in others.into_iter().enumerate() {
            assert_eq!(other.join().unwrap(), Err(at), "each its own error");
        }
    });
    assert_eq!((cache.stats().load_failures, cache.get("key")), (5, None));
}

#[test]
fn h_09_a_load_holds_up_no_other_key_and_no_other_cache() {
    watched(|| {
        let (one, two) = (cache(), cache());
        let (leading, lead) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let one = &one;
            let leader = scope.spawn(move || {
                one.get_or_fetch("slow", || {
                    leading.send(()).unwrap();
                    wait.recv().unwrap();
                    1
                })
            });
            lead.recv().unwrap();
            for key in 0..500 {
                assert_eq!(one.get_or_fetch(&key.to_string(), || key), key);
            }
            assert_eq!(two.get_or_fetch("slow", || 2), 2);
            one.set("other".into(), 3).unwrap();
            assert_eq!((one.get("other"), one.len(), one.delete("other")), (Some(3), 501, true));
            go.send(()).unwrap();
            assert_eq!(leader.join().unwrap(), 1);
        });
    });
}

#[test]
fn s_18_a_racing_invalidation_never_leaves_an_older_value() {
    watched(|| {
        let source = AtomicUsize::new(0);
        let cache = MemoryCache::<u32, usize>::builder().build().unwrap();
        let (rounds, stop) = (3_000, std::sync::atomic::AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !stop.load(SeqCst) {
                        cache.get_or_fetch(&1, || source.load(SeqCst));
                    }
                });
            }
            for round in 1..=rounds {
                source.store(round, SeqCst);
                match round % 3 {
                    0 => ignore(cache.delete(&1)),
                    1 => ignore(cache.invalidate_by_pattern(&Glob::prefix("1"))),
                    _ => cache.clear(),
                }
                let seen = cache.get_or_fetch(&1, || source.load(SeqCst));
                assert_eq!(seen, round, "a value from before the invalidation");
            }
            stop.store(true, SeqCst);
        });
    });
}

#[test]
fn h_16_one_load_is_one_write_however_many_wait() {
    let cache = cache();
    let log = Log::new();
    let _subscription = cache.subscribe(log.changes());
    let (results, ran) = crowd(&cache, 8, || Ok(7));
    assert_eq!((results.len(), ran, cache.stats().sets), (8, 0, 1));
    assert_eq!(log.take(), ["load \"key\"", "set \"key\""]);
}
