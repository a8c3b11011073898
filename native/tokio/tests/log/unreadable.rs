//! Sets on the disk alone whose lines are damaged, or whose log cannot be written any more.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cachefn_conformance::{Faults, MapStorage};
use cachefn_core::{Keep, Storage};
use cachefn_tokio::OutboxEvent;

use crate::scene::{Place, Process};
use crate::spilling::{LITTLE, get, quick};
use crate::support::now;

type Events = Arc<Mutex<Vec<OutboxEvent>>>;

fn begin(place: &Place, map: &MapStorage) -> (Process, Events) {
    let events = Events::default();
    let heard = Arc::clone(&events);
    let log = |log| quick(log).file_bytes(8_000);
    let process = place.begin_with(map, Faults::down(), log, |outbox| {
        let outbox = outbox.max_bytes(LITTLE);
        outbox.listener(move |event| heard.lock().unwrap().push(event.clone()))
    });
    (process, events)
}

/// Changes a byte of the record, or of the name, of a line in the one file.
fn damage(place: &Place, record: &[u8], back: usize) {
    let [file] = &place.files()[..] else { panic!("{:?}", place.files()) };
    let mut bytes = std::fs::read(place.path().join(file)).unwrap();
    let found = bytes.windows(record.len()).position(|window| window == record).unwrap();
    bytes[found - back] ^= 1;
    std::fs::write(place.path().join(file), bytes).unwrap();
}

#[test]
fn h_30_a_set_whose_line_is_damaged_is_told_and_its_name_is_deleted() {
    let (place, map) = (Place::new(), MapStorage::new());
    now(map.set(b"n:7", Bytes::from_static(b"older"), Keep::default())).unwrap();
    let (process, events) = begin(&place, &map);
    for number in 0..12 {
        process.set(&format!("n:{number}"), &format!("record {number}."));
    }
    damage(&place, b"record 7.", 0);
    assert_eq!((get(&process, "n:7"), get(&process, "n:8")), (None, Some("record 8.".into())));
    process.server.inject(Faults::none());
    process.runtime.drive(process.outbox.flush()).unwrap();
    assert_eq!((map.len(), now(map.get(b"n:7")).unwrap()), (11, None));
    let lost = |event: &&OutboxEvent| matches!(event, OutboxEvent::LogDamaged(_));
    let events = events.lock().unwrap();
    let lost: Vec<String> = events.iter().filter(lost).map(ToString::to_string).collect();
    assert_eq!(lost, ["a set that waited is lost: log: the line of n:7 cannot be read any more"]);
    assert_eq!(process.outbox.pending().dropped, 1);
}

#[test]
fn h_30_a_set_whose_very_name_is_damaged_is_told_and_the_others_are_written() {
    let (place, map) = (Place::new(), MapStorage::new());
    let (process, events) = begin(&place, &map);
    for number in 0..12 {
        process.set(&format!("n:{number}"), &format!("record {number}."));
    }
    // Before the record: its length, the number of tokens, no life, the time, and the end of the name.
    damage(&place, b"record 7.", 4 + 4 + 1 + 8 + 1);
    assert_eq!(get(&process, "n:7"), None);
    process.server.inject(Faults::none());
    process.runtime.drive(process.outbox.flush()).unwrap();
    assert_eq!((map.len(), process.outbox.pending().entries), (11, 0));
    let lost = |event: &OutboxEvent| matches!(event, OutboxEvent::LogDamaged(_));
    assert!(events.lock().unwrap().iter().any(lost));
}

#[test]
fn h_30_a_damaged_line_does_not_stop_a_log_from_being_written_anew() {
    let (place, map) = (Place::new(), MapStorage::new());
    let process = place.begin_with(
        &map,
        Faults::down(),
        |log| quick(log).file_bytes(20_000).max_bytes(40_000),
        |outbox| outbox.max_bytes(LITTLE),
    );
    for number in 0..12 {
        process.set(&format!("n:{number}"), &format!("record {number}."));
    }
    damage(&place, b"record 7.", 0);
    for number in 0..2_000 {
        process.set("n:other", &number.to_string());
    }
    let pending = process.outbox.pending();
    assert_eq!((pending.dropped, pending.entries), (1, 13));
    process.recover();
    assert_eq!((map.len(), now(map.get(b"n:7")).unwrap()), (12, None));
}

#[test]
fn h_33_when_the_disk_refuses_what_is_on_it_is_read_and_the_next_process_finds_none_of_it() {
    let (place, map) = (Place::new(), MapStorage::new());
    let (process, events) = begin(&place, &map);
    let told = |kind: fn(&OutboxEvent) -> bool| {
        let events = events.lock().unwrap();
        events.iter().filter(|event| kind(event)).count()
    };
    for number in 0..30 {
        process.set(&format!("n:{number}"), "before");
    }
    assert!(process.outbox.pending().on_disk > 20);
    // The next file cannot be begun.
    std::fs::remove_dir_all(place.path()).unwrap();
    for number in 0..10 {
        process.set(&format!("m:{number}"), &"x".repeat(1_000));
    }
    assert_eq!(told(|event| matches!(event, OutboxEvent::LogFailed(_))), 1);
    std::fs::create_dir_all(place.path()).unwrap();
    assert_eq!(get(&process, "n:29"), Some("before".into()));
    process.set("n:1", "after");
    process.delete("n:2");
    process.server.inject(Faults::none());
    process.runtime.drive(process.outbox.flush()).unwrap();
    assert_eq!(process.outbox.pending().entries, 0);
    let stored = |name: &str| now(map.get(name.as_bytes())).unwrap().map(|found| found.record);
    assert_eq!(
        (stored("n:1"), stored("n:2"), stored("n:29")),
        (Some("after".into()), None, Some("before".into()))
    );
    assert_eq!(told(|event| matches!(event, OutboxEvent::LogWorks)), 1);
    process.server.inject(Faults::down());
    process.set("n:next", "waits");
    drop(process);
    assert_eq!(place.begin(&map, Faults::down()).outbox.pending().entries, 1);
}
