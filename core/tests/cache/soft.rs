//! A fetch that takes long: its callers have an older value, and it goes on.

use futures_channel::oneshot;

use crate::support::*;
use cachefn_core::{Builder, Cache, Error, ManualClock};

struct Stage {
    store: Store,
    clock: ManualClock,
    background: Background,
}

impl Stage {
    fn new() -> Self {
        Stage { store: Store::new(), clock: clock(), background: Background::default() }
    }

    fn builder(&self) -> Builder<Cache<u32, u32>> {
        let builder = over::<u32, u32>(&self.store, &self.clock).runtime(self.background.clone());
        builder.ttl(ms(100)).stale_if_error(ms(1_000)).soft_timeout(ms(50))
    }

    /// A cache with a value that has ended: in memory too, or in the storage alone.
    fn ended(&self, only_stored: bool) -> Cache<u32, u32> {
        let cache = self.builder().build().unwrap();
        finish(cache.set(1, 5)).unwrap();
        self.clock.advance(ms(100));
        if only_stored { self.builder().build().unwrap() } else { cache }
    }

    /// What was spawned runs as far as it can.
    fn run(&self) -> Vec<Task<'static, ()>> {
        let mut tasks: Vec<_> = self.background.take().into_iter().map(Task::new).collect();
        for task in &mut tasks {
            let _ = task.advance();
        }
        tasks
    }
}

/// A fetcher that waits for an answer.
fn asked() -> (oneshot::Sender<u32>, impl FnOnce() -> cachefn_core::BoxFuture<'static, u32>) {
    let (answer, asked) = oneshot::channel();
    (answer, move || Box::pin(async { asked.await.unwrap() }))
}

#[test]
fn s_15_after_the_soft_timeout_all_callers_have_the_older_value_and_the_fetch_is_stored() {
    for only_stored in [false, true] {
        let stage = Stage::new();
        let cache = stage.ended(only_stored);
        let (answer, fetch) = asked();
        let mut first = Task::new(cache.get_or_fetch_shared(&1, fetch));
        assert!(first.advance().is_none());
        let mut second = Task::new(cache.get_or_fetch_shared(&1, || async { 9 }));
        let mut third = Task::new(cache.get_or_fetch(&1, async || 9));
        assert!(second.advance().is_none() && third.advance().is_none());
        let mut tasks = stage.run();
        assert_eq!(stage.background.ring(), 1, "one fetch, one timer");
        for task in &mut tasks {
            assert!(task.advance().is_none());
        }
        for caller in [&mut first, &mut second] {
            assert_eq!(caller.advance(), Some(5), "only stored: {only_stored}");
        }
        assert_eq!(third.advance(), Some(5));
        assert_eq!(finish(cache.get_or_fetch(&1, async || 9)), 5, "who comes later does not wait");
        answer.send(6).unwrap();
        for mut task in tasks {
            task.advance().expect("it ends");
        }
        assert_eq!(finish(cache.get(&1)).unwrap(), Some(6));
        assert_eq!(finish(stage.builder().build().unwrap().get(&1)).unwrap(), Some(6));
        let stats = cache.stats();
        assert_eq!((stats.stale_hits, stats.loads, stats.load_failures), (4, 1, 0));
    }
}

#[test]
fn s_15_a_caller_that_drives_its_own_fetch_has_the_new_value_and_the_others_need_not_wait() {
    let stage = Stage::new();
    let cache = stage.ended(false);
    let (answer, asked) = oneshot::channel();
    let mut leader = Task::new(cache.get_or_fetch(&1, async || asked.await.unwrap()));
    assert!(leader.advance().is_none());
    let mut follower = Task::new(cache.get_or_fetch(&1, async || 9));
    assert!(follower.advance().is_none());
    assert_eq!(stage.background.ring(), 1);
    assert!(leader.advance().is_none());
    assert_eq!(follower.advance(), Some(5));
    answer.send(6).unwrap();
    assert_eq!(leader.advance(), Some(6));
    assert_eq!(finish(cache.get(&1)).unwrap(), Some(6));
}

