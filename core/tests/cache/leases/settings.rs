//! What leases need, and who has none.

use super::*;
use cachefn_core::{ErrorKind, NamedCache, Tier, cachefn, with_cache_async};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

#[test]
fn h_39_leases_without_what_they_need_are_errors_that_say_it() {
    let world = World::new();
    let plain = || over::<u32, u32>(&world.store, &world.time.clock);
    let cases = [
        (
            Cache::builder("c").leases(world.leases.clone()),
            "build: leases need a storage, where the others find the value",
        ),
        (plain().leases(world.leases.clone()), "build: leases need a runtime, to measure the time"),
        (plain().lease_time(LIFE), "build: lease_time needs leases, which last so long"),
        (world.builder().lease_time(ms(0)), "build: lease_time is longer than zero"),
    ];
    for (builder, text) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Config, text));
    }
}

#[test]
fn h_39_leases_of_a_named_cache_are_checked_when_it_is_built() {
    let world = World::new();
    let builder = || NamedCache::builder("n").storage(world.store.clone());
    let error = builder().leases(world.leases.clone()).build().unwrap_err();
    assert_eq!(error.to_string(), "build: leases need a runtime, to measure the time");
    let builder = builder().runtime(world.time.clone()).leases(world.leases.clone());
    assert!(builder.lease_time(LIFE).build().is_ok());
}

#[test]
fn s_15_a_lease_lasts_as_long_as_a_load_may_take_unless_it_is_said() {
    let world = World::new();
    for (timeout, expected) in [(Some(ms(3_000)), 3_000), (None, 30_000)] {
        let builder = over(&world.store, &world.time.clock).runtime(world.time.clone());
        let mut builder = builder.leases(world.leases.clone());
        if let Some(timeout) = timeout {
            builder = builder.load_timeout(timeout);
        }
        let cache: Cache<u32, u32> = builder.build().unwrap();
        let gate = Gate::default();
        let mut leads = Task::new(cache.get_or_fetch(&1, || gate.make(7)));
        assert_eq!(leads.advance(), None);
        world.time.clock.advance(ms(expected - 1));
        assert!(world.holder().is_some());
        world.time.clock.advance(ms(1));
        assert!(world.holder().is_none());
    }
}

#[test]
fn s_37_what_goes_to_memory_alone_needs_no_lease() {
    let world = World::new();
    let cache = world.process();
    world.lend(LIFE);
    let options = cachefn_core::EntryOptions::new().tier(Tier::Memory);
    assert_eq!(finish(cache.get_or_fetch_with(&1, options, async |_| 7)), 7);
    let options = cachefn_core::EntryOptions::new().tier(Tier::Storage);
    let mut waits = Task::new(cache.get_or_fetch_with(&1, options, async |_| 8));
    assert_eq!(waits.advance(), None);
}

#[test]
fn p_09_hits_ask_for_no_lease() {
    let world = World::new();
    let cache = world.process();
    finish(cache.set(1, 7)).unwrap();
    world.leases.inject(LeaseFaults::none().errors(1.0));
    world.store.calls();
    assert_eq!(finish(cache.get_or_fetch(&1, async || 8)), 7);
    assert_eq!(finish(cache.get(&1)), Ok(Some(7)));
    assert_eq!((cache.stats().lease_failures, world.store.calls()), (0, vec![]));
}

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cachefn(cache = "n", id = "one")]
async fn one(id: u32) -> u32 {
    RUNS.fetch_add(1, SeqCst);
    cachefn_conformance::yield_now().await;
    id * 2
}

#[test]
fn h_07_a_function_of_a_named_cache_runs_once_in_all_processes() {
    let world = World::new();
    let open = || {
        let builder = NamedCache::builder("n").storage(world.store.clone());
        let builder = builder.clock(world.time.clock.clone()).runtime(world.time.clone());
        builder.leases(world.leases.clone()).build().unwrap()
    };
    let (here, there) = (open(), open());
    let mut leads = Task::new(with_cache_async("n", &here, one(7)));
    assert_eq!(leads.poll_times(1), None);
    world.settle();
    let mut waits = Task::new(with_cache_async("n", &there, one(7)));
    for _ in 0..20 {
        world.settle();
        if leads.is_woken() {
            leads.poll().into_iter().for_each(|value| assert_eq!(value, 14));
        }
        if waits.is_woken() {
            if let Some(value) = waits.poll() {
                assert_eq!((value, RUNS.load(SeqCst)), (14, 1));
                return;
            }
        }
    }
    panic!("it hangs");
}
