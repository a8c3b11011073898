//! The book: the pages of `docs/`, by mdBook.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::run::Job;
use crate::setup;

/// Makes the book in `book/` of the target folder; its first page.
///
/// # Errors
/// `mdbook` cannot be installed, fails, or warns of something.
pub(crate) fn make(job: &Job<'_>) -> Result<PathBuf> {
    let folder = job.project.target("book");
    let mut build = Command::new(setup::mdbook(job)?);
    build.args(["build", "docs", "--dest-dir"]).arg(&folder).current_dir(job.project.root());
    let said = job.run(&mut build)?;
    let warning = said.lines().find(|line| line.contains("WARN") || line.contains("ERROR"));
    ensure!(warning.is_none(), "mdbook says: {}", warning.unwrap_or_default().trim());
    Ok(folder.join("index.html"))
}
