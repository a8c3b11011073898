//! Changing a value in place: nothing is lost, whoever else writes.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use cachefn_core::{EntryOptions, ErrorKind, Glob, MemoryCache, Mode};

use crate::faces;
use crate::support::{Log, Reads, clock_at, ms, panics, watched};

faces! {
    fn s_12_update_sees_what_is_there_and_stores_what_it_makes() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        let add = |old: Option<u32>| Some(old.unwrap_or(10) + 1);
        assert_eq!(cache.update(1, add), Ok(Some(11)));
        assert_eq!(cache.update(1, add), Ok(Some(12)));
        assert_eq!(cache.update(1, |_| None), Ok(None));
        assert_eq!(cache.update(1, |old| old), Ok(None));
        assert_eq!(log.take(), ["set 1", "set 1 replaced", "delete 1 deleted"]);
        let stats = cache.stats();
        assert_eq!((stats.sets, stats.deletes, stats.hits, stats.misses), (2, 1, 0, 0));
        assert_eq!(cache.len(), 0);
    }

    fn s_12_update_keeps_the_end_of_life() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(100)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().ttl(ms(20))).unwrap();
        clock.advance(ms(19));
        cache.update(1, |old| old).unwrap();
        assert_eq!(cache.value(&1), Some(1));
        clock.advance(ms(1));
        assert_eq!(cache.value(&1), None);
        assert_eq!(cache.update(1, |old| Some(old.unwrap_or(7))), Ok(Some(7)), "the dead are gone");
        clock.advance(ms(99));
        assert_eq!(cache.value(&1), Some(7), "a new one gets the settings of the cache");
        clock.advance(ms(1));
        assert_eq!(cache.value(&1), None);
    }

    fn s_12_update_keeps_the_stale_window() {
        let clock = clock_at(1_000);
        let mut cache = Cache::<u32, u32>::builder().clock(clock.clone()).build().unwrap();
        let options = EntryOptions::new().ttl(ms(20)).stale_if_error(ms(50));
        cache.set_with(1, 1, options).unwrap();
        cache.update(1, |_| Some(2)).unwrap();
        clock.advance(ms(69));
        assert_eq!(cache.get_or_fetch(&1, || Err("down")), Ok(2));
        clock.advance(ms(1));
        assert_eq!(cache.get_or_fetch(&1, || Err("down")), Err("down"));
    }

    fn s_12_a_stale_value_is_none_to_an_update() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(100));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        clock.advance(ms(10));
        let _subscription = cache.subscribe(log.changes());
        assert_eq!(cache.update(1, |old| Some(old.map_or(5, |_| 0))), Ok(Some(5)));
        assert_eq!((cache.value(&1), log.take()), (Some(5), vec!["set 1 replaced".to_string()]));
    }

    fn s_16_an_update_that_panics_changes_nothing() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tag("t")).unwrap();
        for key in [1, 2] {
            let panic = panics(|| cache.update(key, |_| panic!("no idea")));
            assert_eq!(panic.as_deref(), Some("no idea"));
        }
        assert_eq!((cache.value(&1), cache.value(&2), cache.stats().sets), (Some(1), None, 1));
        assert_eq!(cache.update(1, |old| old.map(|old| old + 1)), Ok(Some(2)));
        cache.invalidate_by_tag("t");
        assert_eq!(cache.value(&1), None);
    }

    fn s_08_an_update_of_a_new_key_keeps_to_the_bound() {
        let mut cache = Cache::<u32, u32>::builder().max_entries(4).build().unwrap();
        for key in 0..100 {
            cache.update(key, |_| Some(key)).unwrap();
            assert!(cache.stats().size <= 4 && cache.peeked(&key) == Some(key));
        }
    }
}

#[test]
fn s_12_many_threads_that_increment_lose_nothing() {
    watched(|| {
        let cache = MemoryCache::<u64, u64>::builder().max_entries(20_000).build().unwrap();
        let (threads, rounds, keys) = (6, 2_000, 3);
        let barrier = Barrier::new(threads);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    barrier.wait();
                    for round in 0..rounds {
                        cache.update(round % keys, |old| Some(old.unwrap_or(0) + 1)).unwrap();
                    }
                });
            }
        });
        let sum: u64 = (0..keys).filter_map(|key| cache.get(&key)).sum();
        assert_eq!((sum, cache.stats().sets), (threads as u64 * rounds, threads as u64 * rounds));
    });
}

