//! Cached functions over the storages of a browser, with its timers.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use cachefn_core::{Cache, Glob, ManualClock, NamedCache, Postcard, cachefn, with_cache_async};
use cachefn_wasm::BrowserRuntime;

use crate::browser;
use crate::test::{Test, Verdict, equal, tests, words};

pub(crate) const TESTS: &[Test] = tests![
    a_cached_function_asks_the_database_when_memory_is_empty,
    s_28_a_tag_invalidates_what_another_cache_has_written,
    s_12_the_stale_are_served_while_a_task_of_the_page_fetches,
    a_load_that_takes_too_long_is_given_up_by_a_timer,
    s_32_a_pattern_deletes_in_the_database,
];

#[cachefn(cache = "squares", tags = ["squares"])]
async fn square(n: u32) -> u32 {
    n * n
}

async fn a_cached_function_asks_the_database_when_memory_is_empty() -> Verdict {
    for expected in [(1, 0), (0, 1)] {
        let storage = browser::storage("cached");
        let named = NamedCache::builder("squares").storage(storage).build().map_err(words)?;
        let test = async {
            equal("the first call", square(7).await, 49)?;
            equal("the second call", square(7).await, 49)?;
            let stats = square::cache().stats();
            equal("made and found", (stats.loads, stats.storage_hits), expected)
        };
        with_cache_async("squares", &named, test).await?;
    }
    equal("whether the database could be deleted", browser::delete("cached").await, true)
}

async fn s_28_a_tag_invalidates_what_another_cache_has_written() -> Verdict {
    let cache = || {
        let storage = browser::storage("tags");
        let builder = Cache::<u32, u32>::builder("numbers").storage(storage).codec(Postcard);
        builder.build().map_err(words)
    };
    let options = || cachefn_core::EntryOptions::new().tag("all");
    let (one, other) = (cache()?, cache()?);
    for number in 0..50 {
        one.set_with(number, number, options()).await.map_err(words)?;
    }
    equal("found by the other", other.get(&7).await.map_err(words)?, Some(7))?;
    other.invalidate_by_tag("all").await.map_err(words)?;
    let late = cache()?;
    for number in 0..50 {
        equal("after the tag was invalidated", late.get(&number).await.map_err(words)?, None)?;
    }
    equal("whether the database could be deleted", browser::delete("tags").await, true)
}

async fn s_12_the_stale_are_served_while_a_task_of_the_page_fetches() -> Verdict {
    let (clock, second) = (ManualClock::new(), Duration::from_secs(1));
    let storage = browser::storage("stale");
    let builder = Cache::<u8, u32>::builder("stale").ttl(second).stale_while_revalidate(9 * second);
    let builder = builder.storage(storage).codec(Postcard).runtime(BrowserRuntime::new());
    let cache = builder.clock(clock.clone()).build().map_err(words)?;
    let made = Rc::new(Cell::new(0));
    let get = || {
        let made = Rc::clone(&made);
        cache.get_or_fetch_shared(&1, move || async move {
            made.set(made.get() + 1);
            made.get()
        })
    };
    equal("the first", get().await, 1)?;
    clock.advance(second);
    equal("the stale one", get().await, 1)?;
    // The task writes to the database, so its end comes with some event.
    while made.get() < 2 || cache.peek(&1).await.map_err(words)? != Some(2) {
        browser::turn().await;
    }
    equal("the new one", get().await, 2)?;
    cache.close().await.map_err(words)?;
    equal("whether the database could be deleted", browser::delete("stale").await, true)
}

async fn a_load_that_takes_too_long_is_given_up_by_a_timer() -> Verdict {
    let builder = Cache::<u8, u32>::builder("slow").runtime(BrowserRuntime::new());
    let cache = builder.load_timeout(Duration::from_millis(20)).build().map_err(words)?;
    let mut hangs = Box::pin(cache.get_or_fetch_shared(&1, std::future::pending::<u32>));
    let pends = std::future::poll_fn(|context| {
        std::task::Poll::Ready(hangs.as_mut().poll(context).is_pending())
    });
    equal("whether it leads, and never ends", pends.await, true)?;
    equal("who waited", cache.get_or_fetch(&1, || async { 7 }).await, 7)
}

async fn s_32_a_pattern_deletes_in_the_database() -> Verdict {
    let storage = browser::storage("patterns");
    let builder = Cache::<String, u32>::builder("patterns").storage(storage).codec(Postcard);
    let cache = builder.build().map_err(words)?;
    for number in 0..300 {
        let key = format!("{}:{number}", ["a", "b"][number % 2]);
        cache.set(key, number as u32).await.map_err(words)?;
    }
    let glob = Glob::new("a:*").map_err(words)?;
    cache.invalidate_by_pattern(&glob).await.map_err(words)?;
    for (key, expected) in [("a:0", None), ("a:298", None), ("b:1", Some(1)), ("b:299", Some(299))]
    {
        equal(key, cache.get(key).await.map_err(words)?, expected)?;
    }
    cache.close().await.map_err(words)?;
    equal("whether the database could be deleted", browser::delete("patterns").await, true)
}
