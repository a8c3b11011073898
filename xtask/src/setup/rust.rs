//! Rust's other toolchains, their components, and the targets to compile for.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use super::once::once;
use crate::project::Project;
use crate::run::{Job, answer};

/// Makes sure that Rust can compile for a target such as `wasm32v1-none`.
///
/// # Errors
/// The target is missing and `rustup` cannot add it.
pub(crate) fn target(job: &Job<'_>, name: &str) -> Result<()> {
    once(&format!("Rust target {name}"), || {
        if is_installed(name) {
            return Ok(false);
        }
        let _one_rustup_at_a_time = RUSTUP.lock().unwrap_or_else(PoisonError::into_inner);
        job.run(Command::new("rustup").args(["target", "add", name]))
            .with_context(|| format!("add the target {name} to this Rust toolchain"))?;
        Ok(true)
    })
}

/// Whether rustup has a toolchain, without asking the network.
pub(crate) fn has_toolchain(name: &str) -> bool {
    answer(Command::new("rustup").args(["run", name, "rustc", "--version"])).is_some()
}

/// Makes sure that a toolchain beside the default one is there, with its components.
///
/// # Errors
/// It is missing and `rustup` cannot install it.
pub(crate) fn toolchain(job: &Job<'_>, name: &str, components: &[&str]) -> Result<()> {
    once(&format!("Rust {name} {}", components.join(" ")), || {
        let list = ["component", "list", "--installed", "--toolchain", name];
        let have = answer(Command::new("rustup").args(list)).unwrap_or_default();
        let has = |component: &&str| have.lines().any(|line| line.starts_with(*component));
        if has_toolchain(name) && components.iter().all(has) {
            return Ok(false);
        }
        let _one_rustup_at_a_time = RUSTUP.lock().unwrap_or_else(PoisonError::into_inner);
        let mut install = vec!["toolchain", "install", name, "--profile", "minimal"];
        for component in components {
            install.extend(["--component", component]);
        }
        job.run(Command::new("rustup").args(&install)).with_context(|| {
            format!("get rustup from https://rustup.rs and run `rustup {}`", install.join(" "))
        })?;
        Ok(true)
    })
}

/// The cargo of another toolchain, started in the root.
pub(crate) fn toolchain_cargo(project: &Project, name: &str, arguments: &[&str]) -> Command {
    let mut command = project.program("rustup", &["run", name, "cargo"], "");
    // These name the toolchain that started this program.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

/// Makes sure that `cargo fuzz` is there.
///
/// # Errors
/// It is missing and cargo cannot install it.
pub(crate) fn cargo_fuzz(job: &Job<'_>) -> Result<()> {
    once("cargo-fuzz", || {
        if answer(Command::new("cargo-fuzz").arg("--version")).is_some() {
            return Ok(false);
        }
        let install = ["install", "cargo-fuzz", "--version", CARGO_FUZZ, "--locked"];
        job.run(&mut job.project.cargo(&install))?;
        Ok(true)
    })
}

fn is_installed(target: &str) -> bool {
    let library =
        answer(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
    library.is_some_and(|folder| Path::new(&folder).is_dir())
}

/// The toolchain that miri and the fuzz targets need.
pub(crate) const NIGHTLY: &str = "nightly";
const CARGO_FUZZ: &str = "0.13.2";

static RUSTUP: Mutex<()> = Mutex::new(());
