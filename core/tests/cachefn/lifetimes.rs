//! How long values live and which are stored, without a clock: ends are brought about.

use crate::*;
use std::time::Duration;

#[test]
fn a_negative_lifetime_is_that_of_none_alone() {
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "1h", negative_ttl = 0)]
    fn find(id: u8) -> Option<u8> {
        RUNS.tick();
        (id > 0).then_some(id)
    }
    #[cachefn(negative_ttl = "0s")]
    fn fallible(id: u8) -> Result<Option<u8>, String> {
        RUNS.tick();
        Ok((id > 0).then_some(id))
    }
    assert_eq!((find(0), find(0), find(1), find(1)), (None, None, Some(1), Some(1)));
    assert_eq!(RUNS.count(), 3);
    assert_eq!((fallible(0), fallible(0)), (Ok(None), Ok(None)));
    assert_eq!((fallible(1), fallible(1)), (Ok(Some(1)), Ok(Some(1))));
    assert_eq!(RUNS.count(), 6);
}

#[test]
fn a_stale_value_bridges_an_error() {
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "1h", stale_if_error = "1h")]
    fn flaky(id: u8) -> Result<u8, String> {
        match RUNS.tick() {
            1 => Ok(id),
            _ => Err("not now".to_owned()),
        }
    }
    assert_eq!(flaky(7), Ok(7));
    assert!(flaky::cache().expire(&flaky::key(7)));
    assert_eq!((flaky(7), flaky(8)), (Ok(7), Err("not now".to_owned())));
    assert_eq!(flaky::cache().stats().stale_on_error, 1);
}

#[test]
fn a_stale_value_is_returned_while_one_caller_runs_the_function() {
    static RUNS: Runs = Runs::new();
    #[cachefn(ttl = "1h", stale_while_revalidate = "1h")]
    fn slow(id: u8) -> usize {
        let run = RUNS.tick();
        if run > 1 {
            let other = thread::spawn(move || slow(id)).join().expect("another caller");
            assert_eq!(other, 1, "the value before");
        }
        run
    }
    assert_eq!(slow(1), 1);
    assert!(slow::cache().expire(&slow::key(1)));
    assert_eq!((slow(1), slow(1), RUNS.count()), (2, 2, 2));
}

#[test]
fn a_caller_that_waits_too_long_runs_the_function_itself() {
    static RUNS: Runs = Runs::new();
    static SECOND: AtomicBool = AtomicBool::new(false);
    #[cachefn(load_timeout = "1ms")]
    fn stuck(id: u8) -> usize {
        let run = RUNS.tick();
        if run == 1 {
            let other = thread::spawn(move || stuck(id));
            while !SECOND.load(SeqCst) {
                thread::yield_now();
            }
            assert_eq!(other.join().expect("the other caller"), 2);
        }
        SECOND.store(true, SeqCst);
        run
    }
    assert_eq!((stuck(1), RUNS.count()), (1, 2));
}

#[test]
fn values_have_a_weight() {
    const LIMIT: u64 = 10;
    #[expect(clippy::ptr_arg, reason = "it weighs the value as it is stored")]
    fn weight(key: &(u8, String), text: &String) -> u64 {
        (key.1.len() + text.len()) as u64
    }
    #[cachefn(max_weight = LIMIT, weigher = weight, policy = "fifo")]
    fn repeated(times: u8, text: &str) -> String {
        text.repeat(times.into())
    }
    struct Store(usize);
    impl Store {
        const LIMIT: u64 = 5;
        #[cachefn(key = "{self.0}", max_weight = Self::LIMIT, weigher = |_, text| text.len() as u64)]
        fn text(&self) -> String {
            "x".repeat(self.0)
        }
    }
    assert_eq!((repeated(2, "ab").len(), repeated::cache().stats().weight), (4, 6));
    assert_eq!((repeated(1, "ab").len(), repeated::cache().stats().weight), (2, 10));
    assert_eq!((repeated(3, "a").len(), repeated::cache().stats().weight), (3, 8));
    assert_eq!((repeated(20, "a").len(), repeated::cache().stats().weight), (20, 8));
    assert_eq!((Store(5).text().len(), Store(6).text().len()), (5, 6));
    assert_eq!(Store::text_cache().len(), 1, "what is too heavy is returned and not stored");
}

#[test]
fn a_value_is_stored_only_if_the_function_of_the_attribute_says_so() {
    static RUNS: Runs = Runs::new();
    #[expect(clippy::ptr_arg, reason = "it judges the value as it is stored")]
    fn is_full(list: &Vec<u8>) -> bool {
        !list.is_empty()
    }
    #[cachefn(cache_if = is_full, tags = ["{length}"])]
    fn list(length: u8) -> Result<Vec<u8>, String> {
        RUNS.tick();
        (0..length).map(|at| if at > 8 { Err("too long".to_owned()) } else { Ok(at) }).collect()
    }
    assert_eq!((list(0), list(0)), (Ok(vec![]), Ok(vec![])));
    assert_eq!((list(1), list(1)), (Ok(vec![0]), Ok(vec![0])));
    assert!(list(10).is_err());
    assert_eq!((RUNS.count(), list::cache().len()), (4, 1));
    assert_eq!((list::refresh(0), list::cache().len()), (Ok(vec![]), 1));
    assert_eq!(list::warm([0, 1, 2, 10]), 2, "both were loaded, though one is not kept");
    assert_eq!(list::cache().len(), 2);
}

#[test]
fn h_14_an_error_is_stored_only_for_as_long_as_was_asked() {
    static RUNS: Runs = Runs::new();
    #[derive(Debug, Clone, PartialEq)]
    enum Fault {
        Missing,
        Busy,
        Gone,
    }
    #[cachefn(
        ttl = "1h",
        cache_if = |value| *value != 3,
        cache_errors = |error| match error {
            Fault::Missing => Some(Duration::MAX),
            Fault::Gone => Some(Duration::ZERO),
            Fault::Busy => None,
        }
    )]
    fn load(id: u8) -> Result<u8, Fault> {
        RUNS.tick();
        match id {
            0 => Err(Fault::Missing),
            1 => Err(Fault::Busy),
            2 => Err(Fault::Gone),
            id => Ok(id),
        }
    }
    let cache: &'static MemoryCache<(u8,), Result<u8, Fault>> = load::cache();
    for (id, runs) in [(0, 1), (1, 3), (2, 5), (3, 7), (4, 8)] {
        assert_eq!(load(id), load(id));
        assert_eq!(RUNS.count(), runs, "{id}");
    }
    assert_eq!((cache.len(), cache.peek(&(0,))), (2, Some(Err(Fault::Missing))));
    assert_eq!(load::warm([0, 1, 4, 5]), 1);
}
