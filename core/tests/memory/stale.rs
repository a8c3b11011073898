//! Stale values: refreshed by one, served to others, used when the fetcher fails; and made on purpose.

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cachefn_core::private::followers;
use cachefn_core::{EntryOptions, Glob, MemoryCache, Mode};

use crate::faces;
use crate::support::{Log, Reads, clock_at, ms, watched};

type Failing = Result<u32, &'static str>;

faces! {
    fn s_02_a_stale_entry_is_no_hit_for_reads_and_is_not_listed() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_while_revalidate(ms(90));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        let all = Glob::prefix("");
        cache.set(1, 1).unwrap();
        clock.advance(ms(10));
        assert_eq!((cache.value(&1), cache.peeked(&1), cache.contains(&1)), (None, None, false));
        assert_eq!((cache.keys(&all), cache.entries(&all, 5)), (vec![], vec![]));
        assert_eq!((cache.purge(), cache.stats().size), (0, 1), "but it is kept");
        clock.advance(ms(89));
        assert_eq!((cache.purge(), cache.len()), (0, 1));
        clock.advance(ms(1));
        assert_eq!((cache.purge(), cache.len(), cache.stats().expirations), (1, 0, 1));
    }

    fn s_12_the_first_caller_that_meets_a_stale_entry_refreshes_it() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_while_revalidate(ms(90));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        cache.set(1, 1).unwrap();
        clock.advance(ms(10));
        log.take();
        assert_eq!(cache.get_or_fetch(&1, || 2), 2);
        assert_eq!(log.take(), ["miss 1", "load 1", "set 1 replaced"]);
        assert_eq!(cache.value(&1), Some(2));
        clock.advance(ms(9));
        assert_eq!(cache.value(&1), Some(2), "it has a whole TTL again");
        assert_eq!(cache.stats().stale_hits, 0);
    }

    fn s_14_a_failing_fetcher_is_answered_with_the_stale_value_within_the_window_only() {
        for (late, bridged) in [(0, true), (1, true), (49, true), (50, false), (51, false)] {
            let clock = clock_at(1_000);
            let log = Log::new();
            let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(50));
            let mut cache = builder.clock(clock.clone()).build().unwrap();
            cache.set(1, 7).unwrap();
            let _subscription = cache.subscribe(log.listener());
            clock.advance(ms(10 + late));
            let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
            let told = log.take();
            if bridged {
                assert_eq!(answer, Ok(7), "{late} ms late");
                assert_eq!(told, ["miss 1", "error 1 load-failed", "stale 1 load-failed"]);
            } else {
                assert_eq!(answer, Err("down"), "{late} ms late");
                assert_eq!(told, ["miss 1", "error 1 load-failed"]);
            }
            let stats = cache.stats();
            assert_eq!((stats.load_failures, stats.stale_on_error), (1, u64::from(bridged)));
            assert_eq!((stats.loads, stats.stale_hits, stats.misses), (0, 0, 1));
            assert_eq!(cache.value(&1), None, "it is no fresher than before");
        }
    }

    fn s_14_the_time_that_the_fetcher_takes_counts() {
        for (takes, bridged) in [(49, true), (50, false)] {
            let clock = clock_at(1_000);
            let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(50));
            let mut cache = builder.clock(clock.clone()).build().unwrap();
            cache.set(1, 7).unwrap();
            clock.advance(ms(10));
            let answer: Failing = cache.get_or_fetch(&1, || {
                clock.advance(ms(takes));
                Err("down")
            });
            assert_eq!(answer.is_ok(), bridged, "{takes} ms");
        }
    }

    fn s_14_each_window_serves_its_own_purpose() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_while_revalidate(ms(90));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set(1, 7).unwrap();
        clock.advance(ms(10));
        let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
        assert_eq!(answer, Err("down"), "a window for refreshing is none for errors");
    }

    fn s_14_a_window_of_the_entry_itself_counts_for_later_plain_calls() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone()).build().unwrap();
        cache.set_with(1, 7, EntryOptions::new().stale_if_error(ms(50))).unwrap();
        cache.set_with(2, 8, EntryOptions::new().stale_while_revalidate(ms(50))).unwrap();
        clock.advance(ms(59));
        let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
        assert_eq!(answer, Ok(7));
        let answer: Failing = cache.get_or_fetch(&2, || Err("down"));
        assert_eq!(answer, Err("down"), "its window is for refreshing");
        clock.advance(ms(1));
        let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
        assert_eq!(answer, Err("down"));
    }

    fn s_14_a_window_of_the_entry_stands_before_that_of_the_cache() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(50));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().stale_if_error(Duration::ZERO)).unwrap();
        cache.set_with(2, 2, EntryOptions::new().stale_if_error(ms(500))).unwrap();
        clock.advance(ms(10));
        let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
        assert_eq!(answer, Err("down"));
        clock.advance(ms(499));
        let answer: Failing = cache.get_or_fetch(&2, || Err("down"));
        assert_eq!(answer, Ok(2));
    }

    fn s_14_the_fetcher_sees_the_previous_value() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(50));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        let options = EntryOptions::new;
        let first = cache.get_or_fetch_with(&1, options(), |context| {
            assert_eq!(context.previous(), None);
            5
        });
        clock.advance(ms(10));
        let second = cache.get_or_fetch_with(&1, options(), |context| context.previous().unwrap() + 1);
        assert_eq!((first, second, cache.value(&1)), (5, 6, Some(6)));
        clock.advance(ms(60));
        cache.get_or_fetch_with(&1, options(), |context| {
            assert_eq!(context.previous(), None, "beyond the window");
            0
        });
    }

    fn s_29_an_expired_entry_without_a_window_leaves() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().clock(clock_at(1_000)).build().unwrap();
        let _subscription = cache.subscribe(log.changes());
        cache.set(1, 1).unwrap();
        assert_eq!((cache.expire(&1), cache.expire(&1), cache.expire(&2)), (true, false, false));
        assert_eq!((cache.value(&1), cache.len()), (None, 0));
        assert_eq!(log.take(), ["set 1", "expire 1 expired"]);
        assert_eq!((cache.stats().expirations, cache.stats().deletes), (1, 0));
    }

    fn s_29_an_expired_entry_with_a_window_is_stale_from_now_on() {
        for ttl in [None, Some(ms(1_000_000))] {
            let clock = clock_at(1_000);
            let mut builder = Cache::<u32, u32>::builder().stale_if_error(ms(50));
            if let Some(ttl) = ttl {
                builder = builder.ttl(ttl);
            }
            let mut cache = builder.clock(clock.clone()).build().unwrap();
            cache.set(1, 7).unwrap();
            clock.advance(ms(10));
            assert!(cache.expire(&1));
            assert!(!cache.expire(&1), "it is not fresh any more");
            assert_eq!((cache.value(&1), cache.contains(&1), cache.len()), (None, false, 1), "{ttl:?}");
            clock.advance(ms(49));
            let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
            assert_eq!(answer, Ok(7), "{ttl:?}");
            clock.advance(ms(1));
            let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
            assert_eq!(answer, Err("down"), "{ttl:?}");
            assert_eq!((cache.len(), cache.stats().expirations), (0, 1), "reclaimed, {ttl:?}");
        }
    }

    fn s_11_what_was_expired_in_a_cache_without_a_ttl_is_gone_for_every_operation() {
        let cache = || {
            let builder = Cache::<u32, u32>::builder().stale_if_error(ms(50));
            let mut cache = builder.clock(clock_at(1_000)).build().unwrap();
            cache.set(1, 1).unwrap();
            assert!(cache.expire(&1));
            cache
        };
        let all = Glob::prefix("");
        assert!(cache().keys(&all).is_empty());
        assert_eq!(cache().entries(&all, 5), []);
        assert_eq!(cache().set_if_absent(1, 2), Ok(true));
        assert_eq!(cache().update(1, |old| Some(old.unwrap_or(100))), Ok(Some(100)));
    }

    fn s_29_expiring_works_whatever_had_a_deadline_before() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().clock(clock.clone()).build().unwrap();
        cache.set_with(0, 0, EntryOptions::new().ttl(ms(5))).unwrap();
        for key in 1..100 {
            cache.set_with(key, key, EntryOptions::new().stale_if_error(ms(50))).unwrap();
        }
        assert!((0..100).all(|key| cache.expire(&key)));
        assert_eq!((cache.len(), cache.purge()), (99, 0));
        clock.advance(ms(50));
        assert_eq!((cache.purge(), cache.len()), (99, 0));
    }

    fn s_29_expiring_an_entry_with_a_time_to_idle_ends_it_with_its_window() {
        let clock = clock_at(1_000);
        for ttl in [Duration::MAX, ms(100_000)] {
            let options = || EntryOptions::new().ttl(ttl).tti(ms(10_000)).stale_if_error(ms(50));
            let mut cache = Cache::<u32, u32>::builder().clock(clock.clone()).build().unwrap();
            cache.set_with(1, 7, options()).unwrap();
            assert!(cache.expire(&1));
            assert_eq!((cache.value(&1), cache.len()), (None, 1));
            clock.advance(ms(50));
            assert_eq!((cache.len(), cache.stats().expirations), (0, 1), "{ttl:?}");
            // The slot may be used by an entry without a time to idle, which idles for ever.
            cache.set_with(2, 8, EntryOptions::new().stale_if_error(ms(50))).unwrap();
            assert!(cache.expire(&2));
            clock.advance(ms(50));
            assert_eq!(cache.len(), 0, "{ttl:?}");
        }
    }

    fn s_29_tags_and_patterns_can_expire_instead_of_remove() {
        type Way = fn(&mut Cache<String, u32>);
        let ways: [(&str, Way); 2] = [
            ("tag", |cache| cache.invalidate_by_tag_with("t", Mode::Expire)),
            ("pattern", |cache| {
                assert_eq!(cache.invalidate_by_pattern_with(&Glob::prefix("a"), Mode::Expire), 1);
            }),
        ];
        for (name, expire) in ways {
            for window in [true, false] {
                let clock = clock_at(1_000);
                let mut builder = Cache::<String, u32>::builder().ttl(ms(1_000));
                if window {
                    builder = builder.stale_if_error(ms(50));
                }
                let mut cache = builder.clock(clock.clone()).build().unwrap();
                cache.set_with("a".into(), 7, EntryOptions::new().tag("t")).unwrap();
                cache.set_with("b".into(), 8, EntryOptions::new().tag("u")).unwrap();
                clock.advance(ms(10));
                expire(&mut cache);
                let (a, b) = ("a".to_string(), "b".to_string());
                assert_eq!((cache.value(&a), cache.value(&b)), (None, Some(8)), "{name}");
                assert_eq!(cache.len(), 1 + usize::from(window), "{name}");
                let answer: Failing = cache.get_or_fetch("a", || Err("down"));
                assert_eq!(answer.ok(), window.then_some(7), "{name}");
                clock.advance(ms(50));
                let answer: Failing = cache.get_or_fetch("a", || Err("down"));
                assert_eq!(answer, Err("down"), "{name}: after the window");
                assert_eq!(cache.len(), 1, "{name}: reclaimed");
                cache.set_with("a".into(), 9, EntryOptions::new().tag("t")).unwrap();
                assert_eq!(cache.value(&a), Some(9), "{name}: what is written later lives");
            }
        }
    }

    fn s_11_what_a_tag_expired_in_a_cache_without_a_ttl_is_neither_counted_nor_listed() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().clock(clock.clone()).build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tag("t")).unwrap();
        cache.set(2, 2).unwrap();
        cache.invalidate_by_tag_with("t", Mode::Expire);
        let all = Glob::prefix("");
        assert_eq!((cache.contains(&1), cache.keys(&all), cache.len()), (false, vec![2], 1));
    }

    fn s_11_what_a_tag_made_stale_is_reclaimed_when_its_window_has_passed() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().stale_if_error(ms(50)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tag("t")).unwrap();
        cache.set(2, 2).unwrap();
        cache.invalidate_by_tag_with("t", Mode::Expire);
        assert_eq!((cache.len(), cache.purge()), (2, 0), "stale, and kept");
        clock.advance(ms(50));
        assert_eq!((cache.len(), cache.stats().size), (1, 1), "a look before must not hide it");
    }

    fn s_29_an_expired_tag_that_is_removed_later_is_gone_for_errors_too() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().stale_if_error(ms(500)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tags(["t", "u"])).unwrap();
        cache.invalidate_by_tag_with("t", Mode::Expire);
        cache.invalidate_by_tag("u");
        let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
        assert_eq!((answer, cache.len()), (Err("down"), 0));
    }

    fn s_29_expiring_twice_does_not_prolong_the_window() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().stale_if_error(ms(50)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tag("t")).unwrap();
        cache.expire(&1);
        clock.advance(ms(30));
        cache.invalidate_by_tag_with("t", Mode::Expire);
        cache.expire(&1);
        cache.invalidate_by_pattern_with(&Glob::prefix(""), Mode::Expire);
        clock.advance(ms(20));
        let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
        assert_eq!(answer, Err("down"));
    }

    fn s_31_a_stale_entry_can_be_removed_in_every_way() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(500));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        let all = Glob::prefix("");
        let ways: [fn(&mut Cache<u32, u32>, &Glob); 4] = [
            |cache, _| assert!(cache.delete(&1)),
            |cache, all| assert_eq!(cache.invalidate_by_pattern(all), 1),
            |cache, _| cache.invalidate_by_tag("t"),
            |cache, _| cache.clear(),
        ];
        for remove in ways {
            cache.set_with(1, 7, EntryOptions::new().tag("t")).unwrap();
            clock.advance(ms(10));
            remove(&mut cache, &all);
            let answer: Failing = cache.get_or_fetch(&1, || Err("down"));
            assert_eq!((answer, cache.len()), (Err("down"), 0));
        }
    }
}

