//! The full output of one job, on disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result};

/// A log file that several readers of output may write to.
pub(super) struct Log {
    path: PathBuf,
    file: Mutex<File>,
}

impl Log {
    /// An empty log; what stood in it before is gone.
    pub(super) fn create(path: PathBuf) -> Result<Self> {
        let folder = path.parent().expect("a log lies in a folder");
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one line. A full disk must not stop the tests: the output is also counted in memory.
    pub(super) fn line(&self, text: &str) {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = writeln!(file, "{text}");
    }

    /// What to show beside a failure: the lines that tell of one, each with those after it; of a log
    /// without any, its end.
    pub(super) fn failures(&self) -> String {
        let bytes = fs::read(&self.path).unwrap_or_default();
        failures(&String::from_utf8_lossy(&bytes))
    }

    /// The tests that failed, as their runners name them.
    pub(super) fn failed_tests(&self) -> Vec<String> {
        let bytes = fs::read(&self.path).unwrap_or_default();
        failed_tests(&String::from_utf8_lossy(&bytes))
    }
}

/// What the test runners, compilers and programs that are run here write when something fails.
const SIGNS: [&str; 9] = [
    "panicked at",
    "... FAILED",
    "  FAILED ",
    "error:",
    "error[",
    "Error:",
    "not ok ",
    "FAIL ",
    "MISMATCH",
];

fn failures(log: &str) -> String {
    const AFTER: usize = 6;
    const MOST: usize = 60;
    let lines: Vec<&str> = log.lines().collect();
    let told = |line: &str| SIGNS.iter().any(|sign| line.contains(sign));
    let near = |at: usize| lines[at.saturating_sub(AFTER)..=at].iter().any(|line| told(line));
    let mut shown: Vec<&str> =
        (0..lines.len()).filter(|at| near(*at)).map(|at| lines[at]).take(MOST).collect();
    if shown.is_empty() {
        shown = lines[lines.len().saturating_sub(MOST)..].to_vec();
    }
    shown.join("\n")
}

fn failed_tests(log: &str) -> Vec<String> {
    const MOST: usize = 20;
    const LONGEST: usize = 200; // characters
    const NAMES: [&str; 4] = ["... FAILED", "  FAILED ", "not ok ", "FAIL "];
    log.lines()
        .filter(|line| NAMES.iter().any(|sign| line.contains(sign)))
        .map(|line| line.trim().chars().take(LONGEST).collect())
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_amid_much_success_is_shown() {
        let mut log = "test one ... ok\n".repeat(100);
        log += "thread 'two' panicked at two.rs:1:\nit is three\n";
        log += &"test four ... ok\n".repeat(100);
        let shown = failures(&log);
        assert!(shown.starts_with("thread 'two' panicked at two.rs:1:\nit is three\n"), "{shown}");
        assert_eq!(shown.lines().count(), 7);
    }

    #[test]
    fn a_fact_that_does_not_hold_is_found_in_a_table_of_places() {
        let mut log = "firefox  page  45 held, 0 did not\n".repeat(100);
        log += "firefox  worker  0 held, 1 did not\n  FAILED it did not come\n";
        log += &"webkit  page  45 held, 0 did not\n".repeat(100);
        assert!(failures(&log).starts_with("  FAILED it did not come\n"));
    }

    #[test]
    fn tests_that_failed_are_named_without_what_they_said() {
        let log = "test one ... ok\ntest two ... FAILED\nthread 'two' panicked at two.rs:1:\n";
        assert_eq!(failed_tests(log), ["test two ... FAILED"]);
    }

    #[test]
    fn a_log_without_a_sign_shows_its_end() {
        let log: String = (0..100).map(|line| format!("line {line}\n")).collect();
        assert!(failures(&log).ends_with("line 98\nline 99"));
    }
}
