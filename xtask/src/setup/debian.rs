//! Programs that come as Debian's packages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::once::once;
use crate::run::{Job, answer};

/// An executable, the Debian package that has it, and the variable that names another one.
pub(super) struct Program {
    pub(super) variable: &'static str,
    pub(super) names: &'static [&'static str],
    pub(super) package: &'static str,
}

/// Finds programs, or installs Debian's packages when we may: each with its variable.
///
/// # Errors
/// One is missing, and we are not root on a Debian machine.
pub(super) fn installed(
    job: &Job<'_>,
    programs: &[Program],
) -> Result<Vec<(&'static str, PathBuf)>> {
    for program in programs {
        once(program.package, || {
            if found(program).is_some() {
                return Ok(false);
            }
            install(job, program)?;
            Ok(true)
        })?;
    }
    let place = |program: &Program| {
        let found = found(program).with_context(|| {
            format!(
                "apt-get has installed {}, but there is no {}",
                program.package, program.names[0]
            )
        })?;
        Ok((program.variable, found))
    };
    programs.iter().map(place).collect()
}

/// Installs packages where that can be done; whether it could.
///
/// # Errors
/// `apt-get` has failed.
pub(super) fn packages(job: &Job<'_>, names: &[&str]) -> Result<bool> {
    let root = answer(Command::new("id").arg("-u")).is_some_and(|user| user == "0");
    if !root || answer(Command::new("apt-get").arg("--version")).is_none() {
        return Ok(false);
    }
    once("the lists of Debian's packages", || {
        job.run(Command::new("apt-get").arg("update")).map(|_| true)
    })?;
    let install = [&["install", "-y", "--no-install-recommends"], names].concat();
    job.run(Command::new("apt-get").args(install).env("DEBIAN_FRONTEND", "noninteractive"))?;
    Ok(true)
}

fn install(job: &Job<'_>, program: &Program) -> Result<()> {
    let Program { variable, names, package } = program;
    if !packages(job, &[package])? {
        bail!(
            "no {} on this machine: install it (Debian: `apt-get install {package}`), or set {variable} to one",
            names[0]
        );
    }
    Ok(())
}

fn found(program: &Program) -> Option<PathBuf> {
    if let Some(chosen) = env::var_os(program.variable) {
        return Some(chosen.into());
    }
    let folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH")?).chain(libraries_with_programs()).collect();
    let in_folders =
        |name: &&str| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    program.names.iter().find_map(in_folders)
}

/// Debian keeps WebKit's small browser in `/usr/lib/MACHINE/webkit2gtk-VERSION/`.
fn libraries_with_programs() -> Vec<PathBuf> {
    let inside = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let machines = inside(Path::new("/usr/lib"));
    let webkit = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("webkit2gtk-"))
    };
    machines.iter().flat_map(|machine| inside(machine)).filter(webkit).collect()
}
