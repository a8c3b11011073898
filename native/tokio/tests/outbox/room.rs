//! What leaves when too much waits: the dead, then the oldest set, and never an invalidation.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Faults, LocalBus};
use cachefn_core::{Bus, Invalidation, Keep, Message, Notice, Storage, Token};

use crate::support::{Scene, now};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn s_36_beyond_the_bound_the_oldest_set_becomes_a_delete() {
    let scene = Scene::new(|builder| builder.max_entries(10));
    scene.set("n:0", "older");
    scene.server.inject(Faults::down());
    for number in 0..12 {
        scene.set(&format!("n:{number}"), "newer");
    }
    let pending = scene.outbox.pending();
    assert_eq!((pending.entries, pending.sets, pending.dropped), (12, 10, 2));
    assert_eq!((scene.get("n:0"), scene.get("n:2")), (None, Some("newer".into())));
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!((scene.map.len(), scene.stored("n:0")), (10, None));
}

#[test]
fn s_36_memory_is_bounded_by_bytes_and_invalidations_stay() {
    let scene = Scene::new(|builder| builder.max_bytes(20_000).max_entries(50));
    let token = Token([1; 16]);
    scene.runtime.drive(scene.outbox.create_tokens(&[(b"%t:n:tag", token)])).unwrap();
    scene.server.inject(Faults::down());
    let new = Token([2; 16]);
    scene.runtime.drive(scene.outbox.replace_tokens(&[(b"%t:n:tag", new)])).unwrap();
    for number in 0..2_000 {
        scene.set(&format!("n:{number}"), &"x".repeat(number % 1_000));
        let pending = scene.outbox.pending();
        assert!(pending.bytes <= 20_000 && pending.entries <= 101, "{pending:?}");
    }
    assert!(scene.outbox.pending().merged > 0);
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!(now(scene.map.tokens(&[b"%t:n:tag"])).unwrap(), [Some(new)]);
    assert!(now(scene.map.tokens(&[b"%n:n"])).unwrap()[0].is_some(), "a token for all of them");
}

#[test]
fn s_36_the_dead_leave_before_the_living() {
    let scene = Scene::new(|builder| builder.max_entries(2));
    scene.server.inject(Faults::down());
    scene.set("n:old", "lives");
    let keep = Keep::new(Some(Duration::from_secs(1)), &[]);
    let set = scene.outbox.set(b"n:dead", Bytes::from_static(b"dies"), keep);
    scene.runtime.drive(set).unwrap();
    scene.runtime.clock().advance(Duration::from_secs(2));
    scene.set("n:new", "lives");
    let pending = scene.outbox.pending();
    assert_eq!((pending.expired, pending.dropped, pending.sets), (1, 0, 2));
}

#[test]
fn s_36_tokens_for_which_there_is_no_room_are_refused_also_where_removals_could_be_merged() {
    let scene = Scene::new(|builder| builder.max_entries(3));
    scene.server.inject(Faults::down());
    assert!(!scene.delete("n:a") && !scene.delete("n:b"));
    let names = ["%n:a", "%n:b", "%n:c", "%n:d"].map(str::as_bytes);
    let tokens = names.map(|name| (name, Token([1; 16])));
    let error = scene.runtime.drive(scene.outbox.replace_tokens(&tokens)).unwrap_err();
    assert!(error.to_string().contains("raise its max_entries"), "{error}");
    scene.runtime.drive(scene.outbox.replace_tokens(&tokens[..1])).unwrap();
    assert_eq!(scene.outbox.pending().entries, 3);
}

#[test]
fn h_36_while_the_storage_works_a_full_outbox_loses_nothing() {
    let scene = Scene::new(|builder| builder.write_behind().max_entries(10));
    for number in 0..500 {
        now(scene.outbox.set(format!("n:{number}").as_bytes(), "r".into(), Keep::default()))
            .unwrap();
        assert!(scene.outbox.pending().entries <= 10);
    }
    scene.runtime.drive(scene.outbox.flush()).unwrap();
    assert_eq!((scene.map.len(), scene.outbox.pending().dropped), (500, 0));
}

