//! What a suite is.

use std::time::Duration;

use anyhow::Result;

use super::counts::Counts;
use super::stage::Stage;

/// A set of tests with one name, one log and one line in the report.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    /// What it shows when it passes.
    pub(crate) about: &'static str,
    /// Suites of one lane run one after the other, lanes side by side.
    pub(crate) lane: Lane,
    pub(crate) when: When,
    /// How long it should take at most, once what it needs is built; five times that ends it.
    pub(super) budget: Duration,
    pub(crate) run: fn(&Stage<'_>) -> Result<Counts>,
}

impl Suite {
    /// The budget of a run; a suite for the long run has its time already.
    pub(crate) fn budget(&self, long: bool) -> Duration {
        self.budget * if long && self.when == When::Always { 10 } else { 1 }
    }
}

/// What a suite mostly waits for: cargo builds one thing at a time in one folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// The folder that most crates are built in.
    Cargo,
    /// Browsers, and whatever is built elsewhere.
    Beside,
}

/// When a suite runs that was not asked for by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// It needs a toolchain of its own, or minutes.
    Long,
}
