//! `cargo xtask book`: the pages of `docs/` as a book to read in a browser.

use std::process::ExitCode;

use anyhow::Result;

use super::prepare;
use crate::book as pages;
use crate::project::Project;
use crate::run::progress::say;

/// Makes the book and tells where it is.
///
/// # Errors
/// See the log it names.
pub(crate) fn book(project: &Project) -> Result<ExitCode> {
    let first = prepare::with_log(project, "book", pages::make)?;
    say(format!("open {}", first.display()));
    Ok(ExitCode::SUCCESS)
}
