//! A named piece of work: its commands, their log, and its place on the screen.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::child;
use super::log::Log;
use super::progress::Step;
use crate::project::Project;

/// Runs commands one after the other, writing all their output to one log.
pub(crate) struct Job<'p> {
    /// The repository it works on.
    pub(crate) project: &'p Project,
    step: Step,
    log: Log,
}

/// How a command ended, and everything it printed.
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) text: String,
}

impl<'p> Job<'p> {
    /// Begins a job and empties its log.
    ///
    /// # Errors
    /// The log cannot be created.
    pub(crate) fn begin(project: &'p Project, name: &str) -> Result<Self> {
        let log = Log::create(project.target("xtask-logs").join(format!("{name}.log")))?;
        Ok(Self { project, step: Step::begin(name), log })
    }

    /// Runs a command that must succeed.
    ///
    /// # Errors
    /// It cannot be started, fails, or takes longer than any step of a set-up may.
    pub(crate) fn run(&self, command: &mut Command) -> Result<String> {
        let finished = self.watch(command, LONGEST_STEP)?;
        ensure!(finished.success, "{} failed", child::name(command));
        Ok(finished.text)
    }

    /// Runs a command that may fail.
    ///
    /// # Errors
    /// It cannot be started or takes longer than `limit`.
    pub(crate) fn watch(&self, command: &mut Command, limit: Duration) -> Result<Finished> {
        let name = child::name(command);
        self.log.line(&format!("$ {name}"));
        self.step.note(&name);
        let mut text = String::new();
        let status = child::listen(command, limit, |line| {
            self.log.line(line);
            self.step.note(line);
            text.push_str(line);
            text.push('\n');
        })?;
        self.log.line(&format!("({status})"));
        Ok(Finished { success: status.success(), text })
    }

    /// Writes a line to the log.
    pub(crate) fn record(&self, text: &str) {
        self.log.line(text);
        self.step.note(text);
    }

    /// Where the log is.
    pub(crate) fn log_path(&self) -> &Path {
        self.log.path()
    }

    /// What the log tells of failures.
    pub(crate) fn failures(&self) -> String {
        self.log.failures()
    }

    /// The tests that failed, as their runners name them.
    pub(crate) fn failed_tests(&self) -> Vec<String> {
        self.log.failed_tests()
    }
}

const LONGEST_STEP: Duration = Duration::from_secs(20 * 60);
