//! What those who wait for a fetcher have when it fails: its error, or a turn of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread;

use cachefn_core::MemoryCache;
use cachefn_core::private::followers as followers_of;

use crate::support::{Log, clock_at, ms, watched};

type Cache = MemoryCache<u32, u32>;

fn cache() -> Cache {
    MemoryCache::builder().build().expect("the default settings work")
}

/// Lets `lead` begin, then `follow` in so many threads, which all wait, and then lets the leader end;
/// what they got, that of the leader last. A panic is none.
fn crowd<T: Send>(
    cache: &Cache,
    followers: usize,
    lead: impl FnOnce(&dyn Fn()) -> T + Send,
    follow: impl Fn(usize) -> T + Sync,
) -> Vec<Option<T>> {
    let (leading, led) = mpsc::channel();
    let (go, gone) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let leader = scope.spawn(move || {
            let pause = || {
                leading.send(()).expect("the test listens");
                gone.recv().expect("the test says go");
            };
            catch_unwind(AssertUnwindSafe(|| lead(&pause))).ok()
        });
        led.recv().expect("the leader's fetcher began");
        let follow = &follow;
        let threads: Vec<_> = (0..followers)
            .map(|at| scope.spawn(move || catch_unwind(AssertUnwindSafe(|| follow(at))).ok()))
            .collect();
        while followers_of(cache, &1) < followers {
            thread::yield_now();
        }
        go.send(()).expect("the leader waits");
        let all = threads.into_iter().chain([leader]);
        all.map(|one| one.join().expect("caught")).collect()
    })
}

/// An error that counts its clones.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, SeqCst);
        Counted(self.0.clone())
    }
}

#[test]
fn h_10_all_who_wait_have_the_error_of_the_one_fetcher_that_ran() {
    watched(|| {
        let (cache, log, ran) = (cache(), Log::new(), AtomicUsize::new(0));
        let _subscription = cache.subscribe(log.changes());
        let fetch = || {
            ran.fetch_add(1, SeqCst);
            Err("down")
        };
        let results = crowd(
            &cache,
            16,
            |pause| {
                cache.try_get_or_fetch(&1, || {
                    pause();
                    fetch()
                })
            },
            |_| cache.try_get_or_fetch(&1, fetch),
        );
        assert_eq!(results, vec![Some(Err("down")); 17]);
        let stats = cache.stats();
        assert_eq!((ran.load(SeqCst), stats.load_failures, stats.loads), (1, 1, 0));
        assert_eq!(log.take(), ["error 1 load-failed"]);
    });
}

#[test]
fn s_13_a_failure_that_was_shared_is_not_stored() {
    let cache = cache();
    assert_eq!(cache.try_get_or_fetch(&1, || Err("down")), Err("down"));
    assert_eq!((cache.get(&1), cache.len()), (None, 0));
    assert_eq!(cache.try_get_or_fetch(&1, || Ok::<_, &str>(5)), Ok(5));
    assert_eq!(cache.try_get_or_fetch(&1, || Err("down")), Ok(5));
}

#[test]
fn s_13_an_error_is_cloned_once_for_all_and_once_for_each_who_waits() {
    watched(|| {
        let (cache, clones) = (cache(), Arc::new(AtomicUsize::new(0)));
        let failed = cache.try_get_or_fetch(&1, || Err(Counted(clones.clone())));
        assert_eq!((failed.is_err(), clones.load(SeqCst)), (true, 0), "nobody waits");
        let results = crowd(
            &cache,
            5,
            |pause| {
                cache.try_get_or_fetch(&1, || {
                    pause();
                    Err(Counted(clones.clone()))
                })
            },
            |_| cache.try_get_or_fetch(&1, || Ok(7)),
        );
        assert!(results.iter().flatten().all(Result::is_err) && results.len() == 6);
        assert_eq!(clones.load(SeqCst), 6);
    });
}

