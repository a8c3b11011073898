//! What is removed stays removed: every removal against every load and promotion, at every point of
//! both.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

use cachefn_core::{Cache, EntryOptions, Glob, LoadContext, Tier};

use crate::support::*;

type Ops<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;
type Removal = (&'static str, for<'a> fn(&'a Cache<u32, u32>) -> Ops<'a>);
type Reading = (&'static str, for<'a> fn(&'a Cache<u32, u32>, &'a Cell<u32>) -> Ops<'a>);

const OLD: u32 = 1;
const NEW: u32 = 2;

/// Everything that makes the value under 1 invalid.
const REMOVALS: [Removal; 13] = [
    ("delete", |cache| Box::pin(async move { ignore(cache.delete(&1).await.unwrap()) })),
    ("delete_many", |cache| {
        Box::pin(async move { ignore(cache.delete_many(&[7, 1]).await.unwrap()) })
    }),
    ("clear", |cache| Box::pin(async move { cache.clear().await.unwrap() })),
    ("invalidate_by_tag", |cache| {
        Box::pin(async move { cache.invalidate_by_tag("t").await.unwrap() })
    }),
    ("invalidate_by_tags", |cache| {
        Box::pin(async move { cache.invalidate_by_tags(["u", "t"]).await.unwrap() })
    }),
    ("invalidate_by_pattern", |cache| {
        Box::pin(async move {
            ignore(cache.invalidate_by_pattern(&Glob::new("?").unwrap()).await.unwrap())
        })
    }),
    ("expire", |cache| Box::pin(async move { ignore(cache.expire(&1).await.unwrap()) })),
    ("set", |cache| Box::pin(async move { cache.set(1, NEW).await.unwrap() })),
    ("set_with a ttl of zero", |cache| {
        Box::pin(
            async move { cache.set_with(1, NEW, EntryOptions::new().ttl(ms(0))).await.unwrap() },
        )
    }),
    ("set_with in the storage", |cache| {
        let options = EntryOptions::new().tier(Tier::Storage);
        Box::pin(async move { cache.set_with(1, NEW, options).await.unwrap() })
    }),
    ("set_many", |cache| {
        Box::pin(async move { cache.set_many([(3, 3), (1, NEW)]).await.unwrap() })
    }),
    ("update", |cache| {
        Box::pin(async move { ignore(cache.update(1, |_| Some(NEW)).await.unwrap()) })
    }),
    ("update to nothing", |cache| {
        Box::pin(async move { ignore(cache.update(1, |_| None).await.unwrap()) })
    }),
];

/// Whatever fills the memory from a source or from the storage.
const READINGS: [Reading; 7] = [
    ("get_or_fetch_with", |cache, source| {
        Box::pin(async move {
            let options = EntryOptions::new().tag("t");
            cache.get_or_fetch_with(&1, options, |_| fetch(source)).await;
        })
    }),
    ("get_or_fetch_with, tagged late", |cache, source| {
        Box::pin(async move {
            let fetcher = |context: LoadContext<u32>| async move {
                let value = fetch(source).await;
                context.tags(["t"]);
                value
            };
            cache.get_or_fetch_with(&1, EntryOptions::new(), fetcher).await;
        })
    }),
    ("get_or_fetch_with in the storage", |cache, source| {
        Box::pin(async move {
            let options = EntryOptions::new().tag("t").tier(Tier::Storage);
            cache.get_or_fetch_with(&1, options, |_| fetch(source)).await;
        })
    }),
    ("get_or_fetch_with in memory", |cache, source| {
        Box::pin(async move {
            let options = EntryOptions::new().tag("t").tier(Tier::Memory);
            cache.get_or_fetch_with(&1, options, |_| fetch(source)).await;
        })
    }),
    ("get", |cache, _| Box::pin(async move { ignore(cache.get(&1).await.unwrap()) })),
    ("get_many", |cache, _| {
        Box::pin(async move { ignore(cache.get_many(&[1, 5]).await.unwrap()) })
    }),
    ("update that changes nothing", |cache, _| {
        Box::pin(async move { ignore(cache.update(5, |old| old).await.unwrap()) })
    }),
];

async fn fetch(source: &Cell<u32>) -> u32 {
    let value = source.get();
    pause().await;
    value
}

async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut paused, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// Who takes the first steps.
#[derive(Debug, Clone, Copy, PartialEq)]
enum First {
    Reading,
    Removal,
}

/// Every reading, given up or not, with every removal: one of the two some steps ahead, then both in
/// turn, then the removal to its end.
fn at_every_point(stored: bool) {
    let mut points = 0;
    for ((removal, remove), (reading, read)) in
        REMOVALS.into_iter().flat_map(|removal| READINGS.map(|reading| (removal, reading)))
    {
        for (first, gives_up) in [
            (First::Reading, false),
            (First::Reading, true),
            (First::Removal, false),
            (First::Removal, true),
        ] {
            for (ahead, together) in (0..18).flat_map(|ahead| [0, 1, 2, 5].map(|by| (ahead, by))) {
                let store = Store::new();
                if stored {
                    let writer = plain(&store);
                    finish(writer.set_with(1, OLD, EntryOptions::new().tag("t"))).unwrap();
                }
                store.pauses(1);
                let (cache, source) = (plain(&store), Cell::new(OLD));
                let mut reader = Some(Task::new(read(&cache, &source)));
                let mut remover = Some(Task::new(remove(&cache)));
                if first == First::Reading {
                    poll(&mut reader, ahead);
                    source.set(NEW);
                } else {
                    source.set(NEW);
                    poll(&mut remover, ahead);
                }
                for _ in 0..together {
                    poll(&mut reader, 1);
                    poll(&mut remover, 1);
                }
                if gives_up {
                    reader = None;
                }
                while let Some(running) = &mut remover {
                    let free = running.is_woken();
                    assert!(free || reader.is_some(), "{removal} hangs beside {reading}");
                    poll(if free { &mut remover } else { &mut reader }, 1);
                }
                let point = format!("{removal}, {reading}; {first:?} {ahead} ahead, {together}");
                none_is_old(&cache, &store, &point);
                if let Some(running) = reader {
                    running.finish();
                    none_is_old(&cache, &store, &format!("{point}, ended"));
                }
                points += 1;
            }
        }
    }
    assert!(points > 20_000, "{points} points");
}

/// Takes so many steps; nothing is left at the end.
fn poll(task: &mut Option<Task<'_, ()>>, times: usize) {
    for _ in 0..times {
        if task.as_mut().is_some_and(|running| running.poll().is_some()) {
            *task = None;
        }
    }
}

/// Neither this cache nor one without anything in memory knows the old value.
#[track_caller]
fn none_is_old(cache: &Cache<u32, u32>, store: &Store, point: &str) {
    store.pauses(0);
    let here = finish(cache.peek(&1)).unwrap();
    assert_ne!(here, Some(OLD), "in memory, after {point}");
    let there = if store.has("c:1") { finish(plain(store).peek(&1)).unwrap() } else { None };
    assert_ne!(there, Some(OLD), "in the storage, after {point}");
    store.pauses(1);
}

#[test]
fn h_12_no_load_brings_back_what_was_removed_at_any_point_of_it() {
    at_every_point(false);
}

#[test]
fn h_12_no_promotion_brings_back_what_was_removed_at_any_point_of_it() {
    at_every_point(true);
}
