//! Several tasks that call for the same arguments.

use crate::*;
use cachefn_core::{EventKind, cachefn};
use pollster::block_on;
use std::pin::pin;
use std::sync::{Arc, Mutex};

#[test]
fn h_07_many_callers_wait_for_one_run() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn slow(name: &str) -> String {
        RUNS.tick();
        pause().await;
        name.to_uppercase()
    }
    let answers = together((0..1_000).map(|_| slow("it")));
    assert!(answers.iter().all(|answer| answer == "IT"));
    assert_eq!(RUNS.count(), 1);
}

#[test]
fn h_09_functions_with_equal_arguments_do_not_wait_for_each_other() {
    #[cachefn]
    async fn one(id: u8) -> &'static str {
        let _ = id;
        pause().await;
        "one"
    }
    #[cachefn]
    async fn other(id: u8) -> &'static str {
        let _ = id;
        pause().await;
        "other"
    }
    let mut first = pin!(one(1));
    assert!(poll(first.as_mut()).is_pending());
    assert_eq!(block_on(other(1)), "other");
    assert_eq!(block_on(first), "one");
}

#[test]
fn h_10_a_failure_runs_one_waiter_after_the_other() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn flaky(id: u8) -> Result<u8, usize> {
        pause().await;
        match RUNS.tick() {
            run @ 1..=2 => Err(run),
            _ => Ok(id),
        }
    }
    let answers = together((0..5).map(|_| flaky(7)));
    assert_eq!(answers, [Err(1), Err(2), Ok(7), Ok(7), Ok(7)]);
    assert_eq!(RUNS.count(), 3);
}

#[test]
fn h_11_a_dropped_leader_lets_a_waiter_lead() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn slow(id: u8) -> u8 {
        RUNS.tick();
        pause().await;
        id
    }
    let mut leader = Box::pin(slow(1));
    let mut waiter = pin!(slow(1));
    assert!(poll(leader.as_mut()).is_pending());
    assert!(poll(waiter.as_mut()).is_pending());
    drop(leader);
    assert_eq!((block_on(waiter), RUNS.count()), (1, 2));
    assert_eq!((block_on(slow(1)), RUNS.count()), (1, 2));
}

#[test]
fn h_13_a_call_for_itself_runs_uncached_and_is_told() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn nested(id: u8) -> u8 {
        if RUNS.tick() < 3 {
            return Box::pin(nested(id)).await + 1;
        }
        id
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let _subscription = nested::cache().subscribe(move |event| {
        if event.kind == EventKind::Error {
            heard.lock().unwrap().push(event.cause.map(|cause| cause.as_str()));
        }
    });
    assert_eq!((block_on(nested(5)), RUNS.count()), (7, 3));
    assert_eq!(*told.lock().unwrap(), [Some("reentrant"), Some("reentrant")]);
}
