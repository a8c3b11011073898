//! What happens while messages may be missed, and when they come again.

use super::*;
use cachefn_core::{BoxFuture, Glob, Hear};
use std::time::Duration;

/// A cache whose memory is out of date, because it missed a message.
fn outdated(bound: Option<Duration>) -> (Cache<u32, u32>, ManualClock, Store, Connection) {
    let (store, bus, clock) = (Store::new(), LocalBus::new(), clock());
    let connection = bus.connect();
    let mut builder = over(&store, &clock).bus(connection.clone());
    if let Some(bound) = bound {
        builder = builder.stale_while_lost(bound);
    }
    let cache = builder.build().unwrap();
    finish(cache.set(1, 1)).unwrap();
    connection.lose();
    finish(joined(&store, &bus).set(1, 2)).unwrap();
    (cache, clock, store, connection)
}

#[test]
fn s_35_nothing_stays_stale_for_longer_than_the_bound() {
    for (bound, said) in [(1_000, Some(ms(1_000))), (10_000, None)] {
        let (cache, clock, ..) = outdated(said);
        clock.advance(ms(bound - 1));
        assert_eq!(finish(cache.get(&1)), Ok(Some(1)), "that is how long it may be");
        clock.advance(ms(1));
        assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    }
}

#[test]
fn s_35_no_way_of_reading_finds_what_was_trusted_for_too_long() {
    type Way = fn(&Cache<u32, u32>) -> bool;
    let ways: [Way; 7] = [
        |cache| finish(cache.peek(&1)) == Ok(Some(2)),
        |cache| finish(cache.get_many(&[1])) == Ok(vec![Some(2)]),
        |cache| finish(cache.get_or_fetch(&1, || async { 3 })) == 2,
        |cache| finish(cache.get_or_fetch_shared(&1, || async { 3 })) == 2,
        |cache| cache.len() == 0,
        |cache| cache.keys(&Glob::prefix("")).is_empty(),
        |cache| cache.entries(&Glob::prefix(""), 9).is_empty(),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let (cache, clock, ..) = outdated(Some(ms(1_000)));
        clock.advance(ms(1_000));
        assert!(way(&cache), "way {number}");
    }
    let (cache, clock, store, _) = outdated(Some(ms(1_000)));
    clock.advance(ms(1_000));
    store.lose_all();
    assert_eq!(finish(cache.contains(&1)), Ok(false));
    // Nor does a change.
    let (cache, clock, ..) = outdated(Some(ms(1_000)));
    clock.advance(ms(1_000));
    assert_eq!(finish(cache.update(1, |old| old.map(|old| old * 10))), Ok(Some(20)));
    let (cache, clock, store, _) = outdated(Some(ms(1_000)));
    clock.advance(ms(1_000));
    store.lose_all();
    assert_eq!(finish(cache.set_if_absent(1, 5)), Ok(true));
}

#[test]
fn s_35_a_bound_of_zero_trusts_memory_with_nothing() {
    let (cache, _, store, connection) = outdated(Some(Duration::ZERO));
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    store.calls();
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    assert_eq!(store.calls()[0], "get", "what was read from the storage is not trusted either");
    connection.restore();
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    store.calls();
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    assert_eq!(store.calls(), [""; 0], "now it is");
}

#[test]
fn s_35_what_is_read_or_written_while_messages_are_missed_is_bounded_too() {
    let (store, bus, clock) = (Store::new(), LocalBus::new(), clock());
    let connection = bus.connect();
    let builder = over::<u32, u32>(&store, &clock).bus(connection.clone());
    let cache = builder.stale_while_lost(ms(1_000)).build().unwrap();
    connection.lose();
    let other = joined(&store, &bus);
    for round in 0..5 {
        finish(other.set(1, 10 + round)).unwrap();
        finish(cache.set(2, 10)).unwrap();
        clock.advance(ms(300));
        assert!(finish(cache.get(&1)).unwrap().is_some());
        finish(other.set(1, 20 + round)).unwrap();
        finish(other.set(2, 20)).unwrap();
        clock.advance(ms(1_000));
        assert_eq!(finish(cache.get(&1)), Ok(Some(20 + round)));
        assert_eq!(finish(cache.get(&2)), Ok(Some(20)));
    }
}

