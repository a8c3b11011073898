//! From the Rust engine to the bytes that the npm package carries.

mod bindgen;
mod embed;
mod panics;
mod sections;
mod shrink;
mod translate;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

pub(crate) use self::bindgen::for_pages;
use self::sections::Sections;
use crate::run::Job;
use crate::setup;

/// The finished module.
pub(crate) struct Engine {
    pub(crate) bytes: usize,
    pub(crate) gzip: usize,
    /// Whether anything had to be done.
    pub(crate) rebuilt: bool,
}

/// Compiles the engine, shrinks it and writes `npm/generated/`, unless that is up to date.
///
/// # Errors
/// A tool is missing or fails, or the module is not self-contained.
pub(crate) fn build(job: &Job<'_>) -> Result<Engine> {
    setup::target(job, TARGET)?;
    setup::packages(job, "npm")?; // wasm-opt and wasm-metadce
    let compiled = compile(job)?;
    let folder = job.project.path("npm/generated");
    let stamp = folder.join(".made-from");
    let made_from = embed::made_from(&compiled, &job.project.path("npm/package-lock.json"))?;
    let finished = folder.join(FINISHED);
    let up_to_date = fs::read_to_string(&stamp).is_ok_and(|text| text == made_from)
        && [FINISHED, INLINED, TRANSLATED].iter().all(|name| folder.join(name).exists());
    if !up_to_date {
        let scratch = job.project.target("xtask-wasm");
        fs::create_dir_all(&scratch)?;
        let silent = panics::silence(&compiled).context("silence panics")?;
        let bound = bindgen::process(&silent, &scratch).context("wasm-bindgen")?;
        let bytes = shrink::shrink(job, &bound, &scratch)?;
        check(&bytes)?;
        fs::create_dir_all(&folder)?;
        let _ = fs::remove_file(&stamp); // nothing is up to date until all is written
        fs::write(&finished, &bytes)?;
        fs::write(folder.join(INLINED), embed::script(&bytes))?;
        fs::write(folder.join(TRANSLATED), translate::translate(job, &finished, &scratch)?)?;
        fs::write(&stamp, made_from)?;
    }
    let bytes = fs::read(&finished)?;
    Ok(Engine { bytes: bytes.len(), gzip: embed::gzip_size(&bytes)?, rebuilt: !up_to_date })
}

fn compile(job: &Job<'_>) -> Result<Vec<u8>> {
    let arguments = ["build", "-p", "cachefn-engine-wasm", "--profile", "wasm", "--target", TARGET];
    job.run(&mut job.project.cargo(&arguments))?;
    read(&job.project.target(TARGET).join("wasm/cachefn_engine_wasm.wasm"))
}

/// `new WebAssembly.Instance(new WebAssembly.Module(bytes))` must be all it takes to start it.
fn check(bytes: &[u8]) -> Result<()> {
    let sections = Sections::of(bytes)?;
    ensure!(
        sections.imports == 0,
        "the engine has {} imports: it must need nothing from outside",
        sections.imports
    );
    ensure!(
        sections.tables == 0,
        "the engine has a table: an indirect call or a closure has got in"
    );
    let exports = sections.exports;
    ensure!(exports.iter().any(|name| name == "memory"), "the engine does not export its memory");
    ensure!(exports.len() > 1, "the engine exports no function");
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("read {}", file.display()))
}

const FINISHED: &str = "engine.wasm";
const INLINED: &str = "engine.ts";
const TRANSLATED: &str = "translated.js";
const TARGET: &str = "wasm32v1-none";
