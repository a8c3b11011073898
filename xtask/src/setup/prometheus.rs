//! Prometheus, which asks services for their metrics.

use std::path::PathBuf;

use anyhow::Result;

use super::debian::{Program, installed};
use crate::run::Job;

/// Finds `prometheus`, or installs Debian's package when we may, with the variable by which programs learn of
/// it. The package may start a server of its own, on the usual port, which no test goes near.
///
/// # Errors
/// It is missing, and we are not root on a Debian machine.
pub(crate) fn prometheus(job: &Job<'_>) -> Result<(&'static str, PathBuf)> {
    Ok(installed(job, &[PROMETHEUS])?.remove(0))
}

const PROMETHEUS: Program =
    Program { variable: "PROMETHEUS", names: &["prometheus"], package: "prometheus" };
