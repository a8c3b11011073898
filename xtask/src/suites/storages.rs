//! The suites of storages: the crate that tests them, wherever it runs, and what it tests.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::counts::{self, Counts};
use super::stage::Stage;
use super::targets::{PAGE, WASI};
use crate::setup;

/// On this machine with and without executors, under WASI, and without any system on Node and in
/// Chromium.
pub(super) fn conformance(stage: &Stage<'_>) -> Result<Counts> {
    let krate = ["-p", "cachefn-conformance"];
    let mut counts = stage.cargo_test(&krate)?;
    let chromium = stage.prepare(|job| {
        setup::node()?;
        setup::target(job, WASI)?;
        setup::target(job, PAGE)?;
        setup::chromium(job)
    })?;
    // Panics end a program there, so nothing is captured.
    let wasi = ["--target", WASI, "--lib", "--test", "reference", "--", "--nocapture"];
    counts += stage.cargo_test(&[&krate[..], &wasi].concat())?;

    let project = stage.project();
    let build = [&["build"], &krate[..], &["--example", "in_a_page", "--target", PAGE]].concat();
    let mut compile = project.cargo(&build);
    // A page compiles small modules only.
    compile.env("CARGO_PROFILE_DEV_STRIP", "debuginfo");
    stage.prepare(|job| job.run(&mut compile))?;
    let program = project.target(PAGE).join("debug/examples/in_a_page.wasm");
    let mut node = project.program("node", &["xtask/bare.mjs"], "");
    node.arg(&program);
    counts += stage.count(node, counts::cargo)?;

    let page = project.target("conformance").join("page.html");
    let folder = page.parent().context("a file has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    let mut write = project.program("node", &["xtask/bare.mjs"], "");
    write.arg(&program).arg(&page);
    stage.prepare(|job| job.run(&mut write))?;
    let mut show = project.program(&chromium.to_string_lossy(), &HEADLESS, "");
    show.arg(format!("--user-data-dir={}", folder.join("profile").display()));
    show.arg(format!("file://{}", page.display()));
    counts += stage.count(show, counts::cargo)?;
    Ok(counts)
}

pub(super) fn servers(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(setup::redis)?;
    stage.cargo_test(&["-p", "cachefn-servers"])
}

pub(super) fn redis(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(setup::redis)?;
    stage.cargo_test(&["-p", "cachefn-redis", "--features", "tls,smol-tls"])
}

pub(super) fn e2e(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(setup::redis)?;
    stage.cargo_test(&["-p", "cachefn-e2e"])
}

/// Over the library that Debian has, which takes seconds to link to.
pub(super) fn rocksdb(stage: &Stage<'_>) -> Result<Counts> {
    let library = stage.prepare(setup::rocksdb)?;
    let mut counts = Counts::default();
    // The storage, then `cachefn` with its feature `rocksdb`.
    for workspace in ["native/rocksdb/system", "native/rocksdb/application"] {
        let cargo = |what: &[&str]| {
            let mut command = cargo_beside(stage, (workspace, "rocksdb"), what);
            command.envs(library.clone());
            command
        };
        stage.prepare(|job| job.run(&mut cargo(&["test", "--no-run"])))?;
        counts += stage.count(cargo(&["test", "--no-fail-fast"]), counts::cargo)?;
        counts +=
            stage.succeeds(&mut cargo(&["clippy", "--all-targets", "--", "-D", "warnings"]))?;
    }
    // The other crates have a suite for that, and this one its own workspace.
    let workspace = ("native/rocksdb/system", "rocksdb");
    let mut doc = cargo_beside(stage, workspace, &["doc", "--no-deps", "--lib"]);
    counts += stage.succeeds(doc.envs(library).env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(counts)
}

/// As users get it: RocksDB itself is compiled.
pub(super) fn rocksdb_bundled(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(setup::libclang)?;
    let cargo = |what: &[&str]| cargo_beside(stage, ("native/rocksdb", "rocksdb-bundled"), what);
    stage.prepare(|job| {
        let built = job.watch(&mut cargo(&["test", "--no-run"]), MANY_MINUTES)?;
        ensure!(built.success, "RocksDB or its tests do not compile");
        Ok(())
    })?;
    let mut counts = stage.count(cargo(&["test", "--no-fail-fast"]), counts::cargo)?;
    counts += stage.succeeds(&mut cargo(&["clippy", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(counts)
}

/// Cargo on a workspace of its own, which is compiled in its part of the target folder.
fn cargo_beside(
    stage: &Stage<'_>,
    (workspace, target): (&str, &str),
    arguments: &[&str],
) -> Command {
    let manifest = format!("{workspace}/Cargo.toml");
    let beside = ["--manifest-path", &manifest];
    let all = [&arguments[..1], &beside, &arguments[1..]].concat();
    let mut command = stage.project().cargo(&all);
    command.env("CARGO_TARGET_DIR", stage.project().target(target));
    command
}

/// For some hundred files of C++, on a machine that has other things to do.
const MANY_MINUTES: Duration = Duration::from_secs(90 * 60);

pub(super) fn custom_storage(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = stage.cargo_test(&["-p", "custom_storage"])?;
    let run = ["run", "--quiet", "-p", "custom_storage"];
    let shown = "2. After a restart the storage answers.\n   <h1>page 7</h1> (from the storage)";
    counts += stage.prints(&mut stage.project().cargo(&run), shown)?;
    Ok(counts)
}

/// Prints the document once it is loaded.
const HEADLESS: [&str; 5] =
    ["--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--dump-dom"];
