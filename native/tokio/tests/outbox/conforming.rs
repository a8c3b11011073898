//! An outbox is a storage like any other, in both modes, on any executor.

use std::time::Duration;

use cachefn_conformance::{Chaos, Faults, MapStorage, Options, Report, check};
use cachefn_core::{BoxFuture, ManualClock, Runtime};
use cachefn_tokio::{Outbox, OutboxBuilder, TokioRuntime};

use crate::support::{Faulty, Manual, now};

type SetUp = fn(OutboxBuilder<Faulty>) -> OutboxBuilder<Faulty>;

const THROUGH: SetUp = |builder| builder;
const BEHIND: SetUp = |builder| builder.write_behind().batch(8, Duration::from_micros(200));

/// Time does not pass, unless a case says so.
async fn conforms(runtime: impl Runtime + Clone, faults: Faults, set_up: SetUp) -> Report {
    let clock = ManualClock::new();
    let advancing = clock.clone();
    let open = |place: u32| {
        let map = MapStorage::with_clock(clock.clone());
        let server = Chaos::new(map, place.into()).with(faults);
        set_up(Outbox::new(server, runtime.clone()).clock(clock.clone())).build()
    };
    check(open, Options::new().seed(3).advance(move |by| advancing.advance(by))).await
}

#[test]
fn an_outbox_is_a_storage_whose_worker_never_runs() {
    for set_up in [THROUGH, BEHIND] {
        let manual = Manual::new();
        manual.drive(conforms(manual.clone(), Faults::none(), set_up)).assert();
    }
}

#[tokio::test]
async fn an_outbox_is_a_storage_on_tokio() {
    for set_up in [THROUGH, BEHIND] {
        let runtime = TokioRuntime::current().unwrap();
        conforms(runtime, Faults::none().delays(0.3, 3), set_up).await.assert();
    }
}

#[derive(Clone)]
struct Smol;

impl Runtime for Smol {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        smol::spawn(task).detach();
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            smol::Timer::after(duration).await;
        })
    }
}

#[test]
fn an_outbox_is_a_storage_on_smol() {
    for set_up in [THROUGH, BEHIND] {
        smol::block_on(conforms(Smol, Faults::none().delays(0.3, 3), set_up)).assert();
    }
}

#[test]
fn bounds_that_leave_no_room_are_refused() {
    let refused = |set_up: SetUp| {
        let server = Chaos::new(MapStorage::new(), 7);
        now(set_up(Outbox::new(server, Manual::new())).build()).unwrap_err().to_string()
    };
    assert!(refused(|builder| builder.batch(0, Duration::ZERO)).starts_with("build: batch is 0"));
    assert!(refused(|builder| builder.max_entries(0)).starts_with("build: max_entries or"));
    assert!(refused(|builder| builder.max_bytes(0)).starts_with("build: max_entries or"));
    let (second, none) = (Duration::from_secs(1), Duration::ZERO);
    assert!(refused(|builder| builder.pauses(Duration::ZERO, Duration::ZERO)).contains("pauses"));
    let server = Chaos::new(MapStorage::new(), 7);
    let shorter = Outbox::new(server, Manual::new()).pauses(second, none).build();
    assert!(now(shorter).unwrap_err().to_string().contains("the longest is not shorter"));
}