/// A leader that runs its fetcher until it is told to go on, and what others get meanwhile.
fn while_refreshing(
    cache: &MemoryCache<u32, u32>,
    ending: impl FnOnce() -> Failing + Send,
    meanwhile: impl FnOnce(),
) -> Failing {
    let (leading, lead) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    thread::scope(|scope| {
        let leader = scope.spawn(|| {
            cache.get_or_fetch(&1, || {
                leading.send(()).unwrap();
                wait.lock().unwrap().recv().unwrap();
                ending()
            })
        });
        lead.recv().unwrap();
        meanwhile();
        go.send(()).unwrap();
        leader.join().unwrap()
    })
}

fn stale(stale_if_error: bool) -> (MemoryCache<u32, u32>, Log) {
    let clock = clock_at(1_000);
    let log = Log::new();
    let mut builder = MemoryCache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone());
    builder = match stale_if_error {
        true => builder.stale_if_error(ms(100)),
        false => builder.stale_while_revalidate(ms(100)),
    };
    let cache = builder.build().unwrap();
    cache.set_with(1, 7, EntryOptions::new().tag("old")).unwrap();
    clock.advance(ms(10));
    std::mem::forget(cache.subscribe(log.listener()));
    (cache, log)
}

#[test]
fn s_12_while_one_caller_refreshes_all_others_get_the_stale_value_at_once() {
    watched(|| {
        let (cache, log) = stale(false);
        let answer = while_refreshing(
            &cache,
            || Ok(8),
            || {
                for _ in 0..3 {
                    assert_eq!(
                        cache.get_or_fetch(&1, || -> u32 { panic!("not two at a time") }),
                        7
                    );
                }
                assert_eq!(cache.get(&1), None, "a plain get serves nothing stale");
            },
        );
        assert_eq!((answer, cache.get(&1)), (Ok(8), Some(8)));
        let stats = cache.stats();
        assert_eq!((stats.stale_hits, stats.loads, stats.misses, stats.hits), (3, 1, 5, 1));
        let waiting = ["miss 1", "stale 1"];
        let refreshed = ["miss 1", "load 1", "set 1 replaced", "hit 1"];
        let told: Vec<_> =
            ["miss 1"].into_iter().chain(waiting.repeat(3)).chain(refreshed).collect();
        assert_eq!(log.take(), told);
    });
}

