//! Tags: old tags and new values, invalidation without visits, and tables that shrink.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

use cachefn_core::{EntryOptions, MemoryCache, Mode, Policy};

use crate::faces;
use crate::support::{Log, Random, Reads, clock_at, ignore, ms, watched};

fn tag(name: &str) -> EntryOptions {
    EntryOptions::new().tag(name)
}

faces! {
    fn s_26_setting_a_key_anew_replaces_its_tags() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.set_with(1, 1, tag("old")).unwrap();
        cache.set_with(1, 2, tag("new")).unwrap();
        cache.invalidate_by_tag("old");
        assert_eq!(cache.value(&1), Some(2), "an old tag does not kill the new value");
        cache.set(1, 3).unwrap();
        cache.invalidate_by_tag("new");
        assert_eq!(cache.value(&1), Some(3), "none any more");
        cache.get_or_fetch_with(&2, tag("old"), |_| 4);
        cache.set_with(2, 5, tag("new")).unwrap();
        cache.invalidate_by_tag("old");
        assert_eq!(cache.value(&2), Some(5));
        cache.invalidate_by_tag("new");
        assert_eq!(cache.value(&2), None);
    }

    fn h_26_a_key_that_comes_back_does_not_inherit_tags() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().max_entries(2).policy(Policy::Lru);
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        type Leave = fn(&mut Cache<u32, u32>);
        let ways: [Leave; 5] = [
            |cache| assert!(cache.delete(&1)),
            |cache| cache.clear(),
            |cache| assert!(cache.expire(&1)),
            |cache| cache.invalidate_by_tag("other"),
            |cache| (2..9).for_each(|key| cache.set(key, key).unwrap()),
        ];
        for leave in ways {
            cache.set_with(1, 1, EntryOptions::new().tags(["t", "other"])).unwrap();
            leave(&mut cache);
            assert_eq!(cache.value(&1), None);
            cache.set(1, 2).unwrap();
            cache.invalidate_by_tags(["t", "other"]);
            assert_eq!(cache.value(&1), Some(2));
            cache.clear();
        }
        cache.set_with(1, 1, tag("t").ttl(ms(5))).unwrap();
        clock.advance(ms(5));
        cache.set(1, 2).unwrap();
        cache.invalidate_by_tag("t");
        assert_eq!(cache.value(&1), Some(2), "after it had expired");
    }

    fn s_26_an_entry_carries_any_number_of_tags() {
        let names: Vec<String> = (0..500).map(|at| format!("tag {at}")).collect();
        for probe in [0, 1, 250, 499] {
            let mut cache = Cache::<u32, u32>::builder().build().unwrap();
            let options = EntryOptions::new().tags(names.iter().map(String::as_str));
            cache.set_with(1, 1, options).unwrap();
            cache.invalidate_by_tag("tag 500");
            assert_eq!(cache.value(&1), Some(1));
            cache.invalidate_by_tag(&names[probe]);
            assert_eq!(cache.value(&1), None);
        }
    }

    fn s_27_all_entries_of_a_tag_are_unreachable_at_once_and_leave_lazily() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        for key in 0..1_000 {
            let options = if key % 2 == 0 { tag("even") } else { tag("odd") };
            cache.set_with(key, key, options).unwrap();
        }
        let _subscription = cache.subscribe(log.changes());
        cache.invalidate_by_tag("even");
        assert_eq!(log.take(), ["invalidate"], "without visiting them");
        assert_eq!(cache.stats().size, 1_000);
        assert!((0..1_000).all(|key| cache.contains(&key) == (key % 2 == 1)));
        assert_eq!((cache.purge(), cache.len()), (500, 500));
        let told = log.take();
        assert!(told.len() == 500 && told.iter().all(|told| told.ends_with(" tag")));
    }

    fn s_27_entries_made_after_the_invalidation_live() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        for round in 0..200 {
            cache.set_with(round, round, tag("t")).unwrap();
            assert_eq!(cache.value(&round), Some(round));
            cache.invalidate_by_tag("t");
            assert_eq!(cache.value(&round), None);
            cache.invalidate_by_tag("other");
            cache.set_with(round, round, tag("t")).unwrap();
            assert_eq!(cache.value(&round), Some(round));
        }
        assert_eq!(cache.len(), 1, "each round invalidated those before");
    }

    fn s_27_tags_agree_with_a_naive_model() {
        let mut random = Random(21);
        let mut cache = Cache::<u64, u64>::builder().max_entries(1_000).build().unwrap();
        let mut model = std::collections::HashMap::new();
        for round in 0..20_000 {
            let (key, name) = (random.below(50), random.below(12));
            match random.below(10) {
                0 => {
                    cache.invalidate_by_tag(&name.to_string());
                    model.retain(|_, (_, tags): &mut (u64, Vec<u64>)| !tags.contains(&name));
                }
                1 => {
                    let (one, other) = (name.to_string(), (name + 1).to_string());
                    cache.invalidate_by_tags([one, other]);
                    model.retain(|_, (_, tags)| {
                        !tags.contains(&name) && !tags.contains(&(name + 1))
                    });
                }
                2 => assert_eq!(cache.delete(&key), model.remove(&key).is_some(), "{round}"),
                3..6 => {
                    let tags: Vec<u64> = (0..random.below(4)).map(|_| random.below(12)).collect();
                    let names = tags.iter().map(u64::to_string);
                    cache.set_with(key, round, EntryOptions::new().tags(names)).unwrap();
                    model.insert(key, (round, tags));
                }
                6 => {
                    let new = cache.update(key, |old| old.map(|old| old + 1)).unwrap();
                    let expected = model.get_mut(&key).map(|(value, _)| {
                        *value += 1;
                        *value
                    });
                    assert_eq!(new, expected, "round {round}: tags stay");
                }
                _ => {
                    let expected = model.get(&key).map(|(value, _)| *value);
                    assert_eq!(cache.value(&key), expected, "round {round}");
                }
            }
        }
        assert_eq!(cache.len(), model.len());
    }

    fn h_26_an_update_keeps_the_tags() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.set_with(1, 1, tag("t")).unwrap();
        cache.update(1, |_| Some(2)).unwrap();
        cache.invalidate_by_tag("t");
        assert_eq!(cache.value(&1), None);
    }

    fn h_26_a_fetched_value_carries_the_tags_of_its_call() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.get_or_fetch_with(&1, tag("t"), |_| 1);
        cache.get_or_fetch_with(&1, tag("u"), |_| 2);
        cache.invalidate_by_tag("u");
        assert_eq!(cache.value(&1), Some(1), "the options of a hit change nothing");
        cache.invalidate_by_tag("t");
        assert_eq!(cache.value(&1), None);
    }

    fn h_22_what_a_tag_has_killed_gives_its_places_to_new_entries_first() {
        for name in ["lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu", "adaptive"] {
            let policy: Policy = name.parse().unwrap();
            for weighted in [false, true] {
                let builder = Cache::<u32, u32>::builder().policy(policy);
                let mut cache = match weighted {
                    false => builder.max_entries(1_000),
                    true => builder.max_weight(10_000).weigher(|_, _| 10),
                }
                .build()
                .unwrap();
                for key in 0..1_000 {
                    cache.set_with(key, key, tag("t")).unwrap();
                }
                for _ in 0..3 {
                    (0..1_000).for_each(|key| assert_eq!(cache.value(&key), Some(key)));
                }
                cache.invalidate_by_tag("t");
                (1_000..4_000).for_each(|key| cache.set(key, key).unwrap());
                let alive = (1_000..4_000).filter(|key| cache.contains(key)).count();
                assert_eq!(alive, 1_000, "{policy}, weighted: {weighted}");
            }
        }
    }

    fn s_30_tags_leave_nothing_behind() {
        type Leave = fn(&mut Cache<u64, u64>, u64);
        let ways: [(&str, Leave); 8] = [
            ("evicted", |_, _| {}),
            ("deleted", |cache, key| assert!(cache.delete(&key))),
            ("replaced", |cache, key| cache.set(key, 0).unwrap()),
            ("tagged anew", |cache, key| cache.set_with(key, 0, tag("same")).unwrap()),
            ("expired", |cache, key| assert!(cache.expire(&key))),
            ("tag removed", |cache, key| cache.invalidate_by_tag(&format!("unique {key}"))),
            ("tag expired", |cache, key| {
                cache.invalidate_by_tag_with(&format!("unique {key}"), Mode::Expire);
            }),
            ("cleared", |cache, key| {
                if key % 8 == 0 {
                    cache.clear();
                }
            }),
        ];
        for (name, leave) in ways {
            let mut cache = Cache::<u64, u64>::builder().max_entries(16).build().unwrap();
            let (mut early, mut late) = (0, 0);
            for round in 0..4_000 {
                let options = EntryOptions::new().tags([format!("unique {round}"), "same".into()]);
                cache.set_with(round, round, options).unwrap();
                leave(&mut cache, round);
                let most = if round < 400 { &mut early } else { &mut late };
                *most = cache.stats().memory_usage.max(*most);
            }
            assert!(late <= early + early / 4, "{name}: {early} bytes became {late}");
        }
    }

    fn s_30_invalidating_tags_that_nobody_carries_keeps_nothing() {
        let mut cache = Cache::<u64, u64>::builder().build().unwrap();
        cache.set_with(1, 1, tag("t")).unwrap();
        let before = cache.stats().memory_usage;
        for round in 0..5_000 {
            let mode = if round % 2 == 0 { Mode::Remove } else { Mode::Expire };
            cache.invalidate_by_tag_with(&format!("nobody {round}"), mode);
        }
        assert_eq!((cache.value(&1), cache.stats().memory_usage), (Some(1), before));
    }

    fn s_42_one_call_is_one_invalidation_however_many_tags_it_names() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.set_with(1, 1, tag("a")).unwrap();
        cache.set_with(2, 2, tag("b")).unwrap();
        let _subscription = cache.subscribe(log.changes());
        cache.invalidate_by_tags(["a", "b", "c"]);
        assert_eq!((log.take(), cache.stats().invalidations), (vec!["invalidate".into()], 1));
        assert_eq!((cache.contains(&1), cache.contains(&2)), (false, false));
        cache.invalidate_by_tag("a");
        assert_eq!((log.sorted().len(), cache.stats().invalidations), (1, 2));
        cache.invalidate_by_tags([] as [&str; 0]);
        assert_eq!((log.take().len(), cache.stats().invalidations), (1, 3));
    }

    fn s_33_the_cause_of_an_entry_dead_by_tag_and_by_time_is_the_tag() {
        let clock = clock_at(1_000);
        let log = Log::new();
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).clock(clock.clone());
        let mut cache = builder.build().unwrap();
        cache.set_with(1, 1, tag("t")).unwrap();
        let _subscription = cache.subscribe(log.changes());
        cache.invalidate_by_tag("t");
        clock.advance(ms(10));
        assert_eq!(cache.len(), 0);
        assert_eq!(log.take(), ["invalidate", "delete 1 tag"]);
        assert_eq!(cache.stats().expirations, 0);
    }

    fn s_31_an_entry_invalidated_by_tag_is_no_living_one_to_delete() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        cache.set_with(1, 1, tag("t")).unwrap();
        cache.invalidate_by_tag("t");
        assert_eq!((cache.delete(&1), cache.stats().deletes), (false, 0));
        cache.set_with(1, 1, tag("t")).unwrap();
        cache.invalidate_by_tag("t");
        assert_eq!(cache.set_if_absent(1, 2), Ok(true));
        assert_eq!(cache.value(&1), Some(2));
        cache.invalidate_by_tag("t");
        assert_eq!(cache.value(&1), Some(2), "the new one has no tags");
    }
}

