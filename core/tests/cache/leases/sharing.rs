//! Of all processes one makes a value, and the others have it.

use super::*;

#[test]
fn h_07_of_two_processes_one_runs_its_fetcher_and_the_other_has_the_value() {
    let (world, gate) = (World::new(), Gate::default());
    let [here, there] = world.processes();
    let mut leads = Task::new(here.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    let mut waits = Task::new(there.get_or_fetch(&1, || gate.make(8)));
    assert_eq!(waits.advance(), None);
    assert_eq!((world.leases.waiting(), gate.runs.get()), (1, 1));
    gate.open();
    assert_eq!(leads.poll(), Some(7));
    // It was told, and no time has passed.
    assert_eq!(waits.advance(), Some(7));
    assert_eq!((gate.runs.get(), world.holder(), world.leases.waiting()), (1, None, 0));
    let stats = there.stats();
    assert_eq!((stats.lease_waits, stats.lease_failures, stats.loads), (1, 0, 0));
    assert_eq!((here.stats().lease_waits, here.stats().loads), (0, 1));
    assert_eq!(finish(there.get_or_fetch(&1, async || 9)), 7, "memory has it");
    assert_eq!(world.settle(), 0, "nothing is left running");
}

#[test]
fn h_07_eight_processes_with_many_callers_run_one_fetcher_in_any_order() {
    for seed in 0..300 {
        let mut world = World::new();
        let faults = LeaseFaults::none().delays(0.5);
        world.leases = LocalLeases::with(seed, world.time.clock.clone(), faults);
        world.store.pauses((seed % 3) as usize);
        let (processes, runs) = (world.processes::<8>(), Cell::new(0));
        let mut tasks = Tasks::new(seed).with(&world.time.background);
        for cache in &processes {
            for _ in 0..5 {
                let runs = &runs;
                let fetch = async || {
                    runs.set(runs.get() + 1);
                    cachefn_conformance::yield_now().await;
                    7
                };
                tasks.spawn(async move { assert_eq!(cache.get_or_fetch(&1, fetch).await, 7) });
            }
        }
        tasks.run();
        assert_eq!(runs.get(), 1, "seed {seed}");
        assert_eq!((world.holder(), world.leases.waiting()), (None, 0), "seed {seed}");
    }
}

#[test]
fn h_07_every_way_to_ask_waits_for_the_other_process() {
    type Ask = fn(Cache<u32, u32>) -> Task<'static, u32>;
    const ASKS: [(&str, Ask); 5] = [
        ("get_or_fetch_with", |cache| {
            Task::new(async move {
                let options = cachefn_core::EntryOptions::new().tag("t");
                cache.get_or_fetch_with(&1, options, async |_| unreachable!()).await
            })
        }),
        ("try_get_or_fetch", |cache| {
            Task::new(async move {
                let fetch = async || -> Result<u32, u8> { unreachable!() };
                cache.try_get_or_fetch(&1, fetch).await.unwrap()
            })
        }),
        ("get_or_fetch_shared", |cache| {
            Task::new(async move {
                cache.get_or_fetch_shared(&1, async || -> u32 { unreachable!() }).await
            })
        }),
        ("try_get_or_fetch_shared", |cache| {
            Task::new(async move {
                let fetch = async || -> Result<u32, u8> { unreachable!() };
                cache.try_get_or_fetch_shared(&1, fetch).await.unwrap()
            })
        }),
        ("warm", |cache| {
            Task::new(async move {
                let warming = cachefn_core::Warming::new(1);
                let made = cache.warm([1], warming, async |_| -> u32 { unreachable!() }).await;
                assert_eq!(made, 0);
                cache.get(&1).await.unwrap().unwrap()
            })
        }),
    ];
    for (way, ask) in ASKS {
        let (world, gate) = (World::new(), Gate::default());
        let [here, there] = world.processes();
        let mut leads = Task::new(here.get_or_fetch(&1, || gate.make(7)));
        assert_eq!(leads.advance(), None, "{way}");
        let mut waits = ask(there);
        assert_eq!(waits.advance(), None, "{way}");
        world.settle();
        gate.open();
        assert_eq!(leads.poll(), Some(7), "{way}");
        world.settle();
        assert_eq!(waits.advance(), Some(7), "{way}");
    }
}

#[test]
fn s_12_a_plain_get_of_a_cache_with_a_fetcher_waits_for_the_other_process_and_one_without_does_not()
{
    let (world, gate) = (World::new(), Gate::default());
    let [here, there] = world.processes();
    let through = world.builder().fetcher(async |_| unreachable!()).build().unwrap();
    let mut leads = Task::new(here.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    assert_eq!(finish(there.get(&1)), Ok(None));
    let mut waits = Task::new(through.get(&1));
    assert_eq!(waits.advance(), None);
    world.settle();
    // Who only looks does not wait for one who waits, either.
    gate.open();
    assert_eq!(leads.poll(), Some(7));
    world.settle();
    assert_eq!(waits.advance(), Some(Ok(Some(7))));
}

#[test]
fn s_12_a_stale_value_of_the_storage_is_there_for_others_while_another_process_makes_a_new_one() {
    let world = World::new();
    let open = || {
        let builder = world.builder().ttl(ms(1_000)).stale_while_revalidate(ms(100_000));
        builder.build().unwrap()
    };
    let (here, there, gate) = (open(), open(), Gate::default());
    finish(here.set(1, 6)).unwrap();
    world.pass(ms(2_000));
    let mut leads = Task::new(here.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    let mut waits = Task::new(there.get_or_fetch(&1, || gate.make(8)));
    assert_eq!(waits.advance(), None);
    let mut other = Task::new(there.get_or_fetch(&1, || gate.make(9)));
    assert_eq!(other.advance(), Some(6), "the other process need not be waited for");
    gate.open();
    assert_eq!(leads.poll(), Some(7));
    assert_eq!((waits.advance(), gate.runs.get()), (Some(7), 1));
}

#[test]
fn s_20_ahead_of_the_end_one_process_fetches_anew_for_all() {
    let world = World::new();
    let open = || {
        let builder = world.builder().ttl(ms(10_000)).refresh_after(0.5);
        builder.build().unwrap()
    };
    let (here, there) = (open(), open());
    finish(here.set(1, 1)).unwrap();
    assert_eq!(finish(there.get(&1)), Ok(Some(1)));
    world.pass(ms(6_000));
    let runs = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    for cache in [&here, &there] {
        let runs = runs.clone();
        let fetch = async move || {
            runs.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            cachefn_conformance::yield_now().await;
            2
        };
        assert_eq!(finish(cache.get_or_fetch_shared(&1, fetch)), 1);
    }
    assert_eq!(world.settle(), 0);
    assert_eq!(runs.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert_eq!((finish(here.get(&1)), finish(there.get(&1))), (Ok(Some(2)), Ok(Some(2))));
}
