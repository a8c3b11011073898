//! What happens while the storage is down, and when it is well again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Faults, MapStorage};
use cachefn_core::{Capabilities, Error, Found, Keep, Storage, Token};
use cachefn_tokio::{Outbox, OutboxEvent, TokioRuntime};

use crate::support::{Manual, Scene, now};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn s_36_writes_and_deletes_wait_while_the_storage_is_down_and_go_there_when_it_is_well() {
    let scene = Scene::through();
    scene.set("n:kept", "old");
    scene.set("n:gone", "old");
    scene.server.inject(Faults::down());
    scene.set("n:kept", "new");
    assert!(!scene.delete("n:gone"), "only the storage knows");
    assert_eq!((scene.get("n:kept"), scene.get("n:gone")), (Some("new".into()), None));
    let pending = scene.outbox.pending();
    assert_eq!((pending.entries, pending.sets, pending.is_down), (2, 1, true));
    assert_eq!(scene.stored("n:kept"), Some("old".into()));

    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!((scene.stored("n:kept"), scene.stored("n:gone")), (Some("new".into()), None));
    let pending = scene.outbox.pending();
    assert_eq!((pending.entries, pending.accepted, pending.is_down), (0, 2, false));
    assert_eq!(pending.bytes, 0);
    assert_eq!(scene.runtime.tasks(), 0, "nothing waits, so nothing runs");
}

#[test]
fn h_16_a_storage_that_is_down_is_tried_by_one_task_with_growing_pauses() {
    let scene = Scene::through();
    scene.server.inject(Faults::down());
    for number in 0..500 {
        scene.set(&format!("n:{number}"), "record");
    }
    assert_eq!(scene.server.calls().set, 1, "the others did not ask");
    assert_eq!(scene.runtime.tasks(), 1);
    scene.runtime.advance(Duration::from_secs(3_600));
    let calls = scene.server.calls().set_many;
    assert!((700..800).contains(&calls), "every 5 s: {calls}");
    scene.server.inject(Faults::none());
    scene.runtime.advance(Duration::from_secs(5));
    assert_eq!(scene.map.len(), 500);
}

#[test]
fn h_36_the_last_write_of_a_name_wins_and_only_it_is_written() {
    let scene = Scene::through();
    scene.server.inject(Faults::down());
    for number in 0..100 {
        scene.set("n:a", &number.to_string());
        scene.set("n:b", &number.to_string());
    }
    assert!(scene.delete("n:b"));
    assert_eq!(scene.outbox.pending().entries, 2);
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!((scene.stored("n:a"), scene.stored("n:b")), (Some("99".into()), None));
    assert_eq!(scene.outbox.pending().accepted, 2);
}

#[test]
fn h_37_what_has_died_is_not_written_and_what_it_replaced_does_not_come_back() {
    let scene = Scene::through();
    scene.set("n:a", "older, without an end");
    scene.server.inject(Faults::down());
    let keep = Keep::new(Some(Duration::from_secs(1)), &[]);
    let set = scene.outbox.set(b"n:a", Bytes::from_static(b"newer"), keep);
    scene.runtime.drive(set).unwrap();
    assert_eq!(scene.get("n:a"), Some("newer".into()));
    scene.runtime.advance(Duration::from_secs(1));
    assert_eq!(scene.get("n:a"), None);
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    assert_eq!(scene.stored("n:a"), None);
    assert_eq!(scene.outbox.pending().expired, 1);
}

#[test]
fn s_36_what_waited_is_written_before_what_is_new() {
    let scene = Scene::through();
    scene.server.inject(Faults::down());
    scene.set("n:a", "waited");
    scene.server.inject(Faults::none());
    scene.set("n:b", "new");
    assert_eq!(scene.map.len(), 0, "it is behind the other");
    scene.runtime.drive(scene.outbox.flush()).unwrap();
    assert_eq!(scene.map.len(), 2);
    scene.set("n:c", "newer");
    assert_eq!((scene.map.len(), scene.runtime.tasks()), (3, 1));
}

#[test]
fn s_28_a_token_that_waits_makes_older_records_dead_at_once() {
    let scene = Scene::through();
    let (old, new) = (Token([1; 16]), Token([2; 16]));
    let runtime = &scene.runtime;
    let created = runtime.drive(scene.outbox.create_tokens(&[(b"%n:n", old)])).unwrap();
    assert_eq!(created, [old]);
    scene.server.inject(Faults::down());
    runtime.drive(scene.outbox.replace_tokens(&[(b"%n:n", new)])).unwrap();
    let read = || runtime.drive(scene.outbox.tokens(&[b"%n:n"])).unwrap();
    assert_eq!(read(), [Some(new)]);
    // A load that begins now is protected by the one that waits.
    let created = runtime.drive(scene.outbox.create_tokens(&[(b"%n:n", old)])).unwrap();
    assert_eq!(created, [new]);
    scene.server.inject(Faults::none());
    runtime.advance(LONG);
    assert_eq!(now(scene.map.tokens(&[b"%n:n"])).unwrap(), [Some(new)]);
    assert_eq!(read(), [Some(new)]);
}

