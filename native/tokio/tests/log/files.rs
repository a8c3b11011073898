//! First start, next start, files that come and go, and a disk that refuses.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Faults, LocalBus, MapStorage};
use cachefn_core::{Bus, ErrorKind, Invalidation, Keep, Message, Notice, Storage, Token};
use cachefn_tokio::{Durability, Log, OutboxEvent};

use crate::scene::{Place, held, pairs};
use crate::support::now;

#[test]
fn h_37_what_waits_is_there_at_the_next_start_in_its_order_and_the_last_write_wins() {
    let (place, map) = (Place::new(), MapStorage::new());
    now(map.set(b"n:gone", Bytes::from_static(b"old"), Keep::default())).unwrap();
    let first = place.begin(&map, Faults::down());
    for number in 0..50 {
        first.set("n:a", &number.to_string());
    }
    first.set("n:b", "b");
    first.delete("n:gone");
    drop(first);
    let second = place.begin(&map, Faults::down());
    assert_eq!(second.outbox.pending().entries, 3);
    second.set("n:a", "newest");
    drop(second);
    place.begin(&map, Faults::down()).recover();
    assert_eq!(held(&map), pairs(&[("n:a", "newest"), ("n:b", "b")]));
    // What was accepted is not written again.
    now(map.set(b"n:a", Bytes::from_static(b"by others"), Keep::default())).unwrap();
    place.begin(&map, Faults::none()).recover();
    assert_eq!(held(&map)[0].1, "by others");
    assert!(place.bytes() < 200, "{:?}", place.files());
}

#[test]
fn h_37_the_dead_are_not_replayed_and_no_restart_makes_a_life_longer() {
    let (place, map) = (Place::new(), MapStorage::new());
    let first = place.begin(&map, Faults::down());
    let keep = Keep::new(Some(Duration::from_secs(10)), &[b"%n:n"]);
    let record = Bytes::from_static(b"record");
    for name in ["n:a", "n:b"] {
        first.runtime.drive(first.outbox.set(name.as_bytes(), record.clone(), keep)).unwrap();
    }
    drop(first);
    // The clock of the next process shows 0 as that of the first did: nobody was alive in between.
    let second = place.begin(&map, Faults::down());
    let found = now(second.outbox.get(b"n:a")).unwrap().unwrap();
    assert_eq!(found.remaining, Some(Duration::from_secs(10)));
    second.runtime.advance(Duration::from_secs(10));
    assert_eq!(now(second.outbox.get(b"n:a")).unwrap(), None);
    second.recover();
    assert!(map.is_empty());
}

#[test]
fn s_28_a_token_that_waits_survives_with_what_was_known_before_it() {
    let (place, map) = (Place::new(), MapStorage::new());
    let (old, new) = (Token([1; 16]), Token([2; 16]));
    let first = place.begin(&map, Faults::none());
    first.runtime.drive(first.outbox.create_tokens(&[(b"%n:n", old)])).unwrap();
    first.server.inject(Faults::down());
    first.runtime.drive(first.outbox.replace_tokens(&[(b"%n:n", new)])).unwrap();
    drop(first);
    place.begin(&map, Faults::down()).recover();
    assert_eq!(now(map.tokens(&[b"%n:n"])).unwrap(), [Some(new)]);
}

#[test]
fn s_34_messages_that_follow_what_waits_are_told_by_the_next_process() {
    let (place, map, bus) = (Place::new(), MapStorage::new(), LocalBus::new());
    let first = place.begin(&map, Faults::down());
    let following = first.outbox.bus(bus.connect());
    first.set("n:a", "a");
    let message = Message::new("n", 7, Invalidation::Keys(vec!["a".into()]));
    first.runtime.drive(following.publish(&message)).unwrap();
    drop((first, following));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&heard);
    let _hearing =
        bus.connect().subscribe(Arc::new(move |notice| told.lock().unwrap().push(notice)));
    let second = place.begin(&map, Faults::none());
    second.runtime.advance(Duration::from_secs(60));
    assert!(heard.lock().unwrap().is_empty(), "there is no bus yet");
    let _following = second.outbox.bus(bus.connect());
    second.runtime.advance(Duration::from_secs(60));
    assert_eq!(*heard.lock().unwrap(), [Notice::Message(message)]);
    assert_eq!(second.runtime.tasks(), 0);
}

