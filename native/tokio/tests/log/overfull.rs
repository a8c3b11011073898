//! What becomes of sets that have no room on the disk either.

use cachefn_conformance::{Faults, MapStorage};
use cachefn_core::Storage;
use cachefn_tokio::LogBuilder;

use crate::scene::Place;
use crate::spilling::{LITTLE, get, little, quick};
use crate::support::now;

#[test]
fn s_36_where_even_the_places_have_no_room_the_oldest_go_and_are_told() {
    let (place, map) = (Place::new(), MapStorage::new());
    let process = little(&place, &map, Faults::down());
    for number in 0..500 {
        process.set(&format!("n:{number}"), "record");
        let pending = process.outbox.pending();
        assert!(pending.bytes <= LITTLE, "{pending:?}");
    }
    let pending = process.outbox.pending();
    assert!(pending.dropped > 100 && pending.merged > 0, "{pending:?}");
    assert_eq!(get(&process, "n:499"), Some("record".into()));
    process.recover();
    assert!(now(map.tokens(&[b"%n:n"])).unwrap()[0].is_some(), "a token for those that went");
}

#[test]
fn s_36_a_log_without_room_is_no_place_for_more_than_fits() {
    let (place, map) = (Place::new(), MapStorage::new());
    let log = |log: LogBuilder| quick(log).file_bytes(1_000).max_bytes(8_000);
    let process = place.begin_with(&map, Faults::down(), log, |outbox| outbox.max_bytes(LITTLE));
    for number in 0..300 {
        process.set(&format!("n:{number}"), &"x".repeat(100));
        let pending = process.outbox.pending();
        assert!(pending.bytes <= LITTLE, "{pending:?}");
        assert!(place.bytes() <= 9_000, "{}", place.bytes());
    }
    assert!(process.outbox.pending().dropped > 0);
    assert_eq!(get(&process, "n:299"), Some("x".repeat(100)));
    process.recover();
}

#[test]
fn s_36_a_record_larger_than_half_the_log_may_has_no_room_and_stops_nothing() {
    let (place, map) = (Place::new(), MapStorage::new());
    let log = |log: LogBuilder| quick(log).file_bytes(1_000).max_bytes(4_000);
    let process = place.begin_with(&map, Faults::down(), log, |outbox| outbox);
    process.set("n:first", "record");
    process.server.inject(Faults::none());
    process.runtime.drive(process.outbox.flush()).unwrap();
    process.server.inject(Faults::down());
    for name in ["n:a", "n:b", "n:c"] {
        process.set(name, &"x".repeat(3_900));
    }
    process.recover();
    assert_eq!(map.len(), 4);
}

#[test]
fn h_37_what_a_larger_log_kept_is_not_in_memory_either_and_is_written() {
    let (place, map) = (Place::new(), MapStorage::new());
    let first = place.begin_with(&map, Faults::down(), quick, |outbox| outbox);
    for number in 0..100 {
        first.set(&format!("n:{number}"), &"x".repeat(1_000));
    }
    drop(first);
    let log = |log: LogBuilder| quick(log).file_bytes(1_000).max_bytes(8_000);
    let second = place.begin_with(&map, Faults::down(), log, |outbox| outbox.max_bytes(10_000));
    let pending = second.outbox.pending();
    assert!(pending.bytes <= 10_000 && pending.entries == 100, "{pending:?}");
    second.recover();
    assert_eq!(map.len(), 100);
}
