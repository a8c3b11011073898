//! What stands beside the function.

use crate::*;

#[test]
fn uncached_runs_and_stores_nothing() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn now(id: u8) -> usize {
        RUNS.tick() + usize::from(id) * 100
    }
    assert_eq!((now::uncached(1), now::cache().len()), (101, 0));
    assert_eq!((now(1), now::uncached(1), now(1)), (102, 103, 102));
}

#[test]
fn refresh_runs_and_stores_with_its_tags() {
    static RUNS: Runs = Runs::new();
    #[cachefn(tags = ["name:{name}"])]
    fn now(name: String, (a, _): (u8, u8)) -> usize {
        RUNS.tick() + usize::from(a)
    }
    let call = || now("n".to_owned(), (0, 0));
    let refresh = || now::refresh("n".to_owned(), (0, 0));
    assert_eq!((call(), refresh(), call()), (1, 2, 2));
    now::cache().invalidate_by_tag("name:n");
    assert_eq!((call(), now::cache().len()), (3, 1));
}

#[test]
fn h_12_an_invalidation_during_a_refresh_wins() {
    static REVOKE: AtomicBool = AtomicBool::new(false);
    #[cachefn(tags = ["rights"])]
    fn rights(id: u32) -> u32 {
        if REVOKE.load(SeqCst) {
            rights::cache().invalidate_by_tag("rights");
        }
        id
    }
    assert_eq!(rights(1), 1);
    REVOKE.store(true, SeqCst);
    assert_eq!(rights::refresh(1), 1);
    assert_eq!(rights::cache().peek(&rights::key(1)), None);
    assert_eq!(rights::cache().stats().fenced, 1);
}

#[test]
fn a_refresh_that_fails_leaves_the_entry_alone() {
    static RUNS: Runs = Runs::new();
    #[cachefn(key = "it")]
    fn flaky() -> Result<usize, String> {
        match RUNS.tick() {
            2 => Err("not now".to_owned()),
            run => Ok(run),
        }
    }
    assert_eq!((flaky(), flaky::refresh(), flaky()), (Ok(1), Err("not now".to_owned()), Ok(1)));
    assert_eq!((flaky::refresh(), flaky()), (Ok(3), Ok(3)));
}

#[test]
fn an_invalidation_during_a_call_wins() {
    static RUNS: Runs = Runs::new();
    #[cachefn(tags = ["rights"])]
    fn rights(id: u8) -> usize {
        let run = RUNS.tick();
        if run == 1 {
            rights::cache().invalidate_by_tag("rights");
        }
        run + usize::from(id)
    }
    assert_eq!((rights(0), rights(0), rights(0)), (1, 2, 2));
    assert_eq!(rights::cache().stats().fenced, 1);
}

mod visible {
    use super::*;
    #[cachefn]
    pub(in crate::companions) fn inside(id: u8) -> u8 {
        id
    }
    pub(super) mod deeper {
        #[cachefn_core::cachefn]
        pub(crate) fn outside(id: u8) -> u8 {
            id
        }
    }
}

#[test]
fn companions_are_seen_where_the_function_is() {
    use visible::deeper::outside;
    assert_eq!((visible::inside(1), visible::inside::uncached(1)), (1, 1));
    assert_eq!((outside(1), outside::refresh(1), outside::key(1)), (1, 1, (1,)));
}