#[test]
fn s_12_an_update_runs_again_when_the_entry_changed_meanwhile() {
    type During = fn(&MemoryCache<u32, u32>);
    let ways: [(&str, During, Option<u32>); 10] = [
        ("set", |cache| cache.set(1, 50).unwrap(), Some(50)),
        ("set of the same", |cache| cache.set(1, 1).unwrap(), Some(1)),
        ("delete", |cache| assert!(cache.delete(&1)), None),
        (
            "delete and set",
            |cache| {
                cache.delete(&1);
                cache.set(1, 1).unwrap();
            },
            Some(1),
        ),
        ("clear", |cache| cache.clear(), None),
        ("expire", |cache| assert!(cache.expire(&1)), None),
        ("tag", |cache| cache.invalidate_by_tag("t"), None),
        ("tag expired", |cache| cache.invalidate_by_tag_with("t", Mode::Expire), None),
        ("pattern", |cache| assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("1")), 1), None),
        ("update", |cache| drop(cache.update(1, |old| old.map(|old| old + 7))), Some(8)),
    ];
    for (name, during, second) in ways {
        watched(move || {
            let cache = MemoryCache::<u32, u32>::builder().clock(clock_at(1_000)).build().unwrap();
            cache.set_with(1, 1, EntryOptions::new().tag("t")).unwrap();
            let mut seen = Vec::new();
            let result = cache.update(1, |old| {
                seen.push(old);
                if seen.len() == 1 {
                    thread::scope(|scope| {
                        scope.spawn(|| during(&cache));
                    });
                }
                Some(old.unwrap_or(0) + 100)
            });
            let expected = second.unwrap_or(0) + 100;
            assert_eq!(seen, [Some(1), second], "{name}");
            assert_eq!((result, cache.get(&1)), (Ok(Some(expected)), Some(expected)), "{name}");
        });
    }
}

#[test]
fn s_12_an_update_takes_no_notice_of_other_keys() {
    let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
    let runs = AtomicUsize::new(0);
    let result = cache.update(1, |_| {
        runs.fetch_add(1, SeqCst);
        cache.set(2, 2).unwrap();
        cache.delete(&3);
        cache.get_or_fetch(&4, || 4);
        cache.update(5, |_| Some(5)).unwrap();
        cache.invalidate_by_pattern(&Glob::prefix("2"));
        Some(1)
    });
    assert_eq!((result, runs.load(SeqCst)), (Ok(Some(1)), 1));
    assert_eq!(cache.get_many(&[1, 2, 4, 5]), [Some(1), None, Some(4), Some(5)]);
}

#[test]
fn s_12_a_value_loaded_during_an_update_is_not_lost() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        let mut first = true;
        let result = cache.update(1, |old| {
            if std::mem::take(&mut first) {
                assert_eq!(cache.get_or_fetch(&1, || 40), 40);
            }
            Some(old.unwrap_or(0) + 1)
        });
        assert_eq!((result, cache.get(&1)), (Ok(Some(41)), Some(41)));
    });
}

#[test]
fn s_18_an_update_wins_over_a_running_load() {
    let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
    let loaded = cache.get_or_fetch(&1, || {
        cache.update(1, |_| Some(5)).unwrap();
        1
    });
    assert_eq!((loaded, cache.get(&1), cache.stats().fenced), (1, Some(5), 1));
}

#[test]
fn s_17_an_update_that_writes_its_own_key_once_is_run_again_and_ends() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        let mut runs = 0;
        let result = cache.update(1, |old| {
            runs += 1;
            if runs == 1 {
                cache.set(1, 10).unwrap();
            }
            Some(old.unwrap_or(0) + 1)
        });
        assert_eq!((result, cache.get(&1), runs), (Ok(Some(11)), Some(11), 2));
    });
}

#[test]
fn s_17_an_update_that_writes_its_own_key_every_time_ends_with_an_error() {
    type Write = fn(&MemoryCache<u32, u32>);
    let ways: [Write; 4] = [
        |cache| cache.set(1, 10).unwrap(),
        |cache| drop(cache.delete(&1)),
        |cache| drop(cache.update(1, |_| Some(9)).unwrap()),
        |cache| cache.clear(),
    ];
    for write in ways {
        watched(move || {
            let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
            let result = cache.update(1, |_| {
                write(&cache);
                Some(1)
            });
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.operation()), (ErrorKind::Reentrant, "update"));
            cache.set(1, 3).unwrap();
            assert_eq!(cache.update(1, |old| old.map(|old| old + 1)), Ok(Some(4)));
        });
    }
}

#[test]
fn s_17_an_update_may_invalidate_tags_while_it_runs() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        cache.set_with(1, 1, EntryOptions::new().tag("own")).unwrap();
        let other = cache.update(1, |old| {
            cache.invalidate_by_tag("another");
            old.map(|old| old + 1)
        });
        assert_eq!(other, Ok(Some(2)));
        let own = cache.update(1, |old| {
            cache.invalidate_by_tag("own");
            Some(old.unwrap_or(0) + 10)
        });
        assert_eq!((own, cache.get(&1)), (Ok(Some(10)), Some(10)));
    });
}

#[test]
fn s_12_updates_against_evictions_and_clears_end() {
    watched(|| {
        let cache = MemoryCache::<u64, u64>::builder().max_entries(8).build().unwrap();
        thread::scope(|scope| {
            for thread in 0..4_u64 {
                let cache = &cache;
                scope.spawn(move || {
                    for round in 0..3_000 {
                        match thread {
                            0 => cache.set(round % 40, round).unwrap(),
                            1 if round % 50 == 0 => cache.clear(),
                            1 => cache.invalidate_by_tag("t"),
                            _ => drop(cache.update(round % 9, |old| Some(old.unwrap_or(0) + 1))),
                        }
                    }
                });
            }
        });
        assert!(cache.len() <= 8);
        assert_eq!(cache.update(100, |_| Some(1)), Ok(Some(1)));
    });
}
