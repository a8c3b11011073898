//! Node, npm, and the packages that a folder's lock file names.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::once::once;
use crate::run::{Job, answer};

/// Makes sure that `folder/node_modules` is what `folder/package-lock.json` says.
///
/// # Errors
/// Node 20 or npm is missing, there is no lock file, or `npm ci` fails.
pub(crate) fn packages(job: &Job<'_>, folder: &str) -> Result<()> {
    node()?;
    once(&format!("npm packages of {folder}"), || install(job, folder))
}

/// Makes sure that there is a Node to run programs with.
///
/// # Errors
/// Node 20 or npm is missing.
pub(crate) fn node() -> Result<()> {
    once("Node and npm", || have_node().map(|()| false))
}

fn install(job: &Job<'_>, folder: &str) -> Result<bool> {
    let folder_path = job.project.path(folder);
    let lock = fs::read_to_string(folder_path.join("package-lock.json")).with_context(|| {
        format!("read {folder}/package-lock.json (run `npm install` in {folder} once and commit the file)")
    })?;
    // The installed lock is kept beside the packages: times of files say nothing after a checkout.
    let stamp = folder_path.join("node_modules/.installed-from.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(false);
    }
    job.run(&mut job.project.program("npm", &["ci", "--no-audit", "--no-fund"], folder))?;
    fs::create_dir_all(folder_path.join("node_modules"))?; // npm makes none for an empty list
    fs::write(&stamp, lock).with_context(|| format!("write {}", stamp.display()))?;
    Ok(true)
}

fn have_node() -> Result<()> {
    let Some(version) = answer(Command::new("node").arg("--version")) else {
        bail!(
            "node is missing: install Node {OLDEST_NODE} or newer from https://nodejs.org (Debian 12 has only 18)"
        );
    };
    ensure!(
        major(&version).is_some_and(|major| major >= OLDEST_NODE),
        "node is {version}: install Node {OLDEST_NODE} or newer from https://nodejs.org"
    );
    ensure!(
        answer(Command::new("npm").arg("--version")).is_some(),
        "npm is missing: it comes with Node from https://nodejs.org, or as Debian's package npm"
    );
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

const OLDEST_NODE: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v8.0.0"), Some(8));
        assert_eq!(major("nonsense"), None);
    }
}
