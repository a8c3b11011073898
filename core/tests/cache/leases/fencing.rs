//! What was made under a lease that is lost is not stored.

use super::*;
use cachefn_core::EntryOptions;
use cachefn_core::private::{OnFailure, refresh_async};

/// A load of the first process that ends after something has happened elsewhere; what the storage has then,
/// and what the first process reads.
fn after(happens: impl FnOnce(&World, &Cache<u32, u32>)) -> (Option<u32>, Option<u32>, u64) {
    let (world, gate) = (World::new(), Gate::default());
    let [here, there] = world.processes();
    let mut leads = Task::new(here.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    happens(&world, &there);
    gate.open();
    assert_eq!(leads.poll(), Some(7), "the caller has its value");
    world.settle();
    (world.stored(), finish(here.get(&1)).unwrap(), here.stats().fenced)
}

#[test]
fn s_18_nothing_elsewhere_lets_the_value_be_stored() {
    assert_eq!(after(|_, _| ()), (Some(7), Some(7), 0));
}

#[test]
fn s_18_a_delete_in_another_process_wins() {
    let delete = |_: &World, there: &Cache<u32, u32>| ignore(finish(there.delete(&1)).unwrap());
    assert_eq!(after(delete), (None, None, 1));
    let many = |_: &World, there: &Cache<u32, u32>| {
        ignore(finish(there.delete_many(&[1, 1, 2])).unwrap());
    };
    assert_eq!(after(many), (None, None, 1));
    let expire = |_: &World, there: &Cache<u32, u32>| ignore(finish(there.expire(&1)).unwrap());
    assert_eq!(after(expire), (None, None, 1));
}

#[test]
fn s_18_a_newer_set_in_another_process_wins() {
    let won = (Some(8), Some(8), 1);
    assert_eq!(after(|_, there| finish(there.set(1, 8)).unwrap()), won);
    assert_eq!(after(|_, there| finish(there.set_many([(1, 8), (2, 9)])).unwrap()), won);
    assert_eq!(after(|_, there| ignore(finish(there.set_if_absent(1, 8)).unwrap())), won);
    assert_eq!(after(|_, there| ignore(finish(there.update(1, |_| Some(8))).unwrap())), won);
}

#[test]
fn s_18_a_refresh_in_another_process_wins() {
    let refresh = |_: &World, there: &Cache<u32, u32>| {
        let load = finish(refresh_async(there, &1, EntryOptions::new()));
        finish(load.finish(8, OnFailure::IN_TURN));
    };
    assert_eq!(after(refresh), (Some(8), Some(8), 1));
}

#[test]
fn s_18_who_deletes_what_it_loads_itself_finds_nothing_afterwards() {
    let (world, gate) = (World::new(), Gate::default());
    let cache = world.process();
    let mut leads = Task::new(cache.get_or_fetch(&1, || gate.make(7)));
    assert_eq!(leads.advance(), None);
    finish(cache.delete(&1)).unwrap();
    gate.open();
    assert_eq!(leads.poll(), Some(7));
    world.settle();
    assert_eq!((world.stored(), finish(cache.get(&1)), world.holder()), (None, Ok(None), None));
}

#[test]
fn h_12_a_lease_that_was_over_before_the_value_was_there_lets_nothing_be_stored() {
    let expire = |world: &World, _: &Cache<u32, u32>| world.time.clock.advance(LIFE);
    assert_eq!(after(expire), (None, None, 1));
}

#[test]
fn h_12_the_value_of_one_who_was_away_for_too_long_does_not_take_the_place_of_a_newer_one() {
    let overtake = |world: &World, there: &Cache<u32, u32>| {
        // Nothing of the first process moves meanwhile, nor are its renewals made.
        world.time.clock.advance(LIFE);
        assert_eq!(finish(there.get_or_fetch(&1, async || 8)), 8);
    };
    assert_eq!(after(overtake), (Some(8), Some(8), 1));
}

#[test]
fn s_18_a_delete_at_any_point_of_the_write_leaves_nothing_behind() {
    for polls in 0..24 {
        for pauses in 1..4 {
            let mut world = World::new();
            world.leases =
                LocalLeases::with(polls, world.time.clock.clone(), LeaseFaults::none().delays(0.7));
            world.store.pauses(pauses);
            let [here, there] = world.processes();
            let mut leads = Task::new(here.get_or_fetch(&1, async || 7));
            let ended = leads.poll_times(12 + polls as usize).is_some();
            // It asks for nothing in between.
            let before = world.holder().is_some();
            finish(there.delete(&1)).unwrap();
            if !ended {
                assert_eq!(leads.advance(), Some(7));
            }
            world.settle();
            if before || ended {
                assert_eq!(world.stored(), None, "{polls} polls, {pauses} pauses");
            }
        }
    }
}
