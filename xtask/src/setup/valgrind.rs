//! Valgrind, which counts instructions.

use anyhow::Result;

use super::debian::{Program, installed};
use crate::run::Job;

/// Makes sure that there is `valgrind`, by Debian's package when we may.
///
/// # Errors
/// It is missing, and we are not root on a Debian machine.
pub(crate) fn valgrind(job: &Job<'_>) -> Result<()> {
    installed(job, &[VALGRIND]).map(drop)
}

const VALGRIND: Program =
    Program { variable: "VALGRIND", names: &["valgrind"], package: "valgrind" };
