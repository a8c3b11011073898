//! How long a storage takes, and how its calls end.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cachefn::telemetry::Measured;
use cachefn::tokio::{Guarded, TokioRuntime};
use cachefn::{ManualClock, Storage};
use cachefn_conformance::{Chaos, Faults, MapStorage, Options, check};
use metrics::set_default_local_recorder;

use crate::scraped::{Scraped, exporter};

#[test]
fn a_measured_storage_passes_the_suite_of_storages() {
    let clock = ManualClock::new();
    let open = |_| {
        let storage = Measured::new(MapStorage::with_clock(clock.clone()), "users");
        async { Ok(storage) }
    };
    let moved = clock.clone();
    let options = Options::new().advance(move |by| moved.advance(by));
    pollster::block_on(check(open, options)).assert();
}

#[tokio::test]
async fn every_call_is_told_by_its_operation_and_its_end() {
    let exporter = exporter();
    let _recorder = set_default_local_recorder(&exporter);
    let chaos = Chaos::new(MapStorage::new(), 7);
    let storage = Measured::new(chaos.clone(), "users");

    assert_eq!(storage.get(b"a").await.unwrap(), None);
    storage.set(b"a", b"1"[..].into(), Default::default()).await.unwrap();
    assert!(storage.get(b"a").await.unwrap().is_some());
    assert!(storage.get_many(&[b"a", b"b"]).await.unwrap()[0].is_some());
    assert!(storage.delete(b"a").await.unwrap());
    chaos.inject(Faults::down());
    storage.get(b"a").await.unwrap_err();

    let page = Scraped::read(&exporter.handle().render());
    let ended = |operation, result| page.ended("users", operation, result);
    // Whether a read is a hit, the cache tells.
    assert_eq!(ended("get", "miss"), [None, Some(1.0)]);
    assert_eq!(ended("get", "hit"), [None, Some(1.0)]);
    assert_eq!(ended("get", "error"), [Some(1.0); 2]);
    for operation in ["set", "get_many", "delete"] {
        assert_eq!(ended(operation, "ok"), [Some(1.0); 2], "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_a_timeout_of_the_guard_and_given_up_below_it() {
    let exporter = exporter();
    let _recorder = set_default_local_recorder(&exporter);
    let frozen = Chaos::new(MapStorage::new(), 7).with(Faults::frozen());
    let guarded = Guarded::new(Measured::new(frozen, "server"), TokioRuntime::current().unwrap());
    let storage = Measured::new(guarded, "users");
    storage.get(b"a").await.unwrap_err();

    let page = Scraped::read(&exporter.handle().render());
    assert_eq!(page.ended("users", "get", "timeout"), [Some(1.0); 2]);
    assert_eq!(page.ended("server", "get", "cancelled"), [Some(1.0); 2]);
}

#[test]
fn a_call_that_nobody_waits_for_any_more_is_told_too() {
    let exporter = exporter();
    let _recorder = set_default_local_recorder(&exporter);
    let frozen = Chaos::new(MapStorage::new(), 7).with(Faults::frozen());
    let storage = Measured::new(frozen, "users");
    {
        let mut call = pin!(storage.flush());
        assert!(matches!(
            call.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            Poll::Pending
        ));
    }
    let page = Scraped::read(&exporter.handle().render());
    assert_eq!(page.ended("users", "flush", "cancelled"), [Some(1.0); 2]);
}

#[test]
fn an_exporter_that_is_installed_later_is_told_what_comes_then() {
    let storage = Measured::new(MapStorage::new(), "users");
    pollster::block_on(storage.flush()).unwrap();
    let exporter = exporter();
    let _recorder = set_default_local_recorder(&exporter);
    pollster::block_on(storage.flush()).unwrap();
    let page = Scraped::read(&exporter.handle().render());
    assert_eq!(page.ended("users", "flush", "ok"), [Some(1.0); 2]);
}
