//! What a fetcher says of its value: how long it lives, its tags, or that it is not stored.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cachefn_core::private::followers;
use cachefn_core::{EntryOptions, Glob, MemoryCache, Mode};

use crate::faces;
use crate::support::{Log, Reads, clock_at, ms, watched};

const NO: fn() -> EntryOptions = EntryOptions::new;

faces! {
    fn s_12_the_ttl_of_the_context_stands_before_all_others() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, Option<u32>>::builder().ttl(ms(10)).negative_ttl(ms(2));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        for (key, value) in [(1, Some(1)), (2, None)] {
            cache.get_or_fetch_with(&key, NO().ttl(ms(20)), |context| {
                context.ttl(ms(500));
                context.ttl(ms(50));
                value
            });
        }
        clock.advance(ms(49));
        assert_eq!((cache.value(&1), cache.value(&2)), (Some(Some(1)), Some(None)));
        clock.advance(ms(1));
        assert_eq!((cache.value(&1), cache.value(&2)), (None, None), "what was said last");
    }

    fn s_12_a_ttl_of_zero_or_a_skip_stores_nothing() {
        let log = Log::new();
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let _subscription = cache.subscribe(log.listener());
        let skipped = cache.get_or_fetch_with(&1, NO(), |context| {
            context.skip();
            1
        });
        let zero = cache.get_or_fetch_with(&1, NO(), |context| {
            context.ttl(Duration::ZERO);
            2
        });
        assert_eq!((skipped, zero, cache.value(&1)), (1, 2, None));
        assert_eq!(log.take(), ["miss 1", "load 1", "miss 1", "load 1", "miss 1"]);
        let stats = cache.stats();
        assert_eq!((stats.loads, stats.sets, stats.fenced, stats.load_failures), (2, 0, 0, 0));
    }

    fn s_12_a_skip_leaves_what_is_there() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_if_error(ms(100));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set(1, 1).unwrap();
        clock.advance(ms(10));
        let skipped = cache.get_or_fetch_with(&1, NO(), |context| {
            context.skip();
            2
        });
        assert_eq!(skipped, 2);
        assert_eq!(cache.get_or_fetch(&1, || Err("down")), Ok(1), "the stale value is still there");
    }

    fn s_12_tags_of_the_context_add_to_those_of_the_call() {
        for probe in ["call", "context", "both"] {
            let mut cache = Cache::<u32, u32>::builder().build().unwrap();
            let options = NO().tags(["call", "both"]);
            cache.get_or_fetch_with(&1, options, |context| {
                context.tags(["context"]);
                context.tags([String::from("both")]);
                1
            });
            cache.invalidate_by_tag("other");
            assert_eq!(cache.value(&1), Some(1));
            cache.invalidate_by_tag(probe);
            assert_eq!(cache.value(&1), None, "{probe}");
        }
    }

    fn s_13_what_a_failed_fetcher_said_is_forgotten() {
        let mut cache = Cache::<u32, u32>::builder().build().unwrap();
        let failed = cache.get_or_fetch_with(&1, NO(), |context| {
            context.tags(["t"]);
            context.skip();
            context.ttl(Duration::ZERO);
            Err("down")
        });
        assert_eq!(failed, Err("down"));
        assert_eq!(cache.get_or_fetch(&1, || 1), 1);
        cache.invalidate_by_tag("t");
        assert_eq!(cache.value(&1), Some(1));
    }

    fn s_12_the_context_of_a_stale_entry_holds_the_previous_value() {
        let clock = clock_at(1_000);
        let builder = Cache::<u32, u32>::builder().ttl(ms(10)).stale_while_revalidate(ms(100));
        let mut cache = builder.clock(clock.clone()).build().unwrap();
        cache.set(1, 7).unwrap();
        cache.expire(&1);
        let next = cache.get_or_fetch_with(&1, NO(), |context| context.previous().unwrap() + 1);
        assert_eq!(next, 8);
        clock.advance(ms(10));
        cache.delete(&1);
        cache.get_or_fetch_with(&1, NO(), |context| {
            assert_eq!(context.previous(), None);
            1
        });
    }
}

