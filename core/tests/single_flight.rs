//! One fetcher per key at a time, and what happens when it fails, panics or is overtaken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use cachefn_core::private::{Enter, enter, followers as followers_of};
use cachefn_core::{Cause, EntryOptions, EventKind, Glob, MemoryCache};

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
    let Enter::Lead(old) = enter(&cache, "key", tagged) else { panic!("nothing is stored") };
    cache.invalidate_by_tag("rights");
    let later = thread::scope(|scope| {
        let later = scope.spawn(|| match enter(&cache, "key", tagged) {
            Enter::Lead(flight) => flight.finish(2),
            Enter::Hit(value) => value,
        });
        later.join().expect("no panic")
    });
    assert_eq!((later, old.finish(1)), (2, 1));
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