#[test]
fn s_27_after_an_invalidation_returned_no_thread_reads_what_was_before() {
    watched(|| {
        let cache = MemoryCache::<u64, u64>::builder().max_entries(50_000).build().unwrap();
        let (rounds, keys) = (200, 64);
        let (barrier, wrong) = (Barrier::new(3), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..rounds {
                    for key in 0..keys {
                        cache.set_with(key, round, tag("t")).unwrap();
                    }
                    barrier.wait();
                    cache.invalidate_by_tag("t");
                    barrier.wait();
                    barrier.wait();
                }
            });
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        barrier.wait();
                        (0..keys).for_each(|key| ignore(cache.get(&key)));
                        barrier.wait();
                        wrong.fetch_or((0..keys).any(|key| cache.contains(&key)), SeqCst);
                        barrier.wait();
                    }
                });
            }
        });
        assert!(!wrong.load(SeqCst));
    });
}

#[test]
fn s_27_tags_reach_the_entries_of_all_shards() {
    let cache = MemoryCache::<u64, u64>::builder().max_entries(100_000).build().unwrap();
    for key in 0..20_000 {
        let options = EntryOptions::new().tags([format!("mod {}", key % 10), "all".into()]);
        cache.set_with(key, key, options).unwrap();
    }
    cache.invalidate_by_tag("mod 3");
    assert_eq!(cache.len(), 18_000);
    cache.invalidate_by_tag_with("mod 4", Mode::Expire);
    assert_eq!(cache.len(), 16_000);
    cache.invalidate_by_tag("all");
    assert!((0..20_000).all(|key| cache.get(&key).is_none()));
    assert_eq!(cache.len(), 0);
}
