//! `cargo xtask check`: what is quick to look at before a commit.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::project::Project;
use crate::run::progress::{say, seconds};
use crate::suites;

/// Runs the checks.
///
/// # Errors
/// None so far: what fails is told line by line and in the exit code.
pub(crate) fn check(project: &Project) -> Result<ExitCode> {
    let started = Instant::now();
    let total = suites::run(project, &suites::checks(), false);
    let took = seconds(started.elapsed());
    if total.failed == 0 {
        say(format!("all is well, in {took}"));
        return Ok(ExitCode::SUCCESS);
    }
    let names: Vec<&str> = total.failed_suites.iter().map(|(name, _)| *name).collect();
    say(format!("to repair: {} (in {took})", names.join(", ")));
    Ok(ExitCode::FAILURE)
}