/// What an invalidation at some moment of a load does to a value whose tag is named late.
#[test]
fn s_18_tags_named_late_are_fenced_by_invalidations_since_the_fetcher_began() {
    type Invalidate = fn(&MemoryCache<u32, u32>);
    let ways: [(&str, Invalidate, bool); 7] = [
        ("its tag", |cache| cache.invalidate_by_tag("t"), true),
        ("its tags", |cache| cache.invalidate_by_tags(["u", "t"]), true),
        ("its tag, expired", |cache| cache.invalidate_by_tag_with("t", Mode::Expire), true),
        ("another tag", |cache| cache.invalidate_by_tag("u"), false),
        (
            "its tag, then others load",
            |cache| {
                cache.invalidate_by_tag("t");
                cache.get_or_fetch_with(&2, NO().tag("t"), |_| 2);
                cache.get_or_fetch(&3, || 3);
            },
            true,
        ),
        (
            "its tag, then it is used again",
            |cache| {
                cache.invalidate_by_tag("t");
                cache.set_with(2, 2, NO().tag("t")).unwrap();
            },
            true,
        ),
        ("nothing", |_| {}, false),
    ];
    for (name, invalidate, fenced) in ways {
        for before_naming in [true, false] {
            let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
            let value = cache.get_or_fetch_with(&1, NO(), |context| {
                if before_naming {
                    invalidate(&cache);
                }
                context.tags(["t"]);
                if !before_naming {
                    invalidate(&cache);
                }
                1
            });
            assert_eq!((value, cache.get(&1).is_none()), (1, fenced), "{name}");
            assert_eq!(cache.stats().fenced, u64::from(fenced), "{name}");
            cache.get_or_fetch_with(&1, NO(), |context| {
                context.tags(["t"]);
                2
            });
            assert!(cache.get(&1).is_some(), "{name}: a later load is stored");
        }
    }
}

#[test]
fn s_18_an_invalidation_from_before_the_fetcher_began_does_not_fence() {
    let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
    let outer = cache.get_or_fetch(&9, || {
        cache.invalidate_by_tag("t");
        // The outer load remembers the invalidation; this one began after it.
        cache.get_or_fetch_with(&1, NO(), |context| {
            context.tags(["t"]);
            1
        })
    });
    assert_eq!((outer, cache.get(&1), cache.get(&9)), (1, Some(1), Some(1)));
    assert_eq!(cache.stats().fenced, 0);
}

#[test]
fn s_18_who_waits_for_a_value_that_late_tags_fence_makes_its_own() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        let (leading, lead) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let cache = &cache;
            let leader = scope.spawn(move || {
                cache.get_or_fetch_with(&1, NO(), |context| {
                    leading.send(()).unwrap();
                    wait.recv().unwrap();
                    context.tags(["t"]);
                    1
                })
            });
            lead.recv().unwrap();
            let follower = scope.spawn(|| cache.get_or_fetch(&1, || 2));
            while followers(cache, &1) < 1 {
                thread::yield_now();
            }
            cache.invalidate_by_tag("t");
            go.send(()).unwrap();
            // Nobody knows whether it began to wait before the invalidation.
            assert_eq!((leader.join().unwrap(), follower.join().unwrap()), (1, 2));
        });
        assert_eq!((cache.get(&1), cache.stats().fenced), (Some(2), 1));
    });
}

#[test]
fn s_12_a_skipped_value_reaches_those_who_wait() {
    watched(|| {
        let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
        let (leading, lead) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let cache = &cache;
            let leader = scope.spawn(move || {
                cache.get_or_fetch_with(&1, NO(), |context| {
                    leading.send(()).unwrap();
                    wait.recv().unwrap();
                    context.skip();
                    1
                })
            });
            lead.recv().unwrap();
            let follower = scope.spawn(|| cache.get_or_fetch(&1, || 2));
            while followers(cache, &1) < 1 {
                thread::yield_now();
            }
            go.send(()).unwrap();
            assert_eq!((leader.join().unwrap(), follower.join().unwrap()), (1, 1));
        });
        assert_eq!((cache.get(&1), cache.keys(&Glob::prefix(""))), (None, vec![]));
    });
}

#[test]
fn s_30_invalidations_during_loads_leave_nothing_behind() {
    let cache = MemoryCache::<u32, u32>::builder().build().unwrap();
    for round in 0..300 {
        cache.get_or_fetch(&round, || {
            (0..20).for_each(|tag| cache.invalidate_by_tag(&format!("{round} {tag}")));
            1
        });
    }
    // A load that names all of them is not fenced: it began after every one of them.
    cache.get_or_fetch_with(&1_000, NO(), |context| {
        context.tags((0..300).flat_map(|round| (0..20).map(move |tag| format!("{round} {tag}"))));
        1
    });
    assert_eq!((cache.get(&1_000), cache.stats().fenced), (Some(1), 0));
}
