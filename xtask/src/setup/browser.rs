//! A Chromium for the tests that run in a real browser.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::once::once;
use crate::run::{Job, answer};

/// Finds Chromium, or installs Debian's package when we may.
///
/// # Errors
/// There is none, and we are not root on a Debian machine.
pub(crate) fn chromium(job: &Job<'_>) -> Result<PathBuf> {
    once("Chromium", || {
        if found().is_some() {
            return Ok(false);
        }
        let root = answer(Command::new("id").arg("-u")).is_some_and(|user| user == "0");
        if !root || answer(Command::new("apt-get").arg("--version")).is_none() {
            bail!(
                "no chromium in PATH: install it (Debian: `apt-get install chromium`), or set {CHOSEN} to one"
            );
        }
        job.run(Command::new("apt-get").arg("update"))?;
        let install = ["install", "-y", "--no-install-recommends", "chromium"];
        job.run(Command::new("apt-get").args(install).env("DEBIAN_FRONTEND", "noninteractive"))?;
        Ok(true)
    })?;
    found().context("apt-get has installed chromium, but it is not in PATH")
}

fn found() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os(CHOSEN) {
        return Some(chosen.into());
    }
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let in_folders =
        |name: &&str| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(in_folders)
}

const CHOSEN: &str = "CHROMIUM";
