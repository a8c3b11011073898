//! The suite of Rust programs in browsers.

use std::fs;

use anyhow::{Context, Result};

use super::counts::{self, Counts};
use super::stage::Stage;
use super::targets::PAGE;
use crate::{npm, setup, wasm};

/// What needs no browser on this machine, the examples of the documentation, and the rest in pages and
/// workers of three browsers.
pub(super) fn web(stage: &Stage<'_>) -> Result<Counts> {
    let browsers = stage.prepare(|job| {
        npm::package(job)?; // one page has both languages
        setup::packages(job, "npm/runtimes")?; // it drives browsers, too
        setup::target(job, PAGE)?;
        setup::browsers(job)
    })?;
    let krate = ["-p", "cachefn-wasm"];
    let mut counts = stage.cargo_test(&[&krate[..], &["--lib"]].concat())?;
    // They are compiled; what they say is run in the pages.
    let examples = [&["test"], &krate[..], &["--doc", "--target", PAGE]].concat();
    let mut examples = stage.project().cargo(&examples);
    examples.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "true");
    counts += stage.succeeds(&mut examples)?;
    let rest = ["-p", "pages", "--no-deps", "--target", PAGE, "--", "-D", "warnings"];
    let lint = [&["clippy"], &krate[..], &rest];
    counts += stage.succeeds(&mut stage.project().cargo(&lint.concat()))?;

    let project = stage.project();
    let folder = project.target("pages");
    stage.prepare(|job| {
        let build = ["build", "-p", "pages", "--target", PAGE];
        job.run(&mut job.project.cargo(&build))?;
        fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        wasm::for_pages(&project.target(PAGE).join("debug/pages.wasm"), &folder)
    })?;
    let mut pages = project.program("node", &["main.mjs"], "tests/pages");
    pages.arg(&folder).envs(browsers);
    counts += stage.count(pages, counts::cargo)?;
    Ok(counts)
}
