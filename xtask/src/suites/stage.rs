//! What a suite has to work with while it runs.

use std::cell::Cell;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::counts::{self, Counts};
use crate::project::Project;
use crate::run::{Finished, Job};

/// A running suite.
pub(crate) struct Stage<'p> {
    pub(crate) job: Job<'p>,
    limit: Duration,
    long: bool,
    prepared: Cell<Duration>,
}

impl<'p> Stage<'p> {
    pub(super) fn begin(job: Job<'p>, limit: Duration, long: bool) -> Self {
        Self { job, limit, long, prepared: Cell::default() }
    }

    pub(super) fn project(&self) -> &'p Project {
        self.job.project
    }

    /// Whether there is time for more than the usual.
    pub(super) fn is_long(&self) -> bool {
        self.long
    }

    /// How much of the time went into building and installing.
    pub(super) fn prepared(&self) -> Duration {
        self.prepared.get()
    }

    /// Work that is not part of the suite's own time.
    pub(super) fn prepare<T>(&self, work: impl FnOnce(&Job<'p>) -> Result<T>) -> Result<T> {
        let started = Instant::now();
        let outcome = work(&self.job);
        self.prepared.set(self.prepared.get() + started.elapsed());
        outcome
    }

    /// Runs tests and reads their number from the output. A failure that no test explains is one more,
    /// and so is a run without a test.
    pub(super) fn count(&self, mut command: Command, read: fn(&str) -> Counts) -> Result<Counts> {
        if self.long {
            command.env("CACHEFN_LONG", "1");
        }
        let finished = self.watch(&mut command)?;
        let mut counts = read(&finished.text);
        if counts.is_empty() {
            self.job.record("no test ran");
        }
        if counts.failed == 0 && (counts.is_empty() || !finished.success) {
            counts.failed = 1;
        }
        Ok(counts)
    }

    /// Runs a program that is one test: it succeeds or not.
    pub(super) fn succeeds(&self, command: &mut Command) -> Result<Counts> {
        Ok(Counts::one(self.watch(command)?.success))
    }

    /// Runs a program that is one test: it succeeds and prints these lines, among others.
    pub(super) fn prints(&self, command: &mut Command, expected: &str) -> Result<Counts> {
        let finished = self.watch(command)?;
        let as_expected = finished.text.contains(expected);
        if !as_expected {
            self.job.record(&format!("it did not print:\n{expected}"));
        }
        Ok(Counts::one(finished.success && as_expected))
    }

    /// Runs a compiler on what is a mistake: it fails and says this.
    pub(super) fn refuses(&self, command: &mut Command, reason: &str) -> Result<Counts> {
        let finished = self.watch(command)?;
        let says_why = finished.text.contains(reason);
        if finished.success || !says_why {
            self.job.record(&format!("it was not refused with the words: {reason}"));
        }
        Ok(Counts::one(!finished.success && says_why))
    }

    /// Runs a command within the time of the suite.
    pub(super) fn watch(&self, command: &mut Command) -> Result<Finished> {
        self.job.watch(command, self.limit)
    }

    /// Builds Rust tests, then runs them; `arguments` are those of `cargo test`.
    pub(super) fn cargo_test(&self, arguments: &[&str]) -> Result<Counts> {
        self.cargo_test_with(arguments, &[])
    }

    /// The same for tests that learn of programs by variables.
    pub(super) fn cargo_test_with(
        &self,
        arguments: &[&str],
        programs: &[(&'static str, PathBuf)],
    ) -> Result<Counts> {
        let build = [&["test", "--no-run"], arguments].concat();
        self.prepare(|job| job.run(&mut job.project.cargo(&build)))?;
        let run = [&["test", "--no-fail-fast"], arguments].concat();
        let mut run = self.project().cargo(&run);
        run.envs(programs.iter().map(|(variable, place)| (variable, place)));
        self.count(run, counts::cargo)
    }
}
