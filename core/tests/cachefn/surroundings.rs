//! Attributes, lints, unsafety, recursion and panics around a cached function.

use crate::*;

/// Nothing that the attribute adds may cause a warning, not even under the strictest lints.
#[deny(warnings, unused, missing_docs, unreachable_pub, nonstandard_style)]
#[deny(missing_debug_implementations, unused_qualifications, single_use_lifetimes)]
#[deny(let_underscore_drop, unused_results, elided_lifetimes_in_paths)]
mod strict {
    use super::*;

    /// Documented.
    #[must_use]
    #[inline]
    #[track_caller]
    #[cachefn(ttl = 60, tags = ["{id}"], key = "{id}-{other}")]
    #[expect(unused_variables, reason = "the name is for the reader")]
    #[allow(clippy::ptr_arg)]
    #[cfg_attr(all(), cold)]
    pub(super) fn kept(id: u64, name: &String, other: u8, _rest: Vec<u8>) -> Option<u64> {
        fn nested(id: u64) -> Option<u64> {
            id.checked_add(1)
        }
        let next = nested(id)?;
        (next > id).then_some(next)
    }

    /// Not there.
    #[cachefn]
    #[cfg(any())]
    pub(super) fn absent(id: u64) -> Missing {
        nothing
    }

    /// There instead.
    #[cachefn]
    #[cfg(not(any()))]
    pub(super) fn absent(id: u64) -> u64 {
        id
    }

    /// Says it may fail.
    #[cachefn]
    pub(super) fn fallible(
        mut path: &str,
        #[allow(unused)] more: u8,
    ) -> Result<u64, ParseIntError> {
        path = path.trim();
        path.parse()
    }
}

#[test]
fn h_40_attributes_stay_where_they_belong() {
    let name = "Ada".to_owned();
    assert_eq!(strict::kept(1, &name, 2, Vec::new()), Some(2));
    assert_eq!((strict::absent(1), strict::absent::cache().len()), (1, 1));
    assert_eq!(strict::fallible(" 7 ", 0), Ok(7));
}

#[test]
#[expect(unsafe_code, reason = "it is what the test is about")]
fn an_unsafe_function_stays_unsafe() {
    static RUNS: Runs = Runs::new();
    /// # Safety
    /// `id` must be even.
    #[cachefn]
    unsafe fn half(id: u64) -> u64 {
        RUNS.tick();
        id / 2
    }
    // SAFETY: all of them are even.
    let halves = unsafe { (half(4), half(4), half::refresh(6), half::uncached(8)) };
    assert_eq!(halves, (2, 2, 3, 4));
    assert_eq!((RUNS.count(), half::key(5)), (3, (5,)));
}

#[test]
fn a_recursive_function_computes_each_step_once() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn fibonacci(n: u64) -> u64 {
        RUNS.tick();
        if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
    }
    assert_eq!(fibonacci(80), 23_416_728_348_467_685);
    assert_eq!(RUNS.count(), 81);
}

#[test]
fn a_function_that_asks_for_itself_runs_uncached_instead_of_waiting() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn circular(id: u64) -> u64 {
        if RUNS.tick() == 1 { circular(id) + 1 } else { id }
    }
    assert_eq!((circular(5), circular(5)), (6, 6));
    assert_eq!(RUNS.count(), 2);
}

#[test]
fn a_panic_passes_through_and_poisons_nothing() {
    static RUNS: Runs = Runs::new();
    #[cachefn]
    fn fragile(id: u64) -> u64 {
        assert!(RUNS.tick() > 1, "the first run fails");
        id
    }
    let panic = catch_unwind(|| fragile(1)).expect_err("the first run fails");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the first run fails"));
    assert_eq!((fragile(1), fragile(1)), (1, 1));
    assert_eq!(RUNS.count(), 2);
}
