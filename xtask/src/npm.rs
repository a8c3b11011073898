//! The npm package as others install it.

use anyhow::Result;

use crate::run::Job;
use crate::wasm;

/// Builds the package into npm/dist/, from the engine on.
///
/// # Errors
/// A tool is missing or fails.
pub(crate) fn package(job: &Job<'_>) -> Result<()> {
    wasm::build(job)?;
    job.run(&mut job.project.program("npm", &["run", "build"], "npm")).map(drop)
}
