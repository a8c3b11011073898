//! What a message does to memory.

use super::*;
use cachefn_core::{Mode, Tier};

fn two(store: &Store, bus: &LocalBus) -> [Cache<u32, u32>; 2] {
    [joined(store, bus), joined(store, bus)]
}

#[test]
fn s_35_messages_about_other_names_are_not_meant() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
    finish(cache.set_with(1, 1, tagged("t"))).unwrap();
    store.calls();
    for name in ["d", "", "c2", "cc/x", "c/x", "C"] {
        ear.say(name, keys(&["1"]));
        ear.say(name, Invalidation::Patterns(owned(&["*"]), Mode::Remove));
        ear.say(name, Invalidation::Everything);
    }
    ear.say("d", Invalidation::Tags(owned(&["t"]), Mode::Remove));
    ear.say("c", keys(&["2", "", "x", "01", "1 "]));
    ear.say("c", Invalidation::Tags(owned(&["u"]), Mode::Remove));
    ear.say("c", Invalidation::Patterns(owned(&["2*"]), Mode::Remove));
    assert_eq!(finish(cache.get(&1)), Ok(Some(1)));
    assert_eq!(store.calls(), [""; 0], "memory had it");
    assert_eq!(cache.stats().bus_messages, 3, "those of this name");
}

#[test]
fn s_35_tags_are_those_of_all_names_with_the_same_beginning() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let open = |name: &str| {
        let builder = Cache::<u32, u32>::builder(name).storage(store.clone()).clock(clock());
        builder.codec(cachefn_core::Postcard).bus(bus.connect()).build().unwrap()
    };
    let [users, pages, shop, other] = ["shop/users", "shop/pages", "shop", "shop-2"].map(open);
    for cache in [&users, &pages, &shop, &other] {
        finish(cache.set_with(1, 1, tagged("t"))).unwrap();
    }
    finish(users.invalidate_by_tag("t")).unwrap();
    let got = [&users, &pages, &shop, &other].map(|cache| finish(cache.get(&1)).unwrap());
    assert_eq!(got, [None, None, None, Some(1)]);
    // Everything of a name is also what is below it, as far as memory goes.
    for cache in [&users, &other] {
        finish(cache.set(1, 2)).unwrap();
    }
    finish(shop.clear()).unwrap();
    store.calls();
    assert_eq!((finish(users.get(&1)), users.len()), (Ok(Some(2)), 1));
    assert_eq!(store.calls()[0], "get", "the record is still there");
    assert_eq!(finish(other.get(&1)), Ok(Some(2)));
    assert_eq!(store.calls(), [""; 0]);
}

#[test]
fn s_29_entries_that_another_cache_expires_may_still_bridge_a_failure() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let open = || joined_at(&store, &bus, &clock()).stale_if_error(ms(60_000)).build().unwrap();
    let caches = [open(), open()];
    finish(caches[1].set_with(1, 10, tagged("t"))).unwrap();
    finish(caches[0].invalidate_by_tag_with("t", Mode::Expire)).unwrap();
    assert_eq!(finish(caches[1].get(&1)), Ok(None));
    store.is(Mood::Down);
    assert_eq!(finish(caches[1].get_or_fetch(&1, || async { Err("down") })), Ok(10));
}

#[test]
fn s_29_patterns_expire_too_when_a_message_says_so() {
    let bus = LocalBus::new();
    let builder = Cache::<u32, u32>::builder("c").bus(bus.connect()).clock(clock());
    let cache = builder.stale_if_error(ms(60_000)).build().unwrap();
    finish(cache.set(1, 10)).unwrap();
    Ear::on(&bus).say("c", Invalidation::Patterns(owned(&["1"]), Mode::Expire));
    assert_eq!(finish(cache.get(&1)), Ok(None));
    assert_eq!(finish(cache.get_or_fetch(&1, || async { Err("down") })), Ok(10));
}

#[test]
fn s_24_a_pattern_that_cannot_be_read_may_mean_anything() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
    finish(cache.set(1, 1)).unwrap();
    let (log, _subscription) = Log::of(&cache);
    ear.say("c", Invalidation::Patterns(owned(&["9", "[9"]), Mode::Remove));
    assert_eq!(cache.len(), 0);
    assert_eq!((log.count("error bus-failed"), cache.stats().bus_failures), (1, 1));
}

