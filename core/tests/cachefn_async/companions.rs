//! What stands beside an asynchronous function.

use crate::*;
use cachefn_core::{Warming, cachefn};
use pollster::block_on;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

#[test]
fn uncached_runs_and_stores_nothing() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    async fn now(id: u8) -> usize {
        pause().await;
        RUNS.tick() + usize::from(id) * 100
    }
    block_on(async {
        assert_eq!((now::uncached(1).await, now::cache().len()), (101, 0));
        assert_eq!((now(1).await, now::uncached(1).await, now(1).await), (102, 103, 102));
    });
}

#[test]
fn refresh_runs_and_stores_with_its_tags() {
    static RUNS: Runs = Runs::new();
    #[cachefn(tags = ["name:{name}"])]
    async fn now(name: String, (a, _): (u8, u8)) -> usize {
        RUNS.tick() + usize::from(a)
    }
    let call = || now("n".to_owned(), (0, 0));
    block_on(async {
        let refreshed = now::refresh("n".to_owned(), (0, 0));
        assert_eq!((call().await, refreshed.await, call().await), (1, 2, 2));
        now::cache().invalidate_by_tag("name:n").await.unwrap();
        assert_eq!((call().await, now::cache().len()), (3, 1));
        assert_eq!(now::key("n".to_owned(), (0, 1)), ("n".to_owned(), (0, 1)));
    });
}

#[test]
fn s_14_a_refresh_that_fails_says_so_and_others_have_the_old_value() {
    static DOWN: AtomicBool = AtomicBool::new(false);
    #[cachefn(stale_if_error = "1h")]
    async fn number(id: u32) -> Result<u32, &'static str> {
        if DOWN.load(SeqCst) { Err("down") } else { Ok(id) }
    }
    block_on(async {
        assert_eq!((number(1).await, number::refresh(1).await), (Ok(1), Ok(1)));
        DOWN.store(true, SeqCst);
        assert_eq!((number::refresh(1).await, number(1).await), (Err("down"), Ok(1)));
        number::cache().expire(&number::key(1)).await.unwrap();
        assert_eq!((number::refresh(1).await, number(1).await), (Err("down"), Ok(1)));
    });
}

#[test]
fn h_12_an_invalidation_during_a_call_or_a_refresh_wins() {
    static REVOKE: AtomicBool = AtomicBool::new(true);
    #[cachefn(tags = ["rights"])]
    async fn rights(id: u32) -> u32 {
        pause().await;
        if REVOKE.load(SeqCst) {
            rights::cache().invalidate_by_tag("rights").await.unwrap();
        }
        id
    }
    block_on(async {
        assert_eq!((rights(1).await, rights::cache().len()), (1, 0));
        assert_eq!((rights::refresh(1).await, rights::cache().len()), (1, 0));
        assert_eq!(rights::cache().stats().fenced, 2);
        REVOKE.store(false, SeqCst);
        assert_eq!((rights(1).await, rights::cache().len()), (1, 1));
    });
}

#[test]
fn warm_runs_so_many_at_a_time_as_it_is_told() {
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    #[cachefn]
    async fn slow(name: &str, id: u32) -> Result<u32, String> {
        MOST.fetch_max(RUNNING.fetch_add(1, SeqCst) + 1, SeqCst);
        pause().await;
        RUNNING.fetch_sub(1, SeqCst);
        if id == 13 { Err(name.to_owned()) } else { Ok(id) }
    }
    let name = String::from("all");
    let mut told = Vec::new();
    let warming = Warming::new(3).on_progress(|done| told.push(done));
    let arguments = (0..20).map(|id| (name.as_str(), id));
    assert_eq!(block_on(slow::warm(arguments, warming)), 19);
    assert_eq!(told, (1..=20).collect::<Vec<_>>());
    assert_eq!((MOST.load(SeqCst), slow::cache().len()), (3, 19));
    assert_eq!(block_on(slow::warm([("all", 1), ("all", 21)], Warming::new(1))), 1);
}
