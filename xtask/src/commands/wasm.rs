//! `cargo xtask wasm`: the engine for the npm package.

use std::process::ExitCode;

use anyhow::Result;

use super::prepare;
use crate::project::Project;
use crate::run::progress::say;
use crate::wasm as engine;

/// Builds the engine and tells its size.
///
/// # Errors
/// See the log it names.
pub(crate) fn wasm(project: &Project) -> Result<ExitCode> {
    let built = prepare::with_log(project, "wasm", engine::build)?;
    let state = if built.rebuilt { "written" } else { "up to date" };
    say(format!(
        "npm/generated/engine.wasm: {} bytes, {} after gzip ({state})",
        built.bytes, built.gzip
    ));
    Ok(ExitCode::SUCCESS)
}
