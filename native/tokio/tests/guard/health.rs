//! What others see of a storage's health, and how they wait for it.

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{Keep, Storage};
use cachefn_tokio::State;

use crate::breaker::{builder, opened};
use crate::support::*;

#[test]
fn s_36_every_watcher_is_told_of_every_change() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    let health = storage.health();
    let handles: Vec<_> = (0..20).map(|_| health.clone()).collect();
    let seen = health.status().changes;
    let watch = |seen| -> Vec<_> {
        let mut watchers: Vec<_> =
            handles.iter().map(|health| Task::new(health.changed(seen))).collect();
        assert!(watchers.iter_mut().all(|watcher| watcher.advance().is_none()));
        watchers
    };
    let mut watchers = watch(seen);
    chaos.inject(Faults::frozen());
    runtime.advance(ms(1_000));
    let mut probe = Task::new(storage.get(b"a"));
    assert!(probe.advance().is_none());
    for watcher in &mut watchers {
        assert_eq!(watcher.advance().flatten().unwrap().state, State::Recovering);
    }
    let mut watchers = watch(seen + 1);
    chaos.inject(Faults::none());
    probe.advance().unwrap().unwrap();
    for watcher in &mut watchers {
        let status = watcher.advance().flatten().unwrap();
        assert_eq!((status.state, status.changes), (State::Healthy, seen + 2));
    }
}

#[test]
fn s_36_single_failures_are_told_at_once_and_leave_the_storage_in_use() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = builder(&runtime, &chaos).build().unwrap(); // given up after three
    let (health, mut changes) =
        (storage.health(), Task::new(async { storage.health().changed(0).await }));
    let told = || (health.status().state, health.status().failing);
    for _ in 0..4 {
        chaos.inject(Faults::down());
        for failing in 1..=2 {
            finish(storage.get(b"a")).unwrap_err();
            assert_eq!(told(), (State::Healthy, failing));
        }
        chaos.inject(Faults::none());
        finish(storage.get(b"a")).unwrap();
        assert_eq!(told(), (State::Healthy, 0));
        assert!(changes.advance().is_none(), "who waits for a change is not woken by these");
        runtime.advance(ms(10_000)); // beyond the window of the rate
    }
    chaos.inject(Faults::down());
    (0..3).for_each(|_| drop(finish(storage.get(b"a")).unwrap_err()));
    assert_eq!(told(), (State::Degraded, 3));
    assert_eq!(changes.advance().flatten().unwrap().state, State::Degraded);
    runtime.advance(ms(1_000));
    finish(storage.get(b"a")).unwrap_err(); // one that finds out
    assert_eq!(told(), (State::Degraded, 4));
    chaos.inject(Faults::none());
    runtime.advance(ms(1_000));
    finish(storage.get(b"a")).unwrap();
    assert_eq!(told(), (State::Healthy, 0));
}

#[test]
fn who_comes_late_is_told_at_once() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let health = opened(&runtime, &chaos).health();
    let status = finish(health.changed(0)).expect("it has changed before the storage was dropped");
    assert_eq!((status.state, status.changes), (State::Degraded, 1));
}

#[test]
fn who_watches_ends_with_the_storage() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    let (health, clone) = (storage.health(), storage.clone());
    let mut watcher = Task::new(health.changed(1));
    assert!(watcher.advance().is_none());
    drop(storage);
    assert!(watcher.advance().is_none(), "a clone can still ask it");
    drop(clone);
    assert_eq!(watcher.advance(), Some(None));
}

#[test]
fn it_tells_for_how_long_and_the_last_error_but_no_value() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    let secret = Bytes::from_static(b"a secret value");
    runtime.advance(ms(400));
    finish(storage.set(b"a", secret.clone(), Keep::default())).unwrap_err();
    runtime.advance(ms(600));
    chaos.inject(Faults::down());
    finish(storage.set(b"a", secret, Keep::default())).unwrap_err();
    runtime.advance(ms(25));
    let status = storage.health().status();
    assert_eq!((status.state, status.since), (State::Degraded, ms(25)));
    let error = status.last_error.clone().unwrap();
    assert_eq!(error.operation(), "set");
    let shown = format!("{:?} {storage:?} {error} {status:?}", storage.health());
    assert!(!shown.contains("secret"), "{shown}");
}