#[test]
fn s_28_where_others_replaced_the_token_meanwhile_neither_stays() {
    let scene = Scene::through();
    let [first, ours, theirs] = [1, 2, 3].map(|byte| Token([byte; 16]));
    scene.runtime.drive(scene.outbox.create_tokens(&[(b"%n:n", first)])).unwrap();
    scene.server.inject(Faults::down());
    scene.runtime.drive(scene.outbox.replace_tokens(&[(b"%n:n", ours)])).unwrap();
    now(scene.map.replace_tokens(&[(b"%n:n", theirs)])).unwrap();
    scene.server.inject(Faults::none());
    scene.runtime.advance(LONG);
    let there = now(scene.map.tokens(&[b"%n:n"])).unwrap()[0].unwrap();
    assert!(![first, ours, theirs].contains(&there));
}

#[test]
fn s_36_a_load_may_begin_with_the_tokens_that_were_there_before_the_storage_failed() {
    let scene = Scene::through();
    let token = Token([1; 16]);
    scene.runtime.drive(scene.outbox.create_tokens(&[(b"%n:n", token)])).unwrap();
    scene.server.inject(Faults::down());
    let again = scene.outbox.create_tokens(&[(b"%n:n", Token([2; 16]))]);
    assert_eq!(scene.runtime.drive(again).unwrap(), [token]);
    let unknown = scene.outbox.create_tokens(&[(b"%n:other", Token([2; 16]))]);
    assert_eq!(scene.runtime.drive(unknown).unwrap(), [Token([2; 16])], "it is promised");
}

/// Refuses some records for good, and some by failing.
struct Picky(MapStorage, Arc<Mutex<Vec<usize>>>);

impl Storage for Picky {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.0.get(name).await
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        match &record[..] {
            b"bad" => Err(Error::config("set", "no such thing")),
            b"poison" => Err(Error::unavailable("set", "the connection was lost")),
            _ => self.0.set(name, record, keep).await,
        }
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.delete(name).await
    }
    async fn set_many(&self, records: Vec<cachefn_core::Put<'_>>) -> Result<(), Error> {
        self.1.lock().unwrap().push(records.len());
        let mut result = Ok(());
        for put in records {
            result = result.and(self.set(put.name, put.record, put.keep).await);
        }
        result
    }
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
}

fn picky(bad: &'static [u8]) -> (MapStorage, Vec<OutboxEvent>, Vec<usize>) {
    let (map, runtime, calls) = (MapStorage::new(), Manual::new(), Arc::default());
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let outbox = Outbox::new(Picky(map.clone(), Arc::clone(&calls)), runtime.clone())
        .write_behind()
        .clock(runtime.clock())
        .listener(move |event| heard.lock().unwrap().push(event.clone()));
    let outbox = now(outbox.build()).unwrap();
    now(map.set(b"n:13", Bytes::from_static(b"older"), Keep::default())).unwrap();
    for number in 0..64 {
        let record = if number == 13 { bad } else { &b"good"[..] };
        let name = format!("n:{number}");
        now(outbox.set(name.as_bytes(), Bytes::from_static(record), Keep::default())).unwrap();
    }
    runtime.advance(Duration::from_secs(600));
    assert_eq!((outbox.pending().entries, outbox.pending().refused, runtime.tasks()), (0, 1, 0));
    let (events, calls) = (events.lock().unwrap().clone(), calls.lock().unwrap().clone());
    (map, events, calls)
}

#[test]
fn h_36_a_bad_record_is_found_and_told_and_loses_no_other_of_its_batch() {
    let (map, events, calls) = picky(b"bad");
    assert_eq!(map.len(), 63, "all but one, and the older one is gone");
    let [OutboxEvent::Refused { name, error }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((&name[..], &*error.to_string()), ("n:13", "set: no such thing"));
    assert_eq!((calls[0], calls.len()), (64, 13), "halves of halves: {calls:?}");
}

#[test]
fn h_36_a_record_that_always_fails_where_others_do_not_is_given_up() {
    let (map, events, _) = picky(b"poison");
    assert_eq!(map.len(), 63);
    let refused = |event: &&OutboxEvent| matches!(event, OutboxEvent::Refused { .. });
    let refused: Vec<String> = events.iter().filter(refused).map(ToString::to_string).collect();
    assert_eq!(refused, ["n:13 was refused: set: the connection was lost"]);
}

#[test]
fn dropping_the_outbox_ends_its_task() {
    let scene = Scene::through();
    scene.server.inject(Faults::down());
    scene.set("n:a", "record");
    let Scene { runtime, outbox, .. } = scene;
    runtime.run();
    assert_eq!(runtime.tasks(), 1);
    drop(outbox);
    runtime.run();
    assert_eq!(runtime.tasks(), 0);
}

#[test]
fn h_36_who_sets_without_a_pause_lets_others_write_what_waits_on_one_thread() {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio.block_on(async {
        let (map, runtime) = (MapStorage::new(), TokioRuntime::current().unwrap());
        let builder = Outbox::new(map.clone(), runtime).write_behind();
        let outbox = builder.batch(100, Duration::from_secs(3_600)).build().await.unwrap();
        for number in 0..2_000_u32 {
            let name = number.to_le_bytes();
            outbox.set(&name, Bytes::from_static(b"record"), Keep::default()).await.unwrap();
        }
        // Nobody has waited for anything else.
        let pending = outbox.pending();
        assert!(pending.accepted > 1_000 && map.len() > 1_000, "{pending:?}");
        outbox.flush().await.unwrap();
        assert_eq!(map.len(), 2_000);
    });
}
