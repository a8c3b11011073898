//! Compilation targets of the Rust toolchain.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use super::once::once;
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

fn is_installed(target: &str) -> bool {
    let library =
        answer(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
    library.is_some_and(|folder| Path::new(&folder).is_dir())
}

static RUSTUP: Mutex<()> = Mutex::new(());
