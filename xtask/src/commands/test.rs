//! `cargo xtask test`: suites, one line each, and a total.

use std::process::ExitCode;

use anyhow::Result;

use crate::command_line::TestOptions;
use crate::project::Project;
use crate::run::progress::say;
use crate::suites;

/// Runs the chosen suites.
///
/// # Errors
/// A name fits no suite.
pub(crate) fn test(project: &Project, options: &TestOptions) -> Result<ExitCode> {
    let chosen = suites::chosen(suites::tests(), &options.suites, options.long)?;
    if options.list {
        for suite in &chosen {
            let seconds = suite.budget(options.long).as_secs();
            say(format!("{:<12} {seconds:>4} s  {}", suite.name, suite.about));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let total = suites::run(project, &chosen, options.long);
    for (suite, tests) in &total.failed_suites {
        say(format!("FAILED  {suite}"));
        for test in tests {
            say(format!("        {test}"));
        }
    }
    say(format!("{} passed, {} failed", total.passed, total.failed));
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