#[test]
fn s_15_a_read_through_has_the_older_value_too() {
    let stage = Stage::new();
    let fetcher = |_| std::future::pending::<u32>();
    let cache = stage.builder().fetcher(fetcher).build().unwrap();
    finish(cache.set(1, 5)).unwrap();
    stage.clock.advance(ms(100));
    let mut get = Task::new(cache.get(&1));
    assert!(get.advance().is_none());
    let tasks = stage.run();
    assert_eq!(stage.background.ring(), 1);
    for mut task in tasks {
        assert!(task.advance().is_none());
    }
    assert_eq!(get.advance().unwrap().unwrap(), Some(5));
}

#[test]
fn s_15_without_an_older_value_or_a_wait_there_is_no_timer() {
    let stage = Stage::new();
    let cache = stage.builder().build().unwrap();
    let mut first = Task::new(cache.get_or_fetch_shared(&1, std::future::pending::<u32>));
    assert!(first.advance().is_none());
    drop(stage.run());
    let cache = stage.ended(false);
    assert_eq!(finish(cache.get_or_fetch_shared(&1, || async { 6 })), 6, "it was ready at once");
    assert_eq!(stage.background.ring(), 0);
}

/// What happens to a cache while it fetches.
type Change = fn(&Cache<u32, u32>, &Stage);

#[test]
fn s_18_what_was_invalidated_meanwhile_or_has_ended_is_not_lent() {
    let removals: [Change; 4] = [
        |cache, _| assert!(finish(cache.delete(&1)).is_ok()),
        |cache, _| finish(cache.invalidate_by_tag("all")).unwrap(),
        |cache, _| finish(cache.clear()).unwrap(),
        |_, stage| stage.clock.advance(ms(1_000)),
    ];
    for (at, removes) in removals.into_iter().enumerate() {
        for only_stored in [false, true] {
            let stage = Stage::new();
            let build = || stage.builder().build().unwrap();
            let tagged = || cachefn_core::EntryOptions::new().tag("all");
            let cache = build();
            finish(cache.set_with(1, 5, tagged())).unwrap();
            stage.clock.advance(ms(100));
            let cache = if only_stored { build() } else { cache };
            let (answer, asked) = oneshot::channel();
            let fetch = async |_| asked.await.unwrap();
            let mut leader = Task::new(cache.get_or_fetch_with(&1, tagged(), fetch));
            assert!(leader.advance().is_none());
            let mut follower = Task::new(cache.get_or_fetch(&1, async || 9));
            assert!(follower.advance().is_none());
            removes(&cache, &stage);
            assert_eq!(stage.background.ring(), 1);
            assert!(leader.advance().is_none());
            let lent = follower.advance();
            assert!(lent.is_none() || lent == Some(9), "{at} {only_stored}: {lent:?}");
            answer.send(6).unwrap();
            assert_eq!(leader.advance(), Some(6));
        }
    }
}

#[test]
fn s_14_a_fetch_that_fails_after_its_callers_went_leaves_the_older_value() {
    let stage = Stage::new();
    let cache = stage.ended(false);
    let (answer, asked) = oneshot::channel::<Result<u32, &str>>();
    let fetch = || async { asked.await.unwrap() };
    let mut first = Task::new(cache.get_or_fetch_shared(&1, fetch));
    assert!(first.advance().is_none());
    let mut tasks = stage.run();
    stage.background.ring();
    for task in &mut tasks {
        assert!(task.advance().is_none());
    }
    assert_eq!(first.advance(), Some(Ok(5)));
    answer.send(Err("down")).unwrap();
    for mut task in tasks {
        task.advance().expect("it ends");
    }
    assert_eq!(cache.stats().load_failures, 1);
    assert_eq!(finish(cache.get_or_fetch(&1, async || Err("still down"))), Ok(5));
}

#[test]
fn s_15_a_soft_timeout_takes_a_runtime() {
    let built: Result<Cache<u32, u32>, Error> = Cache::builder("c").soft_timeout(ms(1)).build();
    let text = "build: soft_timeout needs a runtime, to measure the time";
    assert_eq!(built.unwrap_err().to_string(), text);
}
