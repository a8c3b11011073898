//! How often the disk is waited for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{
    BoxFuture, Capabilities, Error, Found, Invalidation, Keep, ManualClock, Message, Put, Runtime,
    Storage, Token,
};

use super::super::change::{Change, Kept, Replacement};
use super::super::journal::Journal;
use super::super::options::Options;
use super::super::outbox::Outbox;
use super::super::state::{State, Telling};
use crate::log::Log;

struct Scene {
    folder: tempfile::TempDir,
    state: State,
}

impl Scene {
    fn new(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = State::new(options, Journal::new(Some(opened(&folder)), clock()));
        Scene { folder, state }
    }

    fn put(&mut self, name: &str, life: Option<Duration>) {
        self.state.note(name.as_bytes(), put(life), 0);
    }

    fn waits(&self) -> usize {
        self.state.journal.log.as_ref().unwrap().waits
    }

    /// What the next process begins with.
    fn next(self) -> State {
        drop(self.state);
        let mut state =
            State::new(Options::default(), Journal::new(Some(opened(&self.folder)), clock()));
        state.restore().unwrap();
        state
    }
}

fn opened(folder: &tempfile::TempDir) -> Log {
    Log::open(folder.path().join("log")).unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new())
}

fn put(life: Option<Duration>) -> Change {
    Change::Put(Kept::new(Bytes::from_static(b"record"), Keep::new(life, &[]), 0))
}

const LIFE: Duration = Duration::from_secs(10);

#[test]
fn h_36_sets_that_die_while_they_wait_cost_no_wait_for_the_disk() {
    let mut scene = Scene::new(Options { batch: 256, ..Options::default() });
    scene.state.together(|state| {
        for number in 0..300u32 {
            state.note(&number.to_le_bytes(), put(Some(LIFE)), 0);
        }
    });
    assert_eq!(scene.waits(), 1);
    let batch = scene.state.take(20_000);
    assert_eq!((batch.changes.len(), scene.state.pending().expired), (256, 300));
    assert!(batch.changes.iter().all(|sent| matches!(sent.change, Change::Gone)));
    assert_eq!(scene.waits(), 1);
    // The storage takes some; of the others the next process knows that what they replaced may not come back.
    for sent in &batch.changes {
        scene.state.queue.end(&sent.name);
        scene.state.queue.remove_version(&sent.name, sent.version);
    }
    scene.state.log_accepted();
    let mut next = scene.next();
    assert_eq!(next.waiting(), 44);
    let batch = next.take(20_000);
    assert_eq!(batch.changes.len(), 44);
    assert!(batch.changes.iter().all(|sent| matches!(sent.change, Change::Gone)));
}

#[test]
fn h_36_the_living_are_written_after_the_dead_were_buried_and_a_name_is_buried_once() {
    let mut scene = Scene::new(Options::default());
    scene.put("n:dead", Some(LIFE));
    scene.put("n:alive", None);
    assert!(scene.state.bury(20_000) && !scene.state.bury(20_000));
    scene.put("n:dead", None);
    let batch = scene.state.take(20_000);
    let puts = batch.changes.iter().filter(|sent| sent.change.is_put());
    assert_eq!((batch.changes.len(), puts.count()), (2, 2));
    assert_eq!(scene.state.pending().expired, 1);
}

#[test]
fn h_36_changes_that_are_noted_together_are_waited_for_once() {
    let mut scene = Scene::new(Options::default());
    scene.state.together(|state| {
        for number in 0..1_000u32 {
            state.note(&number.to_le_bytes(), Change::Gone, 0);
        }
    });
    assert_eq!(scene.waits(), 1);
    scene.state.together(|state| state.together(|state| state.note(b"n:a", Change::Gone, 0)));
    assert_eq!(scene.waits(), 2);
    scene.state.together(|_| ());
    assert_eq!(scene.waits(), 2, "nothing was written");
    assert_eq!(scene.next().waiting(), 1_001);
}

#[test]
fn h_36_removals_that_make_room_for_a_change_are_waited_for_with_it() {
    let mut scene = Scene::new(Options { max_entries: 10, ..Options::default() });
    for number in 0..11 {
        let token = Token([number; 16]);
        let change = Change::Token(Replacement { token, known: None });
        scene.state.note(&[b'%', number], change, 0);
    }
    for number in 0..10 {
        let _ = scene.state.enter(&[b'n', b':', number], Change::Gone);
    }
    let before = scene.waits();
    scene.state.note(b"n:one more", Change::Gone, 0);
    assert_eq!((scene.state.pending().merged, scene.waits() - before), (1, 1));
}