#[test]
fn h_36_a_batch_is_one_call() {
    let scene = Scene::behind();
    for number in 0..200 {
        scene.set(&format!("n:{number}"), "record");
    }
    assert_eq!(scene.server.calls().total(), 0);
    scene.runtime.advance(Duration::from_millis(10));
    assert_eq!((scene.server.calls().set_many, scene.server.calls().total()), (1, 1));
    assert_eq!((scene.map.len(), scene.runtime.tasks()), (200, 0));
}

#[test]
fn s_34_messages_follow_what_waits_and_leave_at_once_when_nothing_does() {
    let (scene, bus, heard) = (Scene::through(), LocalBus::new(), Arc::new(Mutex::new(Vec::new())));
    let following = scene.outbox.bus(bus.connect());
    let told = Arc::clone(&heard);
    let _hearing =
        bus.connect().subscribe(Arc::new(move |notice| told.lock().unwrap().push(notice)));
    let message = |key: &str| Message::new("n", 7, Invalidation::Keys(vec![key.into()]));
    now(following.publish(&message("a"))).unwrap();
    assert_eq!(heard.lock().unwrap().len(), 1);
    scene.server.inject(Faults::down());
    scene.set("n:b", "record");
    now(following.publish(&message("b"))).unwrap();
    scene.runtime.advance(LONG);
    assert_eq!((heard.lock().unwrap().len(), scene.outbox.pending().messages), (1, 1));
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!(heard.lock().unwrap()[1], Notice::Message(message("b")));
    assert_eq!(scene.runtime.tasks(), 0);
}

#[test]
fn h_38_what_another_process_tells_takes_back_what_waits_under_the_same_name() {
    let (scene, bus) = (Scene::through(), LocalBus::new());
    let following = scene.outbox.bus(bus.connect());
    let _hearing = following.subscribe(Arc::new(|_| ()));
    scene.server.inject(Faults::down());
    for name in ["n:a", "n:b", "n:cat", "m:a"] {
        scene.set(name, "waits");
    }
    let tell = |what| now(bus.connect().publish(&Message::new("n", 8, what))).unwrap();
    tell(Invalidation::Keys(vec!["a".into()]));
    tell(Invalidation::Patterns(vec!["c*".into()], cachefn_core::Mode::Remove));
    assert_eq!(scene.outbox.pending().entries, 2);
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!((scene.stored("n:a"), scene.stored("n:b")), (None, Some("waits".into())));
    assert_eq!((scene.stored("n:cat"), scene.stored("m:a")), (None, Some("waits".into())));
}

#[test]
fn s_34_after_a_merge_caches_are_told_when_its_token_is_written() {
    let scene = Scene::new(|builder| builder.max_entries(10).batch(1, LONG));
    let (bus, heard) = (LocalBus::new(), Arc::new(Mutex::new(Vec::new())));
    let following = scene.outbox.bus(bus.connect());
    let (told, map) = (Arc::clone(&heard), scene.map.clone());
    let _hearing = bus.connect().subscribe(Arc::new(move |notice| {
        let has_token = now(map.tokens(&[b"%n:n"])).unwrap()[0].is_some();
        told.lock().unwrap().push((notice, has_token));
    }));
    scene.server.inject(Faults::down());
    let message = |namespace: &str, origin, what| Message::new(namespace, origin, what);
    scene.set("first", "record");
    for number in 0..11 {
        scene.delete(&format!("n:{number}"));
        let (what, origin) = (Invalidation::Keys(vec![number.to_string()]), 7 + number % 2);
        now(following.publish(&message("n", origin, what.clone()))).unwrap();
        now(following.publish(&message("m", origin, what))).unwrap();
    }
    assert_eq!(scene.outbox.pending().merged, 1);
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    let heard = heard.lock().unwrap();
    for origin in [7, 8] {
        let everything = Notice::Message(message("n", origin, Invalidation::Everything));
        assert!(heard.contains(&(everything, true)), "{origin}: {heard:?}");
    }
    let everything = |(notice, _): &&(Notice, bool)| matches!(notice, Notice::Message(message) if message.what == Invalidation::Everything);
    assert_eq!(heard.iter().filter(everything).count(), 2, "none of another namespace");
}
