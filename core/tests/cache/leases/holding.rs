//! How long a lease is held: renewed while the fetcher runs, given back with its result, over when its
//! holder is gone.

use super::*;

#[test]
fn h_11_when_the_holder_has_died_another_leads_as_soon_as_its_lease_is_over() {
    let world = World::new();
    world.lend(ms(5_000));
    let cache = world.process();
    let mut waits = Task::new(cache.get_or_fetch(&1, async || 7));
    assert_eq!(waits.advance(), None);
    world.pass(ms(4_990));
    assert_eq!(waits.advance(), None);
    world.pass(ms(10));
    assert_eq!(waits.advance(), Some(7));
    assert_eq!((cache.stats().lease_waits, cache.stats().lease_failures), (1, 0));
    assert_eq!(world.stored(), Some(7));
}

#[test]
fn h_07_when_the_holder_has_died_one_of_those_who_wait_leads() {
    let (world, gate) = (World::new(), Gate::default());
    world.lend(ms(5_000));
    let caches = world.processes::<4>();
    let ask = |cache| Task::new(Cache::get_or_fetch(cache, &1, || gate.make(7)));
    let mut tasks: Vec<Task<'_, u32>> = caches.iter().map(ask).collect();
    assert!(tasks.iter_mut().all(|task| task.advance().is_none()));
    world.pass(ms(5_000));
    assert!(tasks.iter_mut().all(|task| task.advance().is_none()));
    assert_eq!(gate.runs.get(), 1);
    gate.open();
    let leads = tasks.iter_mut().position(|task| task.poll() == Some(7)).expect("one leads");
    drop(tasks.remove(leads));
    assert!(tasks.iter_mut().all(|task| task.advance() == Some(7)));
    assert_eq!(gate.runs.get(), 1);
}

#[test]
fn h_07_a_lease_is_renewed_for_as_long_as_the_fetcher_runs() {
    let (world, gate) = (World::new(), Gate::default());
    let [here, there] = world.processes();
    let mut leads = Task::new(here.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    let holder = world.holder();
    assert!(holder.is_some());
    world.pass(LIFE * 3);
    assert_eq!(world.holder(), holder);
    let mut waits = Task::new(there.get_or_fetch(&1, || gate.make(8)));
    assert_eq!(waits.advance(), None);
    world.pass(LIFE / 2);
    assert_eq!(waits.advance(), None);
    gate.open();
    assert_eq!((leads.poll(), waits.advance()), (Some(7), Some(7)));
    assert_eq!((gate.runs.get(), world.settle()), (1, 0));
}

#[test]
fn s_15_a_leader_that_is_dropped_gives_its_lease_back_and_another_process_leads() {
    let (world, gate) = (World::new(), Gate::default());
    let [here, there] = world.processes();
    let mut leads = Task::new(here.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    let mut waits = Task::new(there.get_or_fetch(&1, async || 8));
    assert_eq!(waits.advance(), None);
    drop(leads);
    assert_eq!(world.settle(), 0);
    assert_eq!(waits.advance(), Some(8));
    assert_eq!((world.holder(), there.stats().lease_failures), (None, 0));
}

#[test]
fn s_15_wherever_a_caller_gives_up_it_leaves_no_lease_behind() {
    for polls in 0..40 {
        let mut world = World::new();
        let faults = LeaseFaults::none().delays(1.0);
        world.leases = LocalLeases::with(polls, world.time.clock.clone(), faults);
        world.store.pauses(1);
        let cache = world.process();
        let mut task = Task::new(cache.get_or_fetch(&1, async || 7));
        let ended = task.poll_times(polls as usize).is_some();
        drop(task);
        assert_eq!(world.settle(), 0, "{polls} polls");
        assert_eq!((world.holder(), world.leases.waiting()), (None, 0), "{polls} polls");
        assert!(ended || polls < 39, "it ends at last");
    }
}

#[test]
fn s_13_when_the_leader_fails_another_process_runs_its_own_fetcher() {
    let (world, gate) = (World::new(), Gate::default());
    let [here, there] = world.processes();
    let fail = || async {
        gate.make(0).await;
        Err::<u32, _>("down")
    };
    let mut leads = Task::new(here.try_get_or_fetch(&1, fail));
    assert_eq!(leads.advance(), None);
    let mut waits = Task::new(there.try_get_or_fetch(&1, async || Ok::<_, &str>(8)));
    assert_eq!(waits.advance(), None);
    gate.open();
    assert_eq!(leads.poll(), Some(Err("down")));
    world.settle();
    assert_eq!(waits.advance(), Some(Ok(8)));
    assert_eq!(world.holder(), None);
}

#[test]
fn s_16_when_the_leader_panics_another_process_runs_its_own_fetcher() {
    let world = World::new();
    let [here, there] = world.processes();
    let fetch = async || -> u32 { panic!("on purpose") };
    let mut leads = Task::new(here.get_or_fetch(&1, fetch));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| leads.advance()));
    assert!(panicked.is_err());
    world.settle();
    assert_eq!(finish(there.get_or_fetch(&1, async || 8)), 8);
    assert_eq!(world.holder(), None);
}

#[test]
fn s_12_a_value_that_is_not_to_be_stored_is_made_by_each_process() {
    let world = World::new();
    for (cache, value) in world.processes::<2>().iter().zip([7, 8]) {
        let fetch = async |context: cachefn_core::LoadContext<u32>| {
            context.skip();
            value
        };
        let options = cachefn_core::EntryOptions::new();
        assert_eq!(finish(cache.get_or_fetch_with(&1, options, fetch)), value);
        world.settle();
        assert_eq!(world.holder(), None);
    }
}
