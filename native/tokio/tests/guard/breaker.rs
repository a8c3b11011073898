//! A storage that fails too often is left alone.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{Error, ErrorKind, Found, Keep, Storage};
use cachefn_tokio::{Guarded, GuardedBuilder, State};

use crate::support::*;

pub(crate) type Chaotic = Chaos<MapStorage>;

pub(crate) fn builder(runtime: &Manual, chaos: &Chaotic) -> GuardedBuilder<Chaotic> {
    Guarded::builder(chaos.clone(), runtime.clone())
        .timeout(ms(50))
        .open_after(3)
        .probe_every(ms(1_000))
        .clock(runtime.clock())
}

/// Asked three times in vain.
pub(crate) fn opened(runtime: &Manual, chaos: &Chaotic) -> Guarded<Chaotic> {
    let storage = builder(runtime, chaos).build().unwrap();
    chaos.inject(Faults::down());
    for _ in 0..3 {
        assert_eq!(storage.health().state(), State::Healthy);
        finish(storage.get(b"a")).unwrap_err();
    }
    assert_eq!(storage.health().state(), State::Degraded);
    storage
}

#[test]
fn h_35_after_failures_in_a_row_nobody_waits_and_the_storage_is_left_alone() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    chaos.inject(Faults::frozen());
    let asked = chaos.calls();
    let error = finish(storage.set(b"a", Bytes::new(), Keep::default())).unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unavailable, "set"));
    let text = error.to_string();
    assert!(text.starts_with("set: the storage is not asked for now, after get: "), "{text}");
    finish(storage.flush()).unwrap_err();
    assert_eq!(chaos.calls().since(asked).total(), 0);
    let status = storage.health().status();
    assert_eq!((status.failures, status.timeouts, status.refused, status.opened), (3, 0, 2, 1));
    assert_eq!((runtime.sleeps(), runtime.take().len()), (0, 0), "nothing runs beside the calls");
}

#[test]
fn a_success_between_failures_begins_the_count_anew() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let few = builder(&runtime, &chaos).open_at_rate(1.0, 20, ms(10_000));
    let storage = few.build().unwrap();
    for _ in 0..10 {
        chaos.inject(Faults::down());
        finish(storage.get(b"a")).unwrap_err();
        finish(storage.get(b"a")).unwrap_err();
        chaos.inject(Faults::none());
        finish(storage.get(b"a")).unwrap();
    }
    let status = storage.health().status();
    assert_eq!((status.state, status.failures, status.changes), (State::Healthy, 20, 0));
}

#[test]
fn a_part_of_the_calls_that_fails_opens_it_although_others_succeed() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = builder(&runtime, &chaos).open_at_rate(0.5, 6, ms(1_000)).build().unwrap();
    let call = |faults| {
        chaos.inject(faults);
        finish(storage.get(b"a")).is_ok()
    };
    for _ in 0..3 {
        // Too slow for the rate: each window sees two failures of four.
        assert!(!call(Faults::down()) && call(Faults::none()));
        assert!(!call(Faults::down()) && call(Faults::none()));
        runtime.advance(ms(1_000));
        assert_eq!(storage.health().state(), State::Healthy);
    }
    for _ in 0..2 {
        assert!(!call(Faults::down()) && call(Faults::none()));
    }
    assert!(!call(Faults::down()) && call(Faults::none()));
    assert_eq!(storage.health().state(), State::Healthy, "3 of 5 failed, too few to tell");
    assert!(!call(Faults::down()));
    assert_eq!(storage.health().state(), State::Degraded, "4 of 7 failed");
}

#[test]
fn what_the_storage_refuses_for_another_reason_is_no_failure() {
    struct Refuses;
    impl Storage for Refuses {
        async fn get(&self, _: &[u8]) -> Result<Option<Found>, Error> {
            Err(Error::corrupt("get", "this one record"))
        }
        async fn set(&self, _: &[u8], _: Bytes, _: Keep<'_>) -> Result<(), Error> {
            Err(Error::unsupported("set", "read only"))
        }
        async fn delete(&self, _: &[u8]) -> Result<bool, Error> {
            Err(Error::config("delete", "closed"))
        }
    }
    let storage = Guarded::builder(Refuses, Manual::default()).open_after(1).build().unwrap();
    assert_eq!(finish(storage.get(b"a")).unwrap_err().kind(), ErrorKind::Corrupt);
    let set = storage.set(b"a", Bytes::new(), Keep::default());
    assert_eq!(finish(set).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(finish(storage.delete(b"a")).unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(finish(storage.scan(b"", b"", 1)).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(storage.health().status().failures, 0);
}

#[test]
fn a_storage_that_panics_has_failed() {
    struct Panics;
    impl Storage for Panics {
        async fn get(&self, _: &[u8]) -> Result<Option<Found>, Error> {
            resume_unwind(Box::new("told to"))
        }
        async fn set(&self, _: &[u8], _: Bytes, _: Keep<'_>) -> Result<(), Error> {
            Ok(())
        }
        async fn delete(&self, _: &[u8]) -> Result<bool, Error> {
            Ok(false)
        }
    }
    let storage = Guarded::builder(Panics, Manual::default()).open_after(1).build().unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| finish(storage.get(b"a")))).is_err());
    let status = storage.health().status();
    assert_eq!((status.state, status.failures), (State::Degraded, 1));
    assert_eq!(finish(storage.get(b"a")).unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn it_can_be_closed_in_every_state() {
    let (runtime, chaos) = (Manual::default(), Chaos::new(MapStorage::new(), 1));
    let storage = opened(&runtime, &chaos);
    chaos.inject(Faults::none());
    finish(storage.close()).unwrap();
    assert_eq!((chaos.calls().close, storage.health().state()), (1, State::Degraded));
}
