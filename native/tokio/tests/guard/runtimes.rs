//! The same on real executors: time limits, tasks that are counted, and their end.

use std::future::pending;

use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{BoxFuture, ErrorKind, Runtime, Storage};
use cachefn_tokio::{Counted, Ends, Guarded, TokioRuntime};
use std::time::Duration;

use crate::support::*;

pub(crate) struct Smol;

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

async fn a_hung_call_ends(runtime: impl Runtime) {
    let chaos = Chaos::new(MapStorage::new(), 1).with(Faults::frozen());
    let builder = Guarded::builder(chaos, runtime).timeout(ms(1)).open_after(1);
    let storage = builder.build().unwrap();
    assert_eq!(storage.get(b"a").await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(storage.get(b"a").await.unwrap_err().kind(), ErrorKind::Unavailable);
}

async fn tasks_end(runtime: impl Runtime + Ends, count: impl Fn() -> usize) {
    runtime.spawn(Box::pin(async {}));
    let (over, waits) = futures_channel::oneshot::channel::<()>();
    let alive = std::sync::Arc::new(());
    let held = alive.clone();
    runtime.spawn(Box::pin(async move {
        let _held = held;
        waits.await.unwrap_or(());
    }));
    assert!(count() > 0);
    drop(over);
    assert!(runtime.end(Duration::from_secs(60)).await.is_empty());
    assert_eq!((count(), std::sync::Arc::strong_count(&alive)), (0, 1));

    let held = alive.clone();
    runtime.spawn(Box::pin(async move {
        let _held = held;
        pending::<()>().await;
    }));
    assert_eq!(count(), 0, "after the end nothing is begun");
    assert_eq!(std::sync::Arc::strong_count(&alive), 1, "and nothing is kept");
}

async fn tasks_are_stopped(runtime: impl Runtime + Ends) {
    let alive = std::sync::Arc::new(());
    for _ in 0..3 {
        let held = alive.clone();
        runtime.spawn(Box::pin(async move {
            let _held = held;
            pending::<()>().await;
        }));
    }
    let errors = runtime.end(ms(1)).await;
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["end: 3 tasks had not ended in 1ms and were stopped"]);
    // One that another thread polls at that moment goes with that poll.
    while std::sync::Arc::strong_count(&alive) > 1 {
        std::thread::yield_now();
    }
    // Its thread may not have said so yet.
    let again = runtime.end(Duration::from_secs(60)).await;
    assert!(again.is_empty(), "a second time there is nothing to do: {again:?}");
}

fn tokio(run: impl AsyncFnOnce()) {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(run());
}

#[test]
fn h_15_on_tokio() {
    tokio(async || {
        a_hung_call_ends(TokioRuntime::current().unwrap()).await;
        let runtime = TokioRuntime::current().unwrap();
        tasks_end(runtime.clone(), move || runtime.tasks()).await;
        tasks_are_stopped(TokioRuntime::current().unwrap()).await;
    });
}

#[test]
fn h_15_on_many_threads_of_tokio_from_outside_by_a_handle() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let given = TokioRuntime::new(runtime.handle().clone());
    pollster::block_on(async {
        a_hung_call_ends(given.clone()).await;
        tasks_end(given.clone(), || given.tasks()).await;
        tasks_are_stopped(TokioRuntime::new(runtime.handle().clone())).await;
    });
}

#[test]
fn h_15_on_smol() {
    smol::block_on(async {
        a_hung_call_ends(Smol).await;
        let runtime = Counted::new(Smol);
        tasks_end(runtime.clone(), move || runtime.tasks()).await;
        tasks_are_stopped(Counted::new(Smol)).await;
    });
}

#[test]
fn h_15_outside_of_tokio_it_says_what_to_do() {
    let error = TokioRuntime::current().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("TokioRuntime::new(handle)"), "{error}");
}

#[test]
fn h_15_a_tokio_without_timers_is_refused_with_what_it_takes() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let error = tokio.block_on(async { TokioRuntime::current().unwrap_err() });
    let text = "runtime: this tokio runtime has no timers; build it with enable_time()";
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Config, text));
}

#[test]
fn h_15_a_task_that_ends_its_own_runtime_is_stopped_when_it_pends() {
    let manual = Manual::default();
    let runtime = Counted::new(manual.clone());
    let (alive, own) = (std::sync::Arc::new(()), runtime.clone());
    let held = alive.clone();
    runtime.spawn(Box::pin(async move {
        let _held = held;
        assert_eq!(own.end(Duration::ZERO).await.len(), 1);
        pending::<()>().await;
    }));
    let mut tasks = manual.take();
    tasks[0].advance().expect("it is over");
    assert_eq!((std::sync::Arc::strong_count(&alive), runtime.tasks()), (1, 0));
}

#[test]
fn h_15_the_runtime_of_one_test_is_not_needed_in_the_next() {
    let mut kept = None;
    tokio(async || kept = TokioRuntime::current().ok());
    let kept = kept.expect("it was called in a runtime");
    tokio(async || a_hung_call_ends(kept).await);
}

#[test]
fn a_task_that_its_executor_drops_is_not_counted_any_more() {
    let manual = Manual::default();
    let runtime = Counted::new(manual.clone());
    let alive = std::sync::Arc::new(());
    let held = alive.clone();
    runtime.spawn(Box::pin(async move {
        let _held = held;
        pending::<()>().await;
    }));
    assert_eq!((runtime.tasks(), std::sync::Arc::strong_count(&alive)), (1, 2));
    drop(manual.take());
    assert_eq!((runtime.tasks(), std::sync::Arc::strong_count(&alive)), (0, 1));
}
