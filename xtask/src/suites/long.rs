//! The suites that need a toolchain of their own, or minutes.

use std::process::Command;

use anyhow::{Context, Result};

use super::counts::{self, Counts};
use super::rust::BENCH;
use super::stage::Stage;
use crate::run::progress::say;
use crate::setup::{self, NIGHTLY, toolchain_cargo};

/// Compiles with the oldest Rust where it can be had; a short run does not download it for that.
pub(super) fn msrv(stage: &Stage<'_>) -> Result<Counts> {
    let crates = ["-p", "cachefn-core", "-p", "cachefn-macros", "-p", "cachefn-conformance"];
    if !stage.is_long() && !setup::has_toolchain(OLDEST) {
        say(format!("msrv: Rust {OLDEST} is not installed, so clippy guesses; --long installs it"));
        let lint = ["clippy", "--", "-D", "clippy::incompatible_msrv"];
        let lint = [&lint[..1], &crates, &lint[1..]].concat();
        return stage.succeeds(&mut stage.project().cargo(&lint));
    }
    stage.prepare(|job| setup::toolchain(job, OLDEST, &[]))?;
    let mut counts = Counts::default();
    for features in [&[][..], &["--no-default-features"], &["--all-features"]] {
        let check = [&["check"], &crates[..if features.is_empty() { 6 } else { 2 }], features];
        let mut command = toolchain_cargo(stage.project(), OLDEST, &check.concat());
        command.env("CARGO_TARGET_DIR", stage.project().target("msrv"));
        counts += stage.succeeds(&mut command)?;
    }
    Ok(counts)
}

/// The tests of the library's parts, and fewer operations on the whole of it. The unsafe code is
/// tried with several seeds: they decide which thread runs, and how late it sees what others wrote.
pub(super) fn miri(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| setup::toolchain(job, NIGHTLY, &["miri", "rust-src"]))?;
    let run = |flags: &str, arguments: &[&str]| {
        let test = ["miri", "test", "-p", "cachefn-core"];
        let mut command = toolchain_cargo(stage.project(), NIGHTLY, &[&test, arguments].concat());
        command.env("CARGO_TARGET_DIR", stage.project().target("miri")).env("MIRIFLAGS", flags);
        stage.count(command, counts::cargo)
    };
    let mut counts = run("-Zmiri-many-seeds=0..8", &["--lib", "raw::"])?;
    // Long calculations in safe code: there is nothing to interpret.
    counts += run("", &["--lib", "--", "--skip", "policy::", "--skip", "sketch::"])?;
    counts += run("", &["--test", "model"])?;
    Ok(counts)
}

/// The library compiled with the threads and locks of a scheduler that tries orders.
pub(super) fn shuttle(stage: &Stage<'_>) -> Result<Counts> {
    let command = |arguments: &[&str]| {
        let tests =
            ["interleavings", "interleaved_flights", "interleaved_failures", "interleaved_caches"];
        let tests = tests.map(|name| ["--test", name]).concat();
        let test = ["test", "--release", "-p", "cachefn-core"];
        let mut command = stage.project().cargo(&[&test[..], &tests, arguments].concat());
        command.env("RUSTFLAGS", "--cfg shuttle");
        command.env("CARGO_TARGET_DIR", stage.project().target("shuttle"));
        command
    };
    stage.prepare(|job| job.run(&mut command(&["--no-run"])))?;
    stage.count(command(&["--", "--nocapture"]), counts::cargo)
}

/// Each target for a minute, or for a tenth of that in a run that is not long. Without a sanitizer it
/// tries twenty times as many inputs; memory is what miri looks at.
pub(super) fn fuzz(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| {
        setup::toolchain(job, NIGHTLY, &[])?;
        setup::cargo_fuzz(job)
    })?;
    let project = stage.project();
    let folder = project.target("fuzz");
    let folder = folder.to_str().context("the target folder has a Unicode name")?;
    let command = |verb: &str, rest: &[&str]| -> Command {
        let fuzz = [&["fuzz", verb, "--sanitizer", "none", "--target-dir", folder], rest].concat();
        toolchain_cargo(project, NIGHTLY, &fuzz)
    };
    stage.prepare(|job| job.run(&mut command("build", &[])))?;
    let mut counts = Counts::default();
    for target in ["model", "glob", "engine", "record"] {
        let (corpus, found) =
            (format!("{folder}/corpus/{target}"), format!("{folder}/found/{target}"));
        for folder in [&corpus, &found] {
            std::fs::create_dir_all(folder).with_context(|| format!("create {folder}"))?;
        }
        let seeds = format!("fuzz/seeds/{target}");
        let time = format!("-max_total_time={}", if stage.is_long() { 60 } else { 6 });
        let found = format!("-artifact_prefix={found}/");
        let run = [target, &corpus, &seeds, "--", &time, "-timeout=5", "-max_len=2000", &found];
        let finished = stage.watch(&mut command("run", &run))?;
        let done = finished.text.lines().rfind(|line| line.starts_with("Done "));
        stage.job.record(&format!("{target}: {}", done.unwrap_or("did not come to its end")));
        counts += Counts::one(finished.success && done.is_some());
    }
    Ok(counts)
}

pub(super) fn bench_unit(stage: &Stage<'_>) -> Result<Counts> {
    stage.cargo_test(&["--release", "--manifest-path", BENCH])
}

/// What `rust-version` in Cargo.toml promises.
const OLDEST: &str = "1.85.0";
