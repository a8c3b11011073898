//! No call takes longer than it may, and none that is quick costs a timer.

use bytes::Bytes;
use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{BoxFuture, Error, ErrorKind, Keep, Put, Storage, Token};
use cachefn_tokio::Guarded;

use crate::support::*;

type Call = fn(&Guarded<Chaos<MapStorage>>) -> BoxFuture<'_, Result<(), Error>>;

macro_rules! call {
    ($storage:ident => $call:expr) => {
        |$storage| Box::pin(async move { $call.await.map(drop) })
    };
}

/// Every method that asks, with how many milliseconds it may take here.
const CALLS: [(&str, u64, Call); 15] = [
    ("get", 20, call!(storage => storage.get(b"a"))),
    ("set", 50, call!(storage => storage.set(b"a", Bytes::new(), Keep::default()))),
    ("delete", 50, call!(storage => storage.delete(b"a"))),
    ("get_many", 20, call!(storage => storage.get_many(&[b"a"]))),
    ("set_many", 50, call!(storage => storage.set_many(vec![put()]))),
    ("set_telling", 50, call!(storage => storage.set_telling(b"a", Bytes::new(), Keep::default()))),
    ("delete_many", 50, call!(storage => storage.delete_many(&[b"a"]))),
    ("delete_if", 50, call!(storage => storage.delete_if(b"a", b"b"))),
    ("tokens", 20, call!(storage => storage.tokens(&[b"a"]))),
    ("replace_tokens", 50, call!(storage => storage.replace_tokens(&[(b"a", Token([1; 16]))]))),
    ("create_tokens", 50, call!(storage => storage.create_tokens(&[(b"a", Token([1; 16]))]))),
    ("scan", 50, call!(storage => storage.scan(b"", b"", 10))),
    ("flush", 900, call!(storage => storage.flush())),
    ("purge", 900, call!(storage => storage.purge())),
    ("close", 900, call!(storage => storage.close())),
];

fn put() -> Put<'static> {
    Put { name: b"a", record: Bytes::new(), keep: Keep::default() }
}

fn guarded(runtime: &Manual, chaos: &Chaos<MapStorage>) -> Guarded<Chaos<MapStorage>> {
    let builder = Guarded::builder(chaos.clone(), runtime.clone()).timeout(ms(50));
    let builder = builder.read_timeout(ms(20)).long_timeout(ms(900)).open_after(100);
    builder.open_at_rate(1.0, 100, ms(1)).clock(runtime.clock()).build().unwrap()
}

#[test]
fn h_35_each_call_of_a_storage_that_hangs_ends_in_its_time() {
    let runtime = Manual::default();
    let chaos = Chaos::new(MapStorage::new(), 1).with(Faults::frozen());
    let storage = guarded(&runtime, &chaos);
    for (operation, limit, call) in CALLS {
        let mut task = Task::new(call(&storage));
        assert!(task.advance().is_none());
        runtime.advance(ms(limit - 1));
        assert!(task.advance().is_none(), "{operation} has a millisecond left");
        runtime.advance(ms(1));
        let error = task.advance().expect("it ends").unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Timeout, operation));
        assert_eq!(error.to_string(), format!("{operation}: no answer in {limit}ms"));
        drop(task);
        assert_eq!(runtime.sleepers(), 0, "{operation}");
    }
    assert_eq!(chaos.calls().total(), CALLS.len() as u64);
}

#[test]
fn h_16_what_is_ready_at_once_costs_no_timer_and_no_task() {
    let runtime = Manual::default();
    let storage = guarded(&runtime, &Chaos::new(MapStorage::new(), 1));
    for (operation, _, call) in CALLS {
        finish(call(&storage)).unwrap_or_else(|error| panic!("{operation}: {error}"));
    }
    assert_eq!((runtime.sleeps(), runtime.take().len()), (0, 0));
}

#[test]
fn h_16_a_call_that_is_given_up_leaves_no_timer_and_counts_as_no_failure() {
    let runtime = Manual::default();
    let chaos = Chaos::new(MapStorage::new(), 1).with(Faults::frozen());
    let storage = guarded(&runtime, &chaos);
    let mut task = Task::new(storage.get(b"a"));
    assert!(task.advance().is_none());
    assert_eq!(runtime.sleepers(), 1);
    drop(task);
    assert_eq!((runtime.sleepers(), storage.health().status().failures), (0, 0));
}

#[test]
fn an_answer_that_comes_in_time_is_the_answer() {
    let runtime = Manual::default();
    let chaos = Chaos::new(MapStorage::new(), 1);
    let storage = guarded(&runtime, &chaos);
    finish(storage.set(b"a", Bytes::from_static(b"record"), Keep::default())).unwrap();
    chaos.inject(Faults::frozen());
    let mut task = Task::new(storage.get(b"a"));
    assert!(task.advance().is_none());
    runtime.advance(ms(19));
    chaos.inject(Faults::none());
    let found = task.advance().expect("it was woken").unwrap().expect("it was written");
    assert_eq!(found.record, &b"record"[..]);
}

#[test]
fn settings_that_cannot_work_are_refused_with_what_would() {
    let builder = || Guarded::builder(MapStorage::new(), Manual::default());
    let rate = "build: open_at_rate takes a part of the calls, above 0 and up to 1";
    let zero = "build: a timeout is zero, so that every call would fail";
    for (built, text) in [
        (builder().timeout(ms(0)).build(), zero),
        (builder().read_timeout(ms(0)).build(), zero),
        (builder().long_timeout(ms(0)).build(), zero),
        (builder().open_after(0).build(), "build: open_after is 0; it takes one failure at least"),
        (builder().open_at_rate(0.0, 1, ms(1)).build(), rate),
        (builder().open_at_rate(1.5, 1, ms(1)).build(), rate),
        (builder().open_at_rate(f64::NAN, 1, ms(1)).build(), rate),
    ] {
        let error = built.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Config, text));
    }
}
