//! Tests that are awaited, and their report in the words of `cargo test`.

use std::fmt::{Debug, Write};

use cachefn_core::BoxFuture;

/// How a test ended.
pub(crate) type Verdict = Result<(), String>;

/// A sentence about a behaviour, and how it is tried.
pub(crate) struct Test {
    pub(crate) name: &'static str,
    pub(crate) run: fn() -> BoxFuture<'static, Verdict>,
}

/// A list of tests from the names of asynchronous functions.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        &[$($crate::test::Test { name: stringify!($name), run: || Box::pin($name()) }),*]
    };
}
pub(crate) use tests;

/// Runs tests one after the other.
pub(crate) async fn report(tests: &[&Test]) -> String {
    std::panic::set_hook(Box::new(|panic| crate::browser::tell(&panic.to_string())));
    let (mut text, mut counts) = (String::new(), [0; 2]);
    for Test { name, run } in tests {
        let verdict = run().await;
        counts[usize::from(verdict.is_err())] += 1;
        let end = verdict.map_or_else(|words| format!("FAILED\n{words}"), |()| "ok".into());
        let _ = writeln!(text, "test {name} ... {end}"); // a String takes all
    }
    let [passed, failed] = counts;
    let _ = writeln!(text, "test result: {passed} passed; {failed} failed");
    text
}

/// Fails unless both are equal.
pub(crate) fn equal<T: PartialEq + Debug>(what: &str, got: T, expected: T) -> Verdict {
    holds(got == expected, || format!("{what}: expected {expected:?}, got {got:?}"))
}

/// Fails with these words unless it is so.
pub(crate) fn holds(is_so: bool, words: impl FnOnce() -> String) -> Verdict {
    if is_so { Ok(()) } else { Err(words()) }
}

/// The words of an error that was not expected.
pub(crate) fn words(error: impl Debug) -> String {
    format!("{error:?}")
}
