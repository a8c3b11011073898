//! What happens to a name while a call to the storage concerns it.

use std::pin::pin;
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Faults, LocalBus};
use cachefn_core::{Bus, Clock, Invalidation, Keep, ManualClock, Message, Mode, Notice, Storage};

use crate::support::{Scene, now};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn h_38_an_older_set_under_way_does_not_survive_what_another_process_tells() {
    let (scene, bus, heard) = (Scene::through(), LocalBus::new(), Arc::new(Mutex::new(Vec::new())));
    let following = scene.outbox.bus(bus.connect());
    let _hearing = following.subscribe(Arc::new(|_| ()));
    scene.server.inject(Faults::down());
    scene.set("n:a", "oldest");
    scene.set("n:b", "other");
    scene.server.inject(Faults::frozen().for_writes());
    let mut flush = pin!(scene.outbox.flush());
    let mut context = Context::from_waker(Waker::noop());
    assert!(flush.as_mut().poll(&mut context).is_pending(), "the first is under way");
    scene.set("n:a", "older");
    now(scene.map.set(b"n:a", Bytes::from_static(b"new"), Keep::default())).unwrap();
    let told = Arc::clone(&heard);
    let peer = bus.connect();
    let _peer = peer.subscribe(Arc::new(move |notice| told.lock().unwrap().push(notice)));
    let what = Invalidation::Keys(vec!["a".into()]);
    now(peer.publish(&Message::new("n", 8, what.clone()))).unwrap();
    scene.server.inject(Faults::none());
    scene.runtime.drive(flush).unwrap();
    scene.runtime.advance(LONG);
    assert_eq!((scene.stored("n:a"), scene.get("n:a")), (None, None));
    assert_eq!(scene.stored("n:b"), Some("other".into()));
    // The record of the other went as well: its memory is told.
    let heard = heard.lock().unwrap();
    let Some(Notice::Message(message)) = heard.last() else { panic!("{heard:?}") };
    assert_eq!((&*message.namespace, &message.what), ("n", &what));
    assert_eq!((scene.outbox.pending().messages, scene.runtime.tasks()), (0, 0));
}

#[test]
fn h_38_a_set_under_way_is_taken_back_and_leaves_what_another_process_wrote() {
    let (scene, bus) = (Scene::through(), LocalBus::new());
    let following = scene.outbox.bus(bus.connect());
    let _hearing = following.subscribe(Arc::new(|_| ()));
    scene.server.inject(Faults::down());
    scene.set("n:a", "older");
    scene.server.inject(Faults::none().delays(1.0, 1).for_writes());
    let mut flush = pin!(scene.outbox.flush());
    let mut context = Context::from_waker(Waker::noop());
    assert!(flush.as_mut().poll(&mut context).is_pending());
    // The storage has the older one when the other process writes, and tells.
    assert!(flush.as_mut().poll(&mut context).is_pending());
    assert_eq!(scene.stored("n:a"), Some("older".into()));
    now(scene.map.set(b"n:a", Bytes::from_static(b"new"), Keep::default())).unwrap();
    let what = Invalidation::Keys(vec!["a".into()]);
    now(bus.connect().publish(&Message::new("n", 8, what))).unwrap();
    scene.server.inject(Faults::none());
    scene.runtime.drive(flush).unwrap();
    scene.runtime.advance(LONG);
    assert_eq!(scene.stored("n:a"), Some("new".into()));
}

#[test]
fn h_38_a_set_that_fails_after_another_process_told_does_not_wait() {
    let told = [
        Invalidation::Keys(vec!["a".into()]),
        Invalidation::Patterns(vec!["?".into()], Mode::Remove),
    ];
    for what in told {
        let (scene, bus) = (Scene::through(), LocalBus::new());
        let following = scene.outbox.bus(bus.connect());
        let _hearing = following.subscribe(Arc::new(|_| ()));
        scene.server.inject(Faults::frozen().errors(1.0));
        let keep = Keep::default;
        let mut set = pin!(scene.outbox.set(b"n:a", b"older"[..].into(), keep()));
        let mut other = pin!(scene.outbox.set(b"m:a", b"other"[..].into(), keep()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(set.as_mut().poll(&mut context).is_pending(), "it is under way");
        assert!(other.as_mut().poll(&mut context).is_pending(), "it is under way");
        now(scene.map.set(b"n:a", Bytes::from_static(b"new"), keep())).unwrap();
        now(bus.connect().publish(&Message::new("n", 8, what.clone()))).unwrap();
        scene.server.inject(Faults::down());
        now(set).unwrap();
        now(other).unwrap();
        scene.server.inject(Faults::none());
        scene.runtime.advance(LONG);
        assert_eq!(scene.stored("n:a"), Some("new".into()), "{what:?}");
        assert_eq!(scene.stored("m:a"), Some("other".into()));
        // One that begins after that is newer.
        scene.server.inject(Faults::down());
        scene.set("n:a", "newest");
        scene.server.inject(Faults::none());
        scene.runtime.advance(LONG);
        assert_eq!(scene.stored("n:a"), Some("newest".into()));
    }
}

/// Whoever asks for the time lets others go first, which finds what is not done under one lock.
struct Yielding(ManualClock);

impl Clock for Yielding {
    fn mono_ms(&self) -> u64 {
        (0..16).for_each(|_| std::thread::yield_now());
        self.0.mono_ms()
    }
    fn wall_ms(&self) -> u64 {
        self.0.wall_ms()
    }
}

#[test]
fn s_39_a_conditional_delete_never_takes_a_newer_set_with_it() {
    let scene = Scene::new(|builder| builder.clock(Yielding(ManualClock::new())));
    scene.server.inject(Faults::down());
    for round in 0..200 {
        let (old, new) = (format!("old {round}"), format!("new {round}"));
        scene.set("n:a", &old);
        let begin = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                begin.wait();
                now(scene.outbox.set(b"n:a", new.clone().into(), Keep::default())).unwrap();
            });
            begin.wait();
            now(scene.outbox.delete_if(b"n:a", old.as_bytes())).unwrap();
        });
        assert_eq!(scene.get("n:a"), Some(new), "round {round}");
    }
}

#[test]
fn s_36_a_set_that_fails_late_never_takes_the_place_of_a_newer_one_that_waits() {
    for round in 0..200 {
        let scene = Scene::new(|builder| builder.clock(Yielding(ManualClock::new())));
        scene.server.inject(Faults::frozen().errors(1.0));
        let mut older = pin!(scene.outbox.set(b"n:a", b"older"[..].into(), Keep::default()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(older.as_mut().poll(&mut context).is_pending(), "it is under way");
        scene.server.inject(Faults::down());
        let begin = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                begin.wait();
                now(scene.outbox.set(b"n:a", b"newer"[..].into(), Keep::default())).unwrap();
            });
            begin.wait();
            now(older).unwrap();
        });
        assert_eq!(scene.get("n:a"), Some("newer".into()), "round {round}");
    }
}
