//! What is told, to whom, and when.

use super::*;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{Glob, Mode, Postcard, Tier};

/// Every change of key 1, which is there with the tag `t`, by its name.
fn changes() -> Vec<(&'static str, Option<u32>)> {
    vec![
        ("set", Some(2)),
        ("set_with", Some(2)),
        ("set outside", Some(2)),
        ("set_many", Some(2)),
        ("update", Some(2)),
        ("update to nothing", None),
        ("delete", None),
        ("delete_many", None),
        ("expire", None),
        ("tag", None),
        ("tag, expiring", None),
        ("pattern", None),
        ("clear", None),
    ]
}

async fn change(how: &str, cache: &Cache<u32, u32>) -> Result<(), Error> {
    match how {
        "set" => cache.set(1, 2).await,
        "set_with" => cache.set_with(1, 2, tagged("u")).await,
        "set outside" => cache.set_with(1, 2, EntryOptions::new().tier(Tier::Storage)).await,
        "set_many" => cache.set_many([(1, 2), (7, 7)]).await,
        "update" => cache.update(1, |old| old.map(|old| old + 1)).await.map(drop),
        "update to nothing" => cache.update(1, |_| None).await.map(drop),
        "delete" => cache.delete(&1).await.map(drop),
        "delete_many" => cache.delete_many(&[1, 7]).await.map(drop),
        "expire" => cache.expire(&1).await.map(drop),
        "tag" => cache.invalidate_by_tag("t").await,
        "tag, expiring" => cache.invalidate_by_tag_with("t", Mode::Expire).await,
        "pattern" => cache.invalidate_by_pattern(&Glob::new("1").unwrap()).await.map(drop),
        "clear" => cache.clear().await,
        _ => unreachable!(),
    }
}

#[test]
fn h_38_every_change_reaches_the_memory_of_two_and_of_eight_caches() {
    for number in [2, 8] {
        for (how, expected) in changes() {
            let (store, bus) = (Store::new(), LocalBus::new());
            let caches = many(number, &store, &bus);
            finish(caches[0].set_with(1, 1, tagged("t"))).unwrap();
            for cache in &caches {
                assert_eq!(finish(cache.get(&1)), Ok(Some(1)));
            }
            finish(change(how, &caches[number - 1])).unwrap();
            for cache in &caches {
                assert_eq!(finish(cache.get(&1)), Ok(expected), "{how}");
            }
        }
    }
}

#[test]
fn h_38_only_one_of_several_who_set_what_is_absent_tells() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (caches, ear) = (many(2, &store, &bus), Ear::on(&bus));
    assert_eq!(finish(caches[0].set_if_absent(1, 1)), Ok(true));
    assert_eq!(ear.take(), [keys(&["1"])]);
    assert_eq!(finish(caches[1].set_if_absent(1, 2)), Ok(false));
    assert_eq!(ear.take(), []);
    assert_eq!(finish(caches[1].get(&1)), Ok(Some(1)));
}

#[test]
fn s_35_a_message_says_whose_entries_and_what_and_who_and_no_value() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
    let expected = [
        ("set", keys(&["1"])),
        ("set_with", keys(&["1"])),
        ("set outside", keys(&["1"])),
        ("set_many", keys(&["1", "7"])),
        ("update", keys(&["1"])),
        ("update to nothing", keys(&["1"])),
        ("delete", keys(&["1"])),
        ("delete_many", keys(&["1", "7"])),
        ("expire", keys(&["1"])),
        ("tag", Invalidation::Tags(owned(&["t"]), Mode::Remove)),
        ("tag, expiring", Invalidation::Tags(owned(&["t"]), Mode::Expire)),
        ("pattern", Invalidation::Patterns(owned(&["1"]), Mode::Remove)),
        ("clear", Invalidation::Everything),
    ];
    let mut origins = Vec::new();
    for (how, what) in expected {
        finish(change(how, &cache)).unwrap();
        let messages = ear.messages();
        assert_eq!(messages.len(), 1, "{how}: {messages:?}");
        assert_eq!((&*messages[0].namespace, &messages[0].what), ("c", &what), "{how}");
        origins.push(messages[0].origin);
    }
    origins.dedup();
    assert_eq!(origins.len(), 1, "one cache has one origin");
    finish(change("set", &joined(&store, &bus))).unwrap();
    assert_ne!(ear.messages()[0].origin, origins[0], "and another cache another");
    finish(cache.invalidate_by_tags(["a", "b"])).unwrap();
    assert_eq!(ear.take(), [Invalidation::Tags(owned(&["a", "b"]), Mode::Remove)]);
}

