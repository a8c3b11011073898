//! `top` and `doctor`, without a terminal.

use std::time::Duration;

use bytes::Bytes;
use cachefn::{Clock, Keep, Record, Storage, SystemClock, Token};

use crate::support::*;

#[test]
fn top_prints_what_it_sees_at_every_look() {
    let place = Place::filled();
    let words = ["top", "--json", "--count", "2", "--interval", "1ms"];
    let objects = place.run(&words).succeeds().objects();
    assert_eq!(objects.len(), 6, "three caches, twice");
    assert!(objects.iter().all(|own| own["fresh"] == 3));
    assert_eq!(
        (&objects[0]["records_per_second"], &objects[5]["records_per_second"]),
        (&serde_json::Value::Null, &0.0.into())
    );
    let text = place.run(&["top", "--count", "1"]).succeeds().out;
    assert!(text.contains("9 records, ") && text.contains("\nCACHE "), "{text}");
}

#[test]
fn doctor_is_content_with_a_sound_storage_and_leaves_nothing_in_it() {
    let place = Place::filled();
    let ended = place.run(&["doctor"]).succeeds();
    assert!(ended.out.contains("writes, reads and deletes in "), "{ended:?}");
    assert!(ended.out.contains("users: 3 entries can be returned"), "{ended:?}");
    assert!(ended.out.ends_with("0 faults, 0 warnings\n"), "{ended:?}");
    assert_eq!(place.run(&["keys", "--dead"]).succeeds().lines().len(), 9);
}

#[test]
fn doctor_finds_records_that_are_damaged_from_the_future_or_of_two_codecs() {
    let place = Place::filled();
    place.run(&["set", "other", "1", "-n", "pages", "--codec", "json"]).succeeds();
    let storage = place.storage();
    let year = 365 * 86_400_000;
    block_on(async {
        let keep = |name: &'static str, record: Bytes| {
            storage.set(name.as_bytes(), record, Keep::default())
        };
        keep("users:damaged", Bytes::from_static(b"\xCA\x66\x6E nonsense")).await.unwrap();
        let token = storage.tokens(&[b"%n:tables"]).await.unwrap()[0].unwrap();
        let created = SystemClock::new().wall_ms() + year;
        keep("tables:future", future(created, token).encode(None)).await.unwrap();
    });
    close(&storage);
    drop(storage);
    let ended = place.run(&["doctor"]).fails(1);
    for told in [
        "fault    users: 1 record cannot be read",
        "fault    tables: 1 record from the future",
        "warning  pages: its records are json and postcard",
        "2 faults, 1 warning",
    ] {
        assert!(ended.out.contains(told), "{told}: {ended:?}");
    }
    let objects = place.run(&["doctor", "--json"]).fails(1).objects();
    assert_eq!(objects.iter().filter(|own| own["verdict"] == "fault").count(), 2);
    let damaged = place.run(&["stats", "-n", "users", "--json"]).succeeds().objects();
    assert_eq!((&damaged[0]["unreadable"], &damaged[0]["fresh"]), (&1.into(), &3.into()));
}

fn future(created: u64, namespace_token: Token) -> Record {
    Record {
        codec: 3,
        schema: 0,
        created,
        fresh_for: u64::try_from(Duration::from_secs(60).as_millis()).unwrap(),
        revalidates_for: 0,
        bridges_for: 0,
        idle_for: u64::MAX,
        name: "tables:future".into(),
        namespace_token,
        tags: Vec::new(),
        payload: "\x07".into(),
    }
}

#[test]
fn a_damaged_file_is_told_of_and_is_a_fault() {
    let place = damaged();
    let ended = place.run(&["doctor"]).fails(1);
    assert!(ended.out.contains("it was damaged") && ended.out.contains("it is now "));
    let ended = damaged().run(&["keys"]).fails(1);
    assert!(ended.told.contains("cachefn: damaged: ") && ended.told.contains("it is now "));
}

/// A file that is known for what it is, and of no use.
fn damaged() -> Place {
    let place = Place::filled();
    let mut bytes = std::fs::read(place.file()).unwrap();
    bytes[4_096..].fill(0xA5);
    bytes[16..320].fill(0xA5);
    std::fs::write(place.file(), bytes).unwrap();
    place
}
