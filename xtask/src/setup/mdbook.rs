//! The program that makes the book.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::once::once;
use crate::run::{Job, answer};

/// Makes sure that there is `mdbook`, in the target folder; where.
///
/// # Errors
/// It is missing and cargo cannot install it.
pub(crate) fn mdbook(job: &Job<'_>) -> Result<PathBuf> {
    let tools = job.project.target("tools");
    let program = tools.join("bin/mdbook");
    once("mdbook", || {
        let version = answer(Command::new(&program).arg("--version"));
        if version.is_some_and(|text| text.trim() == format!("mdbook v{MDBOOK}")) {
            return Ok(false);
        }
        // Without a server, without an index of words, and without optimisations: it is compiled for longer than it
        // ever runs.
        let install =
            ["install", "mdbook", "--version", MDBOOK, "--locked", "--no-default-features"];
        let mut command = job.project.cargo(&install);
        job.run(command.arg("--debug").arg("--root").arg(&tools))?;
        Ok(true)
    })?;
    Ok(program)
}

const MDBOOK: &str = "0.5.4";