#[test]
fn s_35_hearing_again_that_it_is_lost_gives_no_more_time() {
    let (store, clock, raw) = (Store::new(), clock(), Raw::default());
    let builder = over::<u32, u32>(&store, &clock).bus(raw.clone());
    let cache = builder.stale_while_lost(ms(1_000)).build().unwrap();
    finish(cache.set(1, 1)).unwrap();
    raw.hear(Notice::Lost);
    clock.advance(ms(999));
    raw.hear(Notice::Lost);
    assert_eq!(cache.len(), 1);
    clock.advance(ms(1));
    assert_eq!(cache.len(), 0);
}

#[test]
fn h_38_once_the_connection_is_restored_nothing_older_is_served() {
    let (cache, _, store, connection) = outdated(Some(Duration::MAX));
    assert_eq!(finish(cache.get(&1)), Ok(Some(1)));
    connection.restore();
    assert_eq!(cache.len(), 0);
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    store.calls();
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    assert_eq!(store.calls(), [""; 0], "from memory again");
}

#[test]
fn h_38_what_was_being_loaded_or_promoted_when_it_was_restored_is_not_stored() {
    let (store, bus, clock) = (Store::new(), LocalBus::new(), clock());
    let connection = bus.connect();
    let cache = over::<u32, u32>(&store, &clock).bus(connection.clone()).build().unwrap();
    let other = joined(&store, &bus);
    finish(other.set(1, 1)).unwrap();
    connection.lose();
    store.pauses(2);
    let mut promotion = Task::new(cache.get(&1));
    assert_eq!(promotion.poll_times(3), None);
    store.pauses(0);
    finish(other.set(1, 2)).unwrap();
    let load = cache.get_or_fetch(&3, || async {
        finish(other.delete(&3)).unwrap();
        connection.restore();
        30
    });
    assert_eq!(finish(load), 30);
    assert_eq!(promotion.finish(), Ok(Some(1)), "it ran at the same time");
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
    assert_eq!(finish(cache.get(&3)), Ok(None));
}

#[test]
fn s_35_messages_that_still_come_while_it_is_lost_are_obeyed() {
    let (store, raw) = (Store::new(), Raw::default());
    let cache = over::<u32, u32>(&store, &clock()).bus(raw.clone()).build().unwrap();
    finish(cache.set(1, 1)).unwrap();
    raw.hear(Notice::Lost);
    raw.hear(Notice::Message(Message::new("c", 0, keys(&["1"]))));
    assert_eq!(cache.len(), 0);
    raw.hear(Notice::Restored);
    finish(cache.set(1, 1)).unwrap();
    assert_eq!(cache.len(), 1);
    // That it is restored without having been lost is heard as well.
    raw.hear(Notice::Restored);
    assert_eq!(cache.len(), 0);
}

#[test]
fn s_35_a_cache_that_is_closed_or_dropped_ends_its_subscription() {
    let raw = Raw::default();
    let open = || Cache::<u32, u32>::builder("c").bus(raw.clone()).clock(clock()).build().unwrap();
    let (one, other) = (open(), open());
    assert_eq!(raw.subscribers(), 2);
    finish(one.close()).unwrap();
    assert_eq!(raw.subscribers(), 1);
    drop(other);
    assert_eq!(raw.subscribers(), 0);
}

/// Keeps those who hear, for the test to speak to.
#[derive(Clone, Default)]
struct Raw(Arc<Mutex<Vec<Arc<Hear>>>>);

impl Raw {
    fn hear(&self, notice: Notice) {
        let all = self.0.lock().unwrap().clone();
        all.iter().for_each(|hear| hear(notice.clone()));
    }

    /// How many have not ended their subscription.
    fn subscribers(&self) -> usize {
        self.0.lock().unwrap().iter().filter(|hear| Arc::strong_count(hear) > 1).count()
    }
}

impl Bus for Raw {
    fn publish<'a>(&'a self, _: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }
    fn subscribe(&self, hear: Hear) -> Hearing {
        let hear = Arc::new(hear);
        self.0.lock().unwrap().push(hear.clone());
        Box::new(hear)
    }
}

#[test]
fn s_35_a_cache_may_be_built_while_the_connection_is_lost() {
    let (store, bus, clock) = (Store::new(), LocalBus::new(), clock());
    let connection = bus.connect();
    connection.lose();
    let builder = over::<u32, u32>(&store, &clock).bus(connection.clone());
    let cache = builder.stale_while_lost(ms(1_000)).build().unwrap();
    let other = joined(&store, &bus);
    finish(other.set(1, 1)).unwrap();
    assert_eq!(finish(cache.get(&1)), Ok(Some(1)));
    finish(other.set(1, 2)).unwrap();
    clock.advance(ms(1_000));
    assert_eq!(finish(cache.get(&1)), Ok(Some(2)));
}
