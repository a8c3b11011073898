//! How a storage that was left alone is found to answer again.

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{ErrorKind, Keep, Storage};
use cachefn_tokio::State;

use crate::breaker::{builder, opened};
use crate::support::*;

#[test]
fn h_35_after_the_pause_one_call_at_a_time_finds_out_and_the_others_do_not_wait() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    let health = storage.health();
    chaos.inject(Faults::frozen());
    runtime.advance(ms(999));
    finish(storage.get(b"a")).unwrap_err();
    runtime.advance(ms(1));
    let before = chaos.calls();
    let mut probe = Task::new(storage.get(b"a"));
    assert!(probe.advance().is_none());
    assert_eq!(health.state(), State::Recovering);
    for _ in 0..10 {
        assert_eq!(finish(storage.get(b"a")).unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert_eq!(chaos.calls().since(before).total(), 1);
    chaos.inject(Faults::none());
    assert_eq!(probe.advance().unwrap().unwrap(), None);
    assert_eq!(health.state(), State::Healthy);
    finish(storage.set(b"a", Bytes::new(), Keep::default())).unwrap();
}

#[test]
fn one_that_fails_begins_another_pause() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    for round in 1..=5 {
        runtime.advance(ms(1_000));
        let before = chaos.calls();
        finish(storage.get(b"a")).unwrap_err();
        finish(storage.get(b"a")).unwrap_err();
        assert_eq!(chaos.calls().since(before).total(), 1);
        let status = storage.health().status();
        assert_eq!((status.state, status.opened), (State::Degraded, 1));
        assert_eq!(status.failures, 3 + round);
    }
}

#[test]
fn one_that_its_caller_gives_up_is_followed_by_the_next_call() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    chaos.inject(Faults::frozen());
    runtime.advance(ms(1_000));
    let mut probe = Task::new(storage.get(b"a"));
    assert!(probe.advance().is_none());
    drop(probe);
    assert_eq!(storage.health().state(), State::Degraded);
    chaos.inject(Faults::none());
    finish(storage.get(b"a")).unwrap();
    assert_eq!(storage.health().state(), State::Healthy);
}

#[test]
fn a_success_that_did_not_ask_the_storage_proves_nothing() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    chaos.inject(Faults::none());
    finish(storage.get_many(&[])).unwrap();
    finish(storage.set_many(vec![])).unwrap();
    assert_eq!(storage.health().state(), State::Degraded, "nothing was asked for");
    runtime.advance(ms(1_000));
    finish(storage.flush()).unwrap();
    assert_eq!(storage.health().state(), State::Degraded, "many a flush does nothing");
    finish(storage.delete(b"a")).unwrap();
    assert_eq!(storage.health().state(), State::Healthy);
}

#[test]
fn an_answer_to_what_was_asked_before_the_failures_changes_nothing() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = builder(&runtime, &chaos).timeout(ms(10_000)).build().unwrap();
    chaos.inject(Faults::frozen());
    let mut early = Task::new(storage.get(b"a"));
    assert!(early.advance().is_none());
    let mut late = Task::new(storage.get(b"b"));
    assert!(late.advance().is_none());
    // Three others fail meanwhile.
    chaos.inject(Faults::down().for_writes());
    for _ in 0..3 {
        finish(storage.delete(b"a")).unwrap_err();
    }
    assert_eq!(storage.health().state(), State::Degraded);
    assert!(early.advance().unwrap().is_ok());
    assert_eq!(storage.health().state(), State::Degraded);
    // Nor does a failure that belongs to the time before it recovered.
    chaos.inject(Faults::none());
    runtime.advance(ms(1_000));
    finish(storage.get(b"a")).unwrap();
    drop(late);
    let status = storage.health().status();
    assert_eq!((status.state, status.changes), (State::Healthy, 3));
}

#[test]
fn only_the_call_that_finds_out_decides_while_it_is_under_way() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = builder(&runtime, &chaos).timeout(ms(10_000)).build().unwrap();
    chaos.inject(Faults::frozen());
    let mut early = Task::new(storage.get(b"a"));
    assert!(early.advance().is_none());
    chaos.inject(Faults::down().for_writes());
    for _ in 0..3 {
        finish(storage.delete(b"a")).unwrap_err();
    }
    runtime.advance(ms(1_000));
    chaos.inject(Faults::frozen().for_writes());
    let mut probe = Task::new(storage.delete(b"a"));
    assert!(probe.advance().is_none());
    assert!(early.advance().unwrap().is_ok(), "it was asked before the storage failed");
    assert_eq!(storage.health().state(), State::Recovering);
    chaos.inject(Faults::none());
    probe.advance().unwrap().unwrap();
    assert_eq!(storage.health().state(), State::Healthy);
}
