//! What goes on in the background, where there is something to run it.

use crate::*;
use cachefn_core::{BoxFuture, ManualClock, NamedCache, Runtime, cachefn, with_cache_async};
use pollster::block_on;
use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

/// Keeps tasks until somebody runs them, and ends each sleep when it is told.
struct Later {
    tasks: Mutex<Vec<BoxFuture<'static, ()>>>,
    sleeps: Mutex<Vec<futures_channel::oneshot::Sender<()>>>,
}

impl Later {
    const fn new() -> Later {
        Later { tasks: Mutex::new(Vec::new()), sleeps: Mutex::new(Vec::new()) }
    }

    /// Runs what waits; how much that was.
    fn run(&self) -> usize {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap());
        let count = tasks.len();
        tasks.into_iter().for_each(block_on);
        count
    }

    fn end_sleeps(&self) {
        for sleep in self.sleeps.lock().unwrap().drain(..) {
            let _ = sleep.send(());
        }
    }
}

impl Runtime for &'static Later {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tasks.lock().unwrap().push(task);
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        let (sender, receiver) = futures_channel::oneshot::channel();
        self.sleeps.lock().unwrap().push(sender);
        Box::pin(async { receiver.await.unwrap_or(()) })
    }
}

#[test]
fn s_12_a_stale_value_is_returned_at_once_and_renewed_in_the_background() {
    static LATER: Later = Later::new();
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "1m", stale_while_revalidate = "1h", runtime = &LATER, tags = ["t:{name}"])]
    async fn asked(
        name: &str,
        parts: Vec<u8>,
        (a, _): (u8, &'static str),
    ) -> Result<usize, String> {
        pause().await;
        Ok(RUNS.tick() * 100 + name.len() + parts.len() + usize::from(a))
    }
    let call = || block_on(asked("ab", vec![1], (4, "x")));
    assert_eq!((call(), call()), (Ok(107), Ok(107)));
    LATER.run();
    block_on(asked::cache().expire(&asked::key("ab", vec![1], (4, "x")))).unwrap();
    assert_eq!((call(), call(), RUNS.count()), (Ok(107), Ok(107), 1));
    assert_eq!((LATER.run(), RUNS.count()), (1, 2));
    assert_eq!(call(), Ok(207));
    assert_eq!(asked::cache().stats().stale_hits, 2);
    block_on(asked::cache().invalidate_by_tag("t:ab")).unwrap();
    assert_eq!(asked::cache().len(), 0, "tags go with what is renewed");
}

#[test]
fn s_20_a_hit_late_in_its_ttl_renews_the_entry_once() {
    static LATER: Later = Later::new();
    static RUNS: Runs = Runs::new();
    #[cachefn(cache = "renewed", ttl = "10s", refresh_after = 0.5, cache_if = |value| *value < 3)]
    async fn asked(id: u64) -> usize {
        RUNS.tick() + id as usize
    }
    let clock = ManualClock::new();
    let builder = NamedCache::builder("renewed").clock(clock.clone()).runtime(&LATER);
    block_on(with_cache_async("renewed", &builder.build().unwrap(), async {
        let advance = || clock.advance(Duration::from_secs(5));
        assert_eq!((asked(0).await, asked(0).await, RUNS.count()), (1, 1, 1));
        LATER.run();
        advance();
        assert_eq!((asked(0).await, asked(0).await, RUNS.count()), (1, 1, 1));
        assert_eq!((LATER.run(), asked(0).await, RUNS.count()), (1, 2, 2));
        advance();
        // The third value is not to be stored.
        assert_eq!((asked(0).await, LATER.run(), asked(0).await), (2, 1, 2));
    }));
}

#[test]
fn s_15_a_load_with_a_runtime_outlives_its_dropped_caller() {
    static LATER: Later = Later::new();
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "1m", refresh_after = 0.9, runtime = &LATER)]
    async fn slow(name: &str) -> usize {
        pause().await;
        RUNS.tick() + name.len()
    }
    let mut caller = Box::pin(slow("name"));
    assert!(poll(caller.as_mut()).is_pending());
    drop(caller);
    assert_eq!((LATER.run(), RUNS.count()), (1, 1));
    assert_eq!((block_on(slow("name")), RUNS.count()), (5, 1));
}

#[test]
fn s_15_a_caller_waits_for_another_no_longer_than_the_load_timeout() {
    static LATER: Later = Later::new();
    static RUNS: Runs = Runs::new();
    #[cachefn(load_timeout = "5s", runtime = &LATER)]
    async fn asked(id: &u64) -> usize {
        let run = RUNS.tick();
        if run == 1 {
            std::future::pending::<()>().await;
        }
        run + *id as usize
    }
    let (mut stuck, mut waits) = (pin!(asked(&1)), pin!(asked(&1)));
    assert!(poll(stuck.as_mut()).is_pending() && poll(waits.as_mut()).is_pending());
    LATER.end_sleeps();
    assert_eq!((block_on(waits), block_on(asked(&1)), RUNS.count()), (3, 3, 2));
}

#[test]
fn s_15_a_run_that_takes_long_goes_on_and_its_caller_has_the_older_value() {
    static LATER: Later = Later::new();
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "1h", stale_if_error = "1h", soft_timeout = "1s", runtime = &LATER, tags = ["all"])]
    async fn slow(id: u64) -> Result<usize, String> {
        let run = RUNS.tick();
        if run > 1 {
            pause().await;
            pause().await;
        }
        Ok(run * 10 + id as usize)
    }
    assert_eq!((block_on(slow(1)), LATER.run()), (Ok(11), 1));
    block_on(slow::cache().invalidate_by_tag_with("all", cachefn_core::Mode::Expire)).unwrap();
    let mut caller = pin!(slow(1));
    assert!(poll(caller.as_mut()).is_pending());
    LATER.end_sleeps();
    assert_eq!(block_on(caller), Ok(11));
    assert_eq!((LATER.run(), RUNS.count()), (1, 2));
    assert_eq!((block_on(slow(1)), RUNS.count()), (Ok(21), 2));
}

#[test]
fn h_40_what_a_hit_does_not_need_is_no_part_of_a_future_that_goes_on_without_its_caller() {
    static LATER: Later = Later::new();
    #[cachefn(ttl = "1m", refresh_after = 0.9, runtime = &LATER)]
    async fn double(number: u64) -> u64 {
        number * 2
    }
    let size = size_of_val(&double(1));
    assert!(size <= 1_280, "bytes of a future: {size}");
}