#[test]
fn h_36_messages_that_are_merged_are_waited_for_once() {
    let mut scene = Scene::new(Options::default());
    scene.put("n:a", None);
    let telling = |number: u32| {
        let (namespace, key) = (format!("n{}", number % 8), number.to_string());
        let message = Message::new(namespace, 7, Invalidation::Keys(vec![key]));
        Telling { bus: 0, message }
    };
    scene.state.together(|state| (0..1_024).for_each(|number| state.follow(telling(number))));
    let before = scene.waits();
    scene.state.follow(telling(1_024));
    assert_eq!((scene.state.messages.len(), scene.waits() - before), (8, 1));
    let next = scene.next();
    let all = next.messages.values().filter(|own| own.message.what == Invalidation::Everything);
    assert_eq!(all.count(), 8);
}

/// Runs nothing.
struct Idle;

impl Runtime for Idle {
    fn spawn(&self, _: BoxFuture<'static, ()>) {}
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn h_36_a_call_with_many_names_waits_for_the_disk_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Chaos::new(MapStorage::new(), 7).with(Faults::down());
    let outbox = Outbox::new(server.clone(), Idle).log(opened(&folder)).build();
    let outbox = pollster::block_on(outbox).unwrap();
    let waits = || outbox.0.state().journal.log.as_ref().unwrap().waits;
    let names: Vec<[u8; 4]> = (0..1_000u32).map(u32::to_le_bytes).collect();
    let put = |name| Put { name, record: Bytes::from_static(b"record"), keep: Keep::default() };
    let puts = || names.iter().map(|name| put(&name[..])).collect();
    let before = waits();
    // The first fails at the storage, the second waits behind it.
    pollster::block_on(outbox.set_many(puts())).unwrap();
    assert_eq!((waits() - before, outbox.pending().sets), (1, 1_000));
    pollster::block_on(outbox.set_many(puts())).unwrap();
    assert_eq!(waits() - before, 2);
    let deleted: Vec<&[u8]> = names.iter().map(|name| &name[..]).collect();
    pollster::block_on(outbox.delete_many(&deleted)).unwrap();
    assert_eq!((waits() - before, outbox.pending().sets), (3, 0));
}

#[test]
fn h_36_tokens_that_take_the_place_of_removals_are_waited_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Chaos::new(MapStorage::new(), 7).with(Faults::down());
    let outbox = Outbox::new(server, Idle).log(opened(&folder)).build();
    let outbox = pollster::block_on(outbox).unwrap();
    let waits = || outbox.0.state().journal.log.as_ref().unwrap().waits;
    let names: Vec<String> = (0..100).map(|number| format!("%t:n:{number}")).collect();
    let removed: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
    pollster::block_on(outbox.delete_many(&removed)).unwrap();
    let before = waits();
    let tokens: Vec<_> = removed.into_iter().map(|name| (name, Token([7; 16]))).collect();
    pollster::block_on(outbox.create_tokens(&tokens)).unwrap();
    assert_eq!((waits() - before, outbox.0.state().queue.tokens()), (1, 100));
}

/// A storage that does not take bad records.
struct Picky(MapStorage);

impl Storage for Picky {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.0.get(name).await
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        match &record[..] {
            b"bad" => Err(Error::config("set", "not this one")),
            _ => self.0.set(name, record, keep).await,
        }
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.delete(name).await
    }
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
}

#[test]
fn h_36_deletes_that_take_the_place_of_refused_records_are_waited_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::new(Picky(MapStorage::new()), Idle).write_behind().log(opened(&folder));
    let outbox = pollster::block_on(outbox.build()).unwrap();
    let waits = || outbox.0.state().journal.log.as_ref().unwrap().waits;
    for number in 0..41u32 {
        let (name, record) = (number.to_be_bytes(), if number % 2 == 1 { "bad" } else { "good" });
        let set = outbox.set(&name, record.into(), Keep::default());
        pollster::block_on(set).unwrap();
    }
    let before = waits();
    pollster::block_on(outbox.0.drain());
    assert_eq!((waits() - before, outbox.pending().refused), (1, 20));
}
