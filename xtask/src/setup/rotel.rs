//! Rotel, a collector of OpenTelemetry, which comes as a package for Python.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::debian::{Program, installed};
use super::once::once;
use crate::run::Job;

/// Makes sure that there is a `rotel-agent`, in the target folder, with the variable by which programs learn of it.
///
/// # Errors
/// It is missing, and there is no `pip`, or `pip` has none for this machine.
pub(crate) fn rotel(job: &Job<'_>) -> Result<(&'static str, PathBuf)> {
    if let Some(chosen) = env::var_os(VARIABLE) {
        return Ok((VARIABLE, chosen.into()));
    }
    let folder = job.project.target("tools/rotel");
    once("rotel", || {
        if folder.join(format!("rotel-{ROTEL}.dist-info")).is_dir() {
            return Ok(false);
        }
        let pip = installed(job, &[PIP])?.remove(0).1;
        if folder.exists() {
            // It replaces nothing by itself.
            fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
        }
        let mut command = Command::new(pip);
        command.args(["install", "--no-deps", "--only-binary", ":all:", "--target"]).arg(&folder);
        job.run(command.arg(format!("rotel=={ROTEL}"))).with_context(|| {
            format!("pip has no rotel {ROTEL} for this machine: set {VARIABLE} to a rotel-agent")
        })?;
        Ok(true)
    })?;
    Ok((VARIABLE, folder.join("rotel/rotel-agent")))
}

const ROTEL: &str = "0.0.1a15";
const VARIABLE: &str = "ROTEL";
const PIP: Program = Program { variable: "PIP", names: &["pip3", "pip"], package: "python3-pip" };