#[test]
fn s_12_after_a_refresh_that_failed_the_next_caller_refreshes() {
    watched(|| {
        let (cache, _) = stale(false);
        let answer = while_refreshing(
            &cache,
            || Err("down"),
            || {
                assert_eq!(cache.get_or_fetch(&1, || -> u32 { panic!("not two at a time") }), 7);
            },
        );
        assert_eq!(answer, Err("down"));
        assert_eq!(cache.get_or_fetch(&1, || 8), 8);
    });
}

#[test]
fn s_12_a_window_of_the_entry_itself_serves_others_too() {
    watched(|| {
        let clock = clock_at(1_000);
        let cache = MemoryCache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone());
        let cache = cache.build().unwrap();
        cache.set_with(1, 7, EntryOptions::new().stale_while_revalidate(ms(50))).unwrap();
        clock.advance(ms(59));
        let answer = while_refreshing(
            &cache,
            || Ok(8),
            || {
                assert_eq!(cache.get_or_fetch(&1, || 0), 7);
            },
        );
        assert_eq!(answer, Ok(8));
    });
}

#[test]
fn s_14_followers_of_a_bridged_failure_get_the_stale_value_too() {
    watched(|| {
        let (cache, _) = stale(true);
        let cache = &cache;
        thread::scope(|scope| {
            let mut others = Vec::new();
            let answer =
                while_refreshing(
                    cache,
                    || Err("down"),
                    || {
                        for _ in 0..3 {
                            others.push(scope.spawn(|| {
                                cache.get_or_fetch(&1, || -> Failing { panic!("no turn") })
                            }));
                        }
                        while followers(cache, &1) < 3 {
                            thread::yield_now();
                        }
                    },
                );
            assert_eq!(answer, Ok(7));
            for other in others {
                assert_eq!(other.join().unwrap(), Ok(7));
            }
        });
        let stats = cache.stats();
        assert_eq!((stats.load_failures, stats.stale_on_error), (1, 1), "one fetcher failed");
    });
}

