//! No call fails because of leases: without them each process makes its own value.

use super::*;
use cachefn_core::{BoxFuture, Claim, Error};

#[test]
fn s_19_when_leases_cannot_be_had_each_process_makes_its_own() {
    let world = World::new();
    let [here, there] = world.processes();
    world.leases.inject(LeaseFaults::none().errors(1.0));
    let (log, _subscription) = Log::of(&here);
    assert_eq!(finish(here.get_or_fetch(&1, async || 7)), 7);
    assert_eq!(log.count("error 1 lease-failed"), 1);
    assert_eq!((here.stats().lease_failures, here.stats().load_failures), (1, 0));
    assert_eq!((world.stored(), finish(there.get_or_fetch(&1, async || 8))), (Some(7), 7));
    assert_eq!(there.stats().lease_failures, 0, "what is there needs no lease");
    assert_eq!(finish(there.get_or_fetch(&2, async || 8)), 8);
    assert_eq!(finish(here.get_or_fetch_shared(&3, async || 9)), 9);
}

#[test]
fn s_19_one_lost_answer_at_whatever_point_fails_no_call_and_hides_no_value() {
    for seed in 0..200 {
        let mut world = World::new();
        let faults = LeaseFaults::none().errors(0.2).mutes(0.2).silences(0.3).delays(0.5);
        world.leases = LocalLeases::with(seed, world.time.clock.clone(), faults);
        let (processes, runs) = (world.processes::<4>(), Cell::new(0));
        let mut tasks = Tasks::new(seed).with(&world.time.background);
        for cache in &processes {
            for key in [1, 2] {
                let runs = &runs;
                let fetch = move || async move {
                    runs.set(runs.get() + 1);
                    cachefn_conformance::yield_now().await;
                    10 + key
                };
                tasks.spawn(async move {
                    assert_eq!(cache.get_or_fetch(&key, fetch).await, 10 + key);
                });
            }
        }
        // What was not told ends by time.
        for _ in 0..40 {
            while tasks.step() {}
            world.time.pass(LIFE / 10);
        }
        tasks.run();
        assert!((2..=8).contains(&runs.get()), "seed {seed}: {} runs", runs.get());
        world.leases.inject(LeaseFaults::none());
        for cache in &processes {
            let late =
                async || -> u32 { unreachable!("seed {seed}: nobody has the value any more") };
            assert_eq!(finish(cache.get_or_fetch(&1, late)), 11, "seed {seed}");
        }
    }
}

#[test]
fn s_19_who_has_waited_for_as_long_as_a_lease_lasts_makes_its_own() {
    let (world, gate) = (World::new(), Gate::default());
    let [here, there] = world.processes();
    let mut slow = Task::new(here.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(slow.advance(), None);
    let (log, _subscription) = Log::of(&there);
    let mut waits = Task::new(there.get_or_fetch(&1, async || 8));
    assert_eq!(waits.advance(), None);
    world.pass(LIFE - ms(1));
    assert_eq!(waits.advance(), None);
    world.pass(ms(10));
    assert_eq!(waits.advance(), Some(8));
    assert_eq!((log.count("error 1 lease-failed"), there.stats().lease_failures), (1, 1));
    // It began later: what the other brings is older.
    gate.open();
    assert_eq!(slow.poll(), Some(7));
    world.settle();
    assert_eq!((world.stored(), finish(here.get(&1))), (Some(8), Ok(Some(8))));
    assert_eq!(here.stats().fenced, 1);
}

#[test]
fn s_19_a_storage_that_is_down_is_not_waited_for() {
    let world = World::new();
    let cache = world.process();
    world.lend(LIFE);
    world.store.is(Mood::Down);
    assert_eq!(finish(cache.get_or_fetch(&1, async || 7)), 7);
    assert_eq!((cache.stats().lease_failures, cache.stats().lease_waits), (0, 0));
}

#[test]
fn s_19_a_change_that_could_not_revoke_a_lease_succeeds_as_the_storage_does_and_an_event_tells() {
    let world = World::new();
    let cache = world.process();
    finish(cache.set(1, 7)).unwrap();
    world.leases.inject(LeaseFaults::none().errors(1.0));
    let (log, _subscription) = Log::of(&cache);
    assert_eq!(finish(cache.delete(&1)), Ok(true));
    assert_eq!((world.stored(), finish(cache.get(&1))), (None, Ok(None)));
    assert_eq!(finish(cache.set(1, 8)), Ok(()));
    assert_eq!((world.stored(), finish(cache.get(&1))), (Some(8), Ok(Some(8))));
    assert_eq!(finish(cache.update(1, |old| old.map(|old| old + 1))), Ok(Some(9)));
    assert_eq!(finish(cache.expire(&1)), Ok(true));
    assert_eq!(finish(cache.set_many([(1, 5)])), Ok(()));
    assert_eq!(finish(cache.delete_many(&[1])), Ok(1));
    assert_eq!(finish(cache.set_if_absent(1, 6)), Ok(true));
    assert_eq!((cache.stats().lease_failures, log.count("error lease-failed")), (7, 7));
    world.store.is(Mood::Down);
    assert!(finish(cache.delete(&1)).unwrap_err().is_retryable(), "the storage decides");
}

#[test]
fn s_19_when_it_is_not_known_whether_the_lease_is_held_the_value_stays_in_memory() {
    let (world, gate) = (World::new(), Gate::default());
    let cache = world.process();
    let mut leads = Task::new(cache.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    world.leases.inject(LeaseFaults::none().errors(1.0));
    let (log, _subscription) = Log::of(&cache);
    gate.open();
    assert_eq!(leads.poll(), Some(7));
    assert_eq!((world.stored(), finish(cache.get(&1))), (None, Ok(Some(7))));
    assert_eq!(log.count("error 1 lease-failed"), 1);
}

/// Leases that never answer.
struct Hanging;

impl Leases for Hanging {
    fn acquire<'a>(
        &'a self,
        _: &'a [u8],
        _: Token,
        _: Duration,
    ) -> BoxFuture<'a, Result<Claim, Error>> {
        Box::pin(std::future::pending())
    }
    fn take<'a>(&'a self, _: &'a [u8], _: Token, _: Duration) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { Err(Error::unavailable("take", "on purpose")) })
    }
    fn renew<'a>(
        &'a self,
        _: &'a [u8],
        _: Token,
        _: Duration,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(std::future::pending())
    }
    fn release<'a>(&'a self, _: &'a [u8], _: Token) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(std::future::pending())
    }
    fn revoke<'a>(&'a self, _: &'a [&'a [u8]]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(std::future::pending())
    }
    fn released<'a>(&'a self, _: &'a [u8]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn s_19_leases_that_do_not_answer_hold_a_load_up_for_as_long_as_a_lease_lasts() {
    let world = World::new();
    let cache = world.builder().leases(Hanging).build().unwrap();
    let mut loads = Task::new(cache.get_or_fetch(&1, async || 7));
    assert_eq!(loads.advance(), None);
    world.pass(LIFE);
    assert_eq!(loads.advance(), Some(7));
    assert_eq!((cache.stats().lease_failures, world.stored()), (1, Some(7)));
}
