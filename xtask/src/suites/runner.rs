//! Runs suites in lanes, tells how each ended, and adds up.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::counts::Counts;
use super::stage::Stage;
use super::suite::{Lane, Suite};
use crate::project::Project;
use crate::run::Job;
use crate::run::progress::{say, seconds};

/// The sum over all suites that ran.
#[derive(Default)]
pub(crate) struct Total {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    /// Suites with a failure and the names of what failed in them, in the order of their ends.
    pub(crate) failed_suites: Vec<(&'static str, Vec<String>)>,
}

/// Runs the suites and prints a line for each as it ends.
pub(crate) fn run(project: &Project, suites: &[Suite], long: bool) -> Total {
    let total = Mutex::new(Total::default());
    thread::scope(|scope| {
        for lane in [Lane::Cargo, Lane::Beside] {
            let total = &total;
            scope.spawn(move || {
                for suite in suites.iter().filter(|suite| suite.lane == lane) {
                    let (counts, failed_tests) = run_one(project, suite, long);
                    let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
                    total.passed += counts.passed;
                    total.failed += counts.failed;
                    if counts.failed > 0 {
                        total.failed_suites.push((suite.name, failed_tests));
                    }
                }
            });
        }
    });
    total.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Also the names of the tests that failed.
fn run_one(project: &Project, suite: &Suite, long: bool) -> (Counts, Vec<String>) {
    let started = Instant::now();
    let budget = suite.budget(long);
    let stage = match Job::begin(project, suite.name) {
        Ok(job) => Stage::begin(job, budget * 5, long),
        Err(error) => {
            say(format!("FAILED  {:<12} {error:#}", suite.name));
            return (Counts::one(false), Vec::new());
        }
    };
    let (counts, reason) = verdict((suite.run)(&stage));
    let prepared = stage.prepared();
    let took = started.elapsed().saturating_sub(prepared);
    let text = line(suite.name, counts, took, budget, prepared);
    if counts.failed == 0 {
        say(format!("passed  {text}"));
        return (counts, Vec::new());
    }
    let words = indented(&stage.job.failures());
    let log = stage.job.log_path().display();
    say(format!("FAILED  {text}{reason}{words}\n        all of it: {log}"));
    (counts, stage.job.failed_tests())
}

/// A suite that ran nothing or left something out has failed, too.
fn verdict(outcome: Result<Counts>) -> (Counts, String) {
    match outcome {
        Ok(counts) if counts.is_empty() => (Counts::one(false), "\n        it ran no test".into()),
        Ok(counts) if counts.skipped > 0 => {
            let reason = format!("\n        {} of its tests were skipped", counts.skipped);
            (Counts { failed: counts.failed + counts.skipped, ..counts }, reason)
        }
        Ok(counts) => (counts, String::new()),
        Err(error) => (Counts::one(false), format!("\n        {error:#}")),
    }
}

fn line(
    name: &str,
    counts: Counts,
    took: Duration,
    budget: Duration,
    prepared: Duration,
) -> String {
    let over = if took > budget { ", OVER BUDGET" } else { "" };
    let mut text = format!(
        "{name:<12} {:>4} passed {:>3} failed  {:>8} of {:>5}{over}",
        counts.passed,
        counts.failed,
        seconds(took),
        format!("{} s", budget.as_secs()),
    );
    if prepared > Duration::from_secs(1) {
        text += &format!(", after {} of building", seconds(prepared));
    }
    text
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("\n        | {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_run_is_a_failure() {
        let (counts, reason) = verdict(Ok(Counts::default()));
        assert_eq!((counts.passed, counts.failed), (0, 1));
        assert!(reason.contains("no test"), "{reason}");
    }

    #[test]
    fn skipped_tests_are_failures() {
        let (counts, _) = verdict(Ok(Counts { passed: 3, failed: 0, skipped: 2 }));
        assert_eq!((counts.passed, counts.failed), (3, 2));
    }

    #[test]
    fn the_line_tells_counts_time_and_budget() {
        let counts = Counts { passed: 12, failed: 0, skipped: 0 };
        let text = line(
            "core",
            counts,
            Duration::from_millis(61_250),
            Duration::from_secs(60),
            Duration::from_secs(9),
        );
        assert_eq!(
            text,
            "core           12 passed   0 failed    61.2 s of  60 s, OVER BUDGET, after 9.0 s of building"
        );
    }
}