#[test]
fn s_18_what_removes_the_stale_value_while_the_fetcher_runs_wins_over_bridging() {
    type Remove = fn(&MemoryCache<u32, u32>);
    let ways: [(&str, Remove); 6] = [
        ("delete", |cache| assert!(cache.delete(&1))),
        ("clear", |cache| cache.clear()),
        ("pattern", |cache| assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("1")), 1)),
        ("its tag", |cache| cache.invalidate_by_tag("old")),
        ("its tags", |cache| cache.invalidate_by_tags(["other", "old"])),
        ("its tag, then a look", |cache| {
            cache.invalidate_by_tag("old");
            assert_eq!(cache.len(), 0);
        }),
    ];
    for (name, remove) in ways {
        watched(move || {
            let (cache, _) = stale(true);
            let answer = while_refreshing(&cache, || Err("down"), || remove(&cache));
            assert_eq!(answer, Err("down"), "{name}");
            assert_eq!(cache.stats().stale_on_error, 0, "{name}");
            assert_eq!(cache.stats().load_failures, 1, "{name}");
        });
    }
}

#[test]
fn s_18_a_stale_value_that_was_removed_is_not_served_while_its_refresh_runs() {
    type Remove = fn(&MemoryCache<u32, u32>);
    let ways: [(&str, Remove); 3] = [
        ("delete", |cache| assert!(cache.delete(&1))),
        ("tag", |cache| cache.invalidate_by_tag("old")),
        ("pattern", |cache| assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("1")), 1)),
    ];
    for (name, remove) in ways {
        watched(move || {
            let (cache, _) = stale(false);
            let cache = &cache;
            thread::scope(|scope| {
                let mut later = None;
                let refreshed = while_refreshing(
                    cache,
                    || Ok(8),
                    || {
                        remove(cache);
                        let (asks, asked) = mpsc::channel();
                        let thread = scope.spawn(move || {
                            asks.send(()).unwrap();
                            cache.get_or_fetch(&1, || 9)
                        });
                        asked.recv().unwrap();
                        // Tags of the old value are not those of the load, so this caller may wait for it.
                        while !thread.is_finished() && followers(cache, &1) == 0 {
                            thread::yield_now();
                        }
                        later = Some(thread);
                    },
                );
                assert_eq!(refreshed, Ok(8), "{name}: its own caller gets its value");
                let later = later.unwrap().join().unwrap();
                assert!(later == 9 || (name == "tag" && later == 8), "{name}: {later}");
            });
        });
    }
}

#[test]
fn s_12_a_set_while_a_refresh_runs_wins_over_it() {
    watched(|| {
        let (cache, _) = stale(false);
        let answer = while_refreshing(&cache, || Ok(8), || cache.set(1, 50).unwrap());
        assert_eq!((answer, cache.get(&1)), (Ok(8), Some(50)));
        assert_eq!(cache.stats().fenced, 1);
    });
}

#[test]
fn s_29_expiring_while_a_load_runs_fences_it() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        let answer = while_refreshing(
            &cache,
            || Ok(8),
            || {
                assert!(!cache.expire(&1));
            },
        );
        assert_eq!((answer, cache.get(&1), cache.stats().fenced), (Ok(8), None, 1));
    });
}