#[test]
fn s_33_what_leaves_because_of_a_message_is_told_once_and_no_call_is_counted() {
    let bus = LocalBus::new();
    let builder = Cache::<u32, u32>::builder("c").bus(bus.connect()).clock(clock());
    let cache = builder.build().unwrap();
    finish(cache.set_many([(1, 1), (2, 2), (3, 3)])).unwrap();
    finish(cache.set_with(4, 4, tagged("t"))).unwrap();
    let (log, _subscription) = Log::of(&cache);
    let ear = Ear::on(&bus);
    for _ in 0..2 {
        ear.say("c", keys(&["1", "9"]));
        ear.say("c", Invalidation::Patterns(owned(&["2"]), Mode::Remove));
        ear.say("c", Invalidation::Tags(owned(&["t"]), Mode::Remove));
    }
    assert_eq!(cache.len(), 1);
    ear.say("c", Invalidation::Everything);
    let expected = ["delete 1 deleted", "delete 2 pattern", "delete 4 tag", "delete 3 cleared"];
    assert_eq!(log.take(), expected);
    let stats = cache.stats();
    assert_eq!((stats.deletes, stats.invalidations, stats.bus_messages), (0, 0, 7));
    cache.reset_stats();
    assert_eq!(cache.stats().bus_messages, 0);
}

#[test]
fn s_18_a_load_that_began_before_a_message_is_returned_and_stored_nowhere() {
    let invalidations = [
        keys(&["1"]),
        keys(&["x", "1"]),
        Invalidation::Tags(owned(&["t"]), Mode::Remove),
        Invalidation::Patterns(owned(&["1"]), Mode::Remove),
        Invalidation::Everything,
    ];
    for what in invalidations {
        for tier in [Tier::Both, Tier::Storage] {
            let (store, bus) = (Store::new(), LocalBus::new());
            let (cache, ear) = (joined(&store, &bus), Ear::on(&bus));
            let load = cache.get_or_fetch_with(&1, tagged("t").tier(tier), |_| async {
                ear.say("c", what.clone());
                10
            });
            assert_eq!(finish(load), 10, "{what:?}");
            assert_eq!((cache.len(), store.has("c:1")), (0, false), "{what:?}");
            assert_eq!(cache.stats().fenced, 1);
        }
    }
}

#[test]
fn s_18_a_promotion_that_races_with_a_message_never_stores_the_older_value() {
    for pause in 1..6 {
        for others in [keys(&["1"]), Invalidation::Everything] {
            let (store, bus) = (Store::new(), LocalBus::new());
            let [one, other] = two(&store, &bus);
            finish(one.set(1, 1)).unwrap();
            store.pauses(3);
            let mut get = Task::new(other.get(&1));
            let early = get.poll_times(pause);
            store.pauses(0);
            finish(one.set(1, 2)).unwrap();
            if others == Invalidation::Everything {
                finish(one.clear()).unwrap();
                finish(one.set(1, 2)).unwrap();
            }
            let read = early.unwrap_or_else(|| get.finish());
            assert!(
                matches!(read, Ok(Some(1 | 2)) | Ok(None)),
                "{read:?}: they ran at the same time"
            );
            assert_eq!(finish(other.get(&1)), Ok(Some(2)), "after {pause} polls, {others:?}");
        }
    }
}

#[test]
fn s_18_the_same_holds_for_many_keys_at_once() {
    for pause in 1..6 {
        let (store, bus) = (Store::new(), LocalBus::new());
        let [one, other] = two(&store, &bus);
        finish(one.set_many([(1, 1), (2, 1)])).unwrap();
        store.pauses(3);
        let keys = [1, 2];
        let mut get = Task::new(other.get_many(&keys));
        let early = get.poll_times(pause);
        store.pauses(0);
        finish(one.set_many([(1, 2), (2, 2)])).unwrap();
        let _ = early.unwrap_or_else(|| get.finish());
        assert_eq!(finish(other.get_many(&keys)).unwrap(), [Some(2); 2], "after {pause} polls");
    }
}

#[test]
fn s_35_a_cache_that_is_closed_or_dropped_hears_nothing_more() {
    let (store, bus) = (Store::new(), LocalBus::new());
    let [one, other] = two(&store, &bus);
    let log = Log::of(&other);
    finish(other.close()).unwrap();
    finish(one.set(1, 1)).unwrap();
    assert_eq!((other.stats().bus_messages, log.0.take().len()), (0, 0));
    let held = store.holders();
    drop((other, log));
    assert!(store.holders() < held, "the subscription does not hold the cache");
    finish(one.set(1, 2)).unwrap();
}