#[test]
fn s_13_who_has_another_type_of_error_or_shares_none_leads_in_turn() {
    watched(|| {
        let (cache, ran) = (cache(), AtomicUsize::new(0));
        let text = |result: Result<u32, &str>| result.map_err(str::to_string);
        let results = crowd(
            &cache,
            9,
            |pause| {
                text(cache.try_get_or_fetch(&1, || {
                    pause();
                    Err("leader")
                }))
            },
            |at| match at % 3 {
                0 => text(cache.try_get_or_fetch(&1, || Err("own, never needed"))),
                1 => {
                    let count = || ran.fetch_add(1, SeqCst);
                    cache.try_get_or_fetch(&1, || Err(format!("own of {at}, run {}", count())))
                }
                _ => cache.get_or_fetch(&1, || {
                    ran.fetch_add(1, SeqCst);
                    Err(format!("own of {at}"))
                }),
            },
        );
        for (at, result) in results.into_iter().flatten().enumerate() {
            let error = result.unwrap_err();
            match at % 3 {
                0 => assert_eq!(error, "leader"),
                // Texts are shared among those who share texts.
                1 => assert!(error.contains("run"), "{error}"),
                _ => assert_eq!(error, format!("own of {at}")),
            }
        }
        let ran = ran.load(SeqCst);
        assert!((4..=6).contains(&ran), "{ran} runs");
        assert_eq!(cache.stats().load_failures, ran as u64 + 1);
    });
}

#[test]
fn s_14_a_stale_value_that_may_be_used_is_what_all_get() {
    watched(|| {
        let clock = clock_at(1_000_000);
        let builder = MemoryCache::builder().ttl(ms(10)).stale_if_error(ms(1_000));
        let cache: Cache = builder.clock(clock.clone()).build().unwrap();
        cache.set(1, 5).unwrap();
        clock.advance(ms(11));
        let results = crowd(
            &cache,
            4,
            |pause| {
                cache.try_get_or_fetch(&1, || {
                    pause();
                    Err("down")
                })
            },
            |_| cache.try_get_or_fetch(&1, || Err("down")),
        );
        assert_eq!(results, vec![Some(Ok(5)); 5]);
        clock.advance(ms(1_000));
        assert_eq!(cache.try_get_or_fetch(&1, || Err("down")), Err("down"), "too old");
        let stats = cache.stats();
        assert_eq!((stats.load_failures, stats.stale_on_error), (2, 1));
    });
}

#[test]
fn s_16_after_a_panic_one_who_waits_runs_its_own_fetcher_and_its_error_is_for_all() {
    watched(|| {
        let (cache, ran) = (cache(), AtomicUsize::new(0));
        let results = crowd(
            &cache,
            4,
            |pause| {
                cache.try_get_or_fetch(&1, || {
                    pause();
                    panic!("the fetcher gives up")
                })
            },
            |_| cache.try_get_or_fetch(&1, || Err(ran.fetch_add(1, SeqCst))),
        );
        assert_eq!(results, [Some(Err(0)), Some(Err(0)), Some(Err(0)), Some(Err(0)), None]);
        assert_eq!(cache.stats().load_failures, 2);
    });
}

/// Panics when it is cloned for the first time.
#[derive(Debug)]
struct Fragile(Arc<AtomicUsize>);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert!(self.0.fetch_add(1, SeqCst) > 0, "cannot be cloned yet");
        Fragile(self.0.clone())
    }
}

#[test]
fn s_16_an_error_that_panics_when_it_is_cloned_leaves_nobody_waiting() {
    watched(|| {
        let (cache, clones) = (cache(), Arc::new(AtomicUsize::new(0)));
        let results = crowd(
            &cache,
            4,
            |pause| {
                cache.try_get_or_fetch(&1, || {
                    pause();
                    Err(Fragile(clones.clone()))
                })
            },
            |_| cache.try_get_or_fetch(&1, || Ok(7)),
        );
        let values: Vec<_> = results.into_iter().map(|one| one.map(Result::unwrap)).collect();
        assert_eq!(values, [Some(7), Some(7), Some(7), Some(7), None]);
    });
}

#[test]
fn s_18_a_key_that_is_deleted_while_its_failing_callers_take_turns_ends_nobodys_wait() {
    watched(|| {
        let (cache, ran) = (cache(), AtomicUsize::new(0));
        let fails = |at| {
            cache.get_or_fetch(&1, || {
                cache.delete(&1);
                ran.fetch_add(1, SeqCst);
                Err(at)
            })
        };
        let results = crowd(
            &cache,
            8,
            |pause| {
                cache.get_or_fetch(&1, || {
                    pause();
                    Err(8)
                })
            },
            fails,
        );
        assert_eq!(results, (0..9).map(|at| Some(Err(at))).collect::<Vec<_>>());
        assert_eq!((ran.load(SeqCst), cache.stats().load_failures), (8, 9));
    });
}
