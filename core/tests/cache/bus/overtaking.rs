//! Writes of this cache that a message overtakes while they are on their way to the storage.

use super::*;
use cachefn_core::{Glob, Mode};

#[test]
fn s_18_a_load_that_memory_has_and_the_storage_not_yet_is_taken_back() {
    let invalidations = [keys(&["1"]), Invalidation::Patterns(owned(&["?"]), Mode::Remove)];
    for what in invalidations {
        for said_after in 0..3 {
            let (store, bus) = (Store::new(), LocalBus::new());
            let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
            let mut load = Task::new(cache.get_or_fetch(&1, || async { 10 }));
            store.pauses(2);
            while cache.len() == 0 {
                assert_eq!(load.poll(), None);
            }
            assert_eq!(load.poll_times(said_after), None);
            ear.say("c", what.clone());
            assert_eq!(load.finish(), 10);
            assert_eq!((cache.len(), store.has("c:1")), (0, false), "{what:?} after {said_after}");
        }
    }
}

#[test]
fn s_18_what_another_cache_has_written_since_stays() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (cache, other) = (joined(&store, &bus), joined(&store, &bus));
    let mut load = Task::new(cache.get_or_fetch(&1, || async { 10 }));
    store.pauses(2);
    while !store.has("c:1") {
        assert_eq!(load.poll(), None);
    }
    store.pauses(0);
    finish(other.set(1, 20)).unwrap();
    assert_eq!(load.finish(), 10);
    assert_eq!(finish(cache.get(&1)), Ok(Some(20)));
    assert_eq!(finish(other.get(&1)), Ok(Some(20)));
}

#[test]
fn s_18_other_keys_are_not_taken_back() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
    let mut load = Task::new(cache.get_or_fetch(&1, || async { 10 }));
    store.pauses(2);
    while cache.len() == 0 {
        assert_eq!(load.poll(), None);
    }
    ear.say("c", keys(&["2", "11"]));
    assert_eq!(load.finish(), 10);
    assert!(store.has("c:1"));
}

#[test]
fn s_28_a_write_whose_tokens_another_cache_replaces_does_not_stay_in_memory_either() {
    for how in ["clear", "tag", "own clear", "own tag", "restored"] {
        let mut agreed = 0;
        for polls in 1..20 {
            let (store, bus) = (Store::new(), LocalBus::new());
            let connection = bus.connect();
            let builder = over::<u32, u32>(&store, &clock()).bus(connection.clone());
            let (cache, other) = (builder.build().unwrap(), joined(&store, &bus));
            store.pauses(2);
            let mut set = Task::new(cache.set_with(1, 10, tagged("t")));
            if set.poll_times(polls).is_some() {
                break;
            }
            store.pauses(0);
            match how {
                "clear" => finish(other.clear()).unwrap(),
                "tag" => finish(other.invalidate_by_tag("t")).unwrap(),
                "own clear" => finish(cache.clear()).unwrap(),
                "own tag" => finish(cache.invalidate_by_tag("t")).unwrap(),
                _ => {
                    connection.lose();
                    finish(other.clear()).unwrap();
                    connection.restore();
                }
            }
            set.finish().unwrap();
            let here = finish(cache.get(&1));
            assert_eq!(here, finish(plain(&store).get(&1)), "{how} after {polls}");
            agreed += 1;
        }
        assert!(agreed > 5, "{how}");
    }
}

#[test]
fn h_38_an_update_whose_entry_a_message_removes_changes_what_the_storage_has() {
    let mut raced = 0;
    for polls in 0..20 {
        let (store, bus) = (Store::new(), LocalBus::new());
        let (cache, other) = (joined(&store, &bus), joined(&store, &bus));
        finish(other.set(1, 10)).unwrap();
        finish(other.set(2, 10)).unwrap();
        store.pauses(1);
        let mut update = Task::new(cache.update(1, |old| Some(old.expect("it is there") + 1)));
        if update.poll_times(polls).is_some() {
            break;
        }
        store.pauses(0);
        // Whoever hears this finds the same again.
        Ear::on(&bus).say("c", keys(&["1"]));
        assert_eq!(update.finish(), Ok(Some(11)), "after {polls} polls");
        assert_eq!(finish(cache.get(&1)), Ok(Some(11)));
        assert_eq!(finish(other.get(&1)), Ok(Some(11)));
        raced += 1;
    }
    assert!(raced > 5);
}

#[test]
fn s_32_an_entry_whose_record_an_own_pattern_took_along_does_not_stay_in_memory_either() {
    let mut taken = 0;
    for sweeping in 0..16 {
        for setting in 0..16 {
            let (store, bus) = (Store::new(), LocalBus::new());
            let cache = joined(&store, &bus);
            finish(cache.set(1, 9)).unwrap();
            store.pauses(2);
            let pattern = Glob::prefix("");
            let mut sweep = Task::new(cache.invalidate_by_pattern(&pattern));
            let mut set = Task::new(cache.set(1, 10));
            let mut swept = sweep.poll_times(sweeping).is_some();
            let mut was_set = set.poll_times(setting).is_some();
            // Either may wait for the other.
            for _ in 0..3 {
                swept = swept || sweep.advance().is_some();
                was_set = was_set || set.advance().is_some();
            }
            assert!(swept && was_set, "{sweeping}, {setting}");
            store.pauses(0);
            let there = finish(plain(&store).get(&1)).unwrap();
            assert_eq!(finish(cache.get(&1)), Ok(there), "{sweeping}, {setting}");
            taken += u32::from(there.is_none());
        }
    }
    assert!(taken > 0);
}

#[test]
fn s_34_a_change_of_what_the_storage_has_lost_stays_with_nobody() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let caches = many(2, &store, &bus);
    finish(caches[0].set(1, 10)).unwrap();
    store.lose("c:1");
    let add_one = |old: Option<u32>| old.map(|old| old + 1);
    assert_eq!(finish(caches[0].update(1, add_one)), Ok(Some(11)));
    for cache in &caches {
        assert_eq!(
            finish(cache.get(&1)),
            Ok(None),
            "a record without its tags could not be invalidated"
        );
    }
}
