//! Several tasks that call for the same arguments.

use crate::*;
use cachefn_core::private::followers_of;
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
fn h_10_a_failure_that_cannot_be_cloned_runs_one_waiter_after_the_other() {
    #[derive(Debug, PartialEq)]
    struct Single(usize);
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn flaky(id: u8) -> Result<u8, Single> {
        pause().await;
        match RUNS.tick() {
            run @ 1..=2 => Err(Single(run)),
            _ => Ok(id),
        }
    }
    let answers = together((0..5).map(|_| flaky(7)));
    assert_eq!(answers, [Err(Single(1)), Err(Single(2)), Ok(7), Ok(7), Ok(7)]);
    assert_eq!(RUNS.count(), 3);
}

#[test]
fn s_13_a_failure_that_can_be_cloned_is_for_all_who_wait_and_for_no_later_caller() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn flaky(name: &str) -> Result<usize, String> {
        pause().await;
        match RUNS.tick() {
            1 => Err(format!("no {name}")),
            run => Ok(run),
        }
    }
    let answers = together((0..1_000).map(|_| flaky("bread")));
    assert!(answers.iter().all(|answer| *answer == Err("no bread".into())));
    assert_eq!((RUNS.count(), flaky::cache().stats().load_failures), (1, 1));
    assert_eq!(block_on(flaky("bread")), Ok(2));
}

#[test]
fn s_13_what_goes_on_in_the_background_fails_for_all_who_wait_too() {
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "1m", refresh_after = 0.9, runtime = Threads)]
    async fn flaky(name: &str) -> Result<usize, String> {
        pause().await;
        let key = flaky::key(name);
        while followers_of(flaky::cache(), &key) < 4 {
            std::thread::yield_now();
        }
        Err(format!("no {name}, run {}", RUNS.tick()))
    }
    let threads = [(); 4].map(|()| std::thread::spawn(|| block_on(flaky("bread"))));
    for one in threads {
        assert_eq!(one.join().unwrap(), Err("no bread, run 1".into()));
    }
    assert_eq!(RUNS.count(), 1);
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