#[test]
fn h_37_one_outbox_at_a_time_has_a_log() {
    let (place, map) = (Place::new(), MapStorage::new());
    let first = place.begin(&map, Faults::none());
    let error = Log::open(place.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("in use by another outbox"), "{error}");
    first.runtime.drive(first.outbox.close()).unwrap();
    assert!(Log::open(place.path()).unwrap().damaged().is_empty());
    std::fs::write(place.0.path().join("file"), b"text").unwrap();
    let error = Log::open(place.0.path().join("file")).unwrap_err();
    assert!(error.to_string().contains("is a file; name a folder"), "{error}");
    let error = Log::builder(place.path()).file_bytes(10).max_bytes(10).open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn h_37_a_log_is_bounded_however_often_the_same_is_written() {
    for durability in [Durability::EachBatch, Durability::Never] {
        let (place, map) = (Place::new(), MapStorage::new());
        let first = place.begin_with(
            &map,
            Faults::down(),
            |log| log.file_bytes(4_000).max_bytes(20_000).durability(durability),
            |outbox| outbox,
        );
        for number in 0..5_000 {
            first.set(&format!("n:{}", number % 20), &number.to_string());
            assert!(place.bytes() <= 21_000, "{}", place.bytes());
        }
        drop(first);
        let second = place.begin(&map, Faults::down());
        assert_eq!(second.outbox.pending().entries, 20);
        second.recover();
        assert_eq!(held(&map).len(), 20);
        assert!(held(&map).iter().all(|(_, record)| record.parse::<u32>().unwrap() >= 4_980));
    }
}

#[test]
fn h_33_a_disk_that_refuses_is_told_and_the_outbox_goes_on_in_memory() {
    let (place, map, events) = (Place::new(), MapStorage::new(), Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&events);
    let first = place.begin_with(
        &map,
        Faults::down(),
        |log| log.file_bytes(1_000),
        |outbox| outbox.listener(move |event| heard.lock().unwrap().push(event.clone())),
    );
    first.set("n:a", "a");
    std::fs::remove_dir_all(place.path()).unwrap();
    for number in 0..100 {
        first.set(&format!("n:{number}"), "record");
    }
    let failed = |event: &&OutboxEvent| matches!(event, OutboxEvent::LogFailed(_));
    assert_eq!(events.lock().unwrap().iter().filter(failed).count(), 1);
    assert_eq!(first.outbox.pending().entries, 101);
    std::fs::create_dir_all(place.path()).unwrap();
    first.server.inject(Faults::none());
    first.runtime.drive(first.outbox.flush()).unwrap();
    assert_eq!(held(&map).len(), 101);
    assert!(events.lock().unwrap().contains(&OutboxEvent::LogWorks));
}

#[test]
fn h_33_a_file_that_a_full_disk_left_without_its_header_stands_in_nobodys_way() {
    let (place, map, events) = (Place::new(), MapStorage::new(), Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&events);
    let first = place.begin_with(
        &map,
        Faults::down(),
        |log| log.file_bytes(1_000),
        |outbox| outbox.listener(move |event| heard.lock().unwrap().push(event.clone())),
    );
    for (number, left) in [(2, &b""[..]), (3, b"half a header")] {
        std::fs::write(place.path().join(format!("{number:08x}.log")), left).unwrap();
    }
    (0..100).for_each(|number| first.set(&format!("n:{number}"), "record"));
    assert!(place.files().len() > 3, "{:?}", place.files());
    let failed = |event: &OutboxEvent| matches!(event, OutboxEvent::LogFailed(_));
    assert!(!events.lock().unwrap().iter().any(failed), "{events:?}");
    drop(first);
    let second = place.begin(&map, Faults::none());
    assert!(second.damaged.is_empty(), "{:?}", second.damaged);
    second.recover();
    assert_eq!(held(&map).len(), 100);
}

#[test]
fn h_36_what_is_left_at_shutdown_is_told_and_there_at_the_next_start() {
    let (place, map) = (Place::new(), MapStorage::new());
    let first = place.begin(&map, Faults::down());
    first.set("n:a", "a");
    let errors = first.runtime.drive(first.outbox.shutdown(Duration::from_secs(1)));
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert!(error.to_string().starts_with("shutdown: outbox: 1 changes"), "{error}");
    first.runtime.run();
    assert_eq!(first.runtime.tasks(), 0);
    assert!(now(first.outbox.get(b"n:a")).unwrap_err().to_string().contains("closed"));
    place.begin(&map, Faults::none()).recover();
    assert_eq!(held(&map), pairs(&[("n:a", "a")]));
}