#[test]
fn h_38_own_messages_do_not_evict_own_fresh_entries() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
    for (how, expected) in changes().into_iter().filter(|(_, expected)| expected.is_some()) {
        if how == "set outside" {
            continue; // where memory is not meant
        }
        finish(cache.set(1, 1)).unwrap();
        finish(change(how, &cache)).unwrap();
        store.calls();
        assert_eq!(finish(cache.get(&1)), Ok(expected), "{how}");
        assert_eq!(store.calls(), [""; 0], "{how}: memory had it");
    }
    assert!(ear.take().len() > 4, "the bus carried them to their sender, too");
    assert_eq!(cache.stats().bus_messages, 0);
}

#[test]
fn s_34_others_are_told_only_after_the_storage_has_accepted_the_change() {
    for (how, _) in changes() {
        let (store, bus) = (Store::new(), LocalBus::new());
        let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
        finish(cache.set_with(1, 1, tagged("t"))).unwrap();
        ear.take();
        store.pauses(2);
        let mut task = Task::new(change(how, &cache));
        let mut told_before = 0;
        while task.poll().is_none() {
            told_before += ear.take().len();
        }
        assert_eq!((told_before, ear.take().len()), (0, 1), "{how}");
    }
}

#[test]
fn s_34_what_the_storage_refused_is_not_told() {
    for how in ["set", "delete", "expire", "clear", "update"] {
        let (store, bus) = (Store::new(), LocalBus::new());
        let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
        finish(cache.set(1, 1)).unwrap();
        ear.take();
        store.is(Mood::Down);
        assert!(finish(change(how, &cache)).is_err(), "{how}");
        assert_eq!(ear.take(), [], "{how}");
    }
}

#[test]
fn s_34_what_the_storage_may_have_accepted_is_told() {
    let (storage, bus) = (Chaos::new(MapStorage::new(), 1), LocalBus::new());
    let builder = Cache::<u32, u32>::builder("c").storage(storage.clone()).codec(Postcard);
    let cache = builder.bus(bus.connect()).build().unwrap();
    let ear = Ear::on(&bus);
    storage.inject(Faults::none().lost_answers(1.0).for_writes());
    assert!(finish(cache.delete(&1)).is_err());
    assert_eq!(ear.take(), [keys(&["1"])]);
    assert!(finish(cache.delete_many(&[1, 2])).is_err());
    assert_eq!(ear.take(), [keys(&["1", "2"])]);
    // A part of many may be through.
    storage.inject(Faults::down());
    assert!(finish(cache.set_many([(1, 1), (2, 2)])).is_err());
    assert_eq!(ear.take(), [keys(&["1", "2"])]);
}

#[test]
fn s_37_what_only_memory_has_beside_a_storage_is_not_told() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
    finish(cache.set_with(1, 1, EntryOptions::new().tier(Tier::Memory))).unwrap();
    assert_eq!(ear.take(), []);
}

#[test]
fn s_35_a_cache_without_a_storage_tells_right_after_memory() {
    let bus = LocalBus::new();
    let open = || Cache::<u32, u32>::builder("c").bus(bus.connect()).clock(clock()).build();
    let (caches, ear) = ([open().unwrap(), open().unwrap()], Ear::on(&bus));
    for (how, _) in changes() {
        finish(caches[1].set_with(1, 1, tagged("t"))).unwrap();
        ear.take();
        finish(change(how, &caches[0])).unwrap();
        assert_eq!(ear.take().len(), 1, "{how}");
        assert_eq!(finish(caches[1].get(&1)), Ok(None), "{how}");
    }
    assert_eq!(finish(caches[0].set_if_absent(9, 9)), Ok(true));
    assert_eq!(finish(caches[0].set_if_absent(9, 9)), Ok(false));
    assert_eq!(ear.take(), [keys(&["9"])]);
}

#[test]
fn s_35_what_a_fetcher_brings_replaces_nothing_that_was_valid_and_is_not_told() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (caches, ear) = (many(2, &store, &bus), Ear::on(&bus));
    assert_eq!(finish(caches[0].get_or_fetch(&1, || async { 1 })), 1);
    assert_eq!(finish(caches[1].get_or_fetch_shared(&2, || async { 2 })), 2);
    assert_eq!(finish(caches[1].get(&1)), Ok(Some(1)));
    assert_eq!(ear.take(), []);
}

#[test]
fn s_35_many_keys_are_told_in_several_messages() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (caches, ear) = (many(2, &store, &bus), Ear::on(&bus));
    finish(caches[1].set_many((0..2_500).map(|key| (key, 1)))).unwrap();
    let counts: Vec<usize> = ear
        .take()
        .iter()
        .map(|what| match what {
            Invalidation::Keys(texts) => texts.len(),
            _ => 0,
        })
        .collect();
    assert_eq!(counts, [1_000, 1_000, 500]);
}
