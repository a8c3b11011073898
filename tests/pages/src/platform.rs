//! Time, timers, tasks and random numbers.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use cachefn_conformance::MapStorage;
use cachefn_core::{Cache, Clock, Postcard, Runtime, Storage, cachefn};
use cachefn_wasm::{BrowserClock, BrowserRuntime};

use crate::test::{Test, Verdict, equal, holds, tests, words};

pub(crate) const TESTS: &[Test] = tests![
    a_function_with_the_attribute_alone_is_cached,
    s_01_the_clock_tells_both_times_and_never_goes_back,
    a_task_runs_beside_its_spawner,
    a_sleep_takes_its_time_and_may_be_dropped,
    s_28_tokens_are_drawn_from_the_random_numbers_of_the_browser,
];

#[cachefn(ttl = "5m")]
fn area(width: u32, height: u32) -> u32 {
    width * height
}

/// The core finds its clock, where the standard library has none.
async fn a_function_with_the_attribute_alone_is_cached() -> Verdict {
    cachefn_wasm::install();
    equal("the first call", area(6, 7), 42)?;
    equal("the second call", area(6, 7), 42)?;
    equal("hits", area::cache().stats().hits, 1)
}

async fn s_01_the_clock_tells_both_times_and_never_goes_back() -> Verdict {
    let mut last = 0;
    for _ in 0..10_000 {
        let now = BrowserClock.mono_ms();
        holds(last <= now, || format!("{last}, and then {now}"))?;
        last = now;
    }
    let (wall, expected) = (BrowserClock.wall_ms(), js_sys::Date::now() as u64);
    holds(wall.abs_diff(expected) < 60_000, || format!("{wall}, but it is {expected}"))
}

async fn a_task_runs_beside_its_spawner() -> Verdict {
    let runtime = BrowserRuntime::new();
    let ran = Rc::new(Cell::new(false));
    let task = Rc::clone(&ran);
    runtime.spawn(Box::pin(async move { task.set(true) }));
    equal("whether it ran at once", ran.get(), false)?;
    runtime.sleep(Duration::ZERO).await;
    runtime.sleep(Duration::from_millis(1)).await;
    equal("whether it ran", ran.get(), true)
}

async fn a_sleep_takes_its_time_and_may_be_dropped() -> Verdict {
    let runtime = BrowserRuntime::new();
    for _ in 0..100 {
        let mut sleep = runtime.sleep(Duration::from_secs(3_600));
        let polled = std::future::poll_fn(|context| {
            std::task::Poll::Ready(sleep.as_mut().poll(context).is_pending())
        });
        equal("whether an hour is not over", polled.await, true)?;
    }
    let start = BrowserClock.mono_ms();
    runtime.sleep(Duration::from_micros(19_001)).await;
    let took = BrowserClock.mono_ms() - start;
    // Both ends may be rounded down.
    holds(took >= 19, || format!("20 ms were over after {took} ms"))
}

async fn s_28_tokens_are_drawn_from_the_random_numbers_of_the_browser() -> Verdict {
    let (one, other) = (token().await?, token().await?);
    holds(one != other, || format!("twice {one:?}"))
}

/// The token of a namespace that is new.
pub(crate) async fn token() -> Result<[u8; 16], String> {
    cachefn_wasm::install();
    let storage = MapStorage::new();
    let builder = Cache::<u8, u8>::builder("tokens").storage(storage.clone()).codec(Postcard);
    let cache = builder.build().map_err(words)?;
    cache.set(1, 2).await.map_err(words)?;
    let tokens = storage.tokens(&[b"%n:tokens"]).await.map_err(words)?;
    tokens.into_iter().flatten().next().map(|token| token.0).ok_or_else(|| "no token".into())
}
