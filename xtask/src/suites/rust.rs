//! The suites that cargo runs.

use anyhow::Result;

use super::counts::Counts;
use super::stage::Stage;
use crate::{floors, setup};

pub(super) fn floors(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = Counts::default();
    for check in floors::check(stage.project().root())? {
        stage.job.record(&format!("{}: {} faults", check.name, check.faults.len()));
        for fault in &check.faults {
            stage.job.record(&format!("  {fault}"));
        }
        counts += Counts::one(check.faults.is_empty());
    }
    Ok(counts)
}

pub(super) fn core(stage: &Stage<'_>) -> Result<Counts> {
    stage.cargo_test(&["-p", "cachefn-core", "--all-features"])
}

pub(super) fn macros(stage: &Stage<'_>) -> Result<Counts> {
    stage.cargo_test(&["-p", "cachefn-macros"])
}

pub(super) fn file(stage: &Stage<'_>) -> Result<Counts> {
    stage.cargo_test(&["-p", "cachefn-file"])
}

pub(super) fn tokio(stage: &Stage<'_>) -> Result<Counts> {
    // Its stress breaks a server.
    stage.prepare(setup::redis)?;
    stage.cargo_test(&["-p", "cachefn-tokio"])
}

/// With all that it can be built with: its parts are small, and what they need is not.
pub(super) fn cachefn(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(setup::redis)?;
    // What a hit costs is counted in instructions.
    stage.prepare(setup::valgrind)?;
    stage.cargo_test(&["-p", "cachefn", "--features", CACHEFN])
}

pub(super) fn engine_wasm(stage: &Stage<'_>) -> Result<Counts> {
    stage.cargo_test(&["-p", "cachefn-engine-wasm"])
}

pub(super) fn xtask(stage: &Stage<'_>) -> Result<Counts> {
    stage.cargo_test(&["-p", "xtask", "--profile", "xtask"])
}

pub(super) fn demo(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = stage.cargo_test(&["-p", "identifiers"])?;
    stage.prepare(|job| job.run(&mut job.project.cargo(&BUILD_DEMO)))?;
    let run = ["run", "--release", "-p", "identifiers", "--", "--requests", SMOKE];
    counts += stage.succeeds(&mut stage.project().cargo(&run))?;
    let restart = [&run[..], &["--restart"]].concat();
    counts +=
        stage.prints(&mut stage.project().cargo(&restart), "restart passed: 1,750 answers")?;
    Ok(counts)
}

pub(super) fn format(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = stage.succeeds(&mut stage.project().cargo(&[
        "fmt",
        "--all",
        "--check",
        "--",
        "--color=never",
    ]))?;
    // They are workspaces of their own.
    for manifest in [BENCH, FUZZ, ROCKSDB, APPLICATION] {
        let own = ["fmt", "--all", "--check", "--manifest-path", manifest, "--", "--color=never"];
        counts += stage.succeeds(&mut stage.project().cargo(&own))?;
    }
    Ok(counts)
}

pub(super) fn lint(stage: &Stage<'_>) -> Result<Counts> {
    let rest = ["--all-targets", "--", "-D", "warnings"];
    let lint = [&["clippy", "--workspace", "--features", ALL], &rest[..]].concat();
    stage.succeeds(&mut stage.project().cargo(&lint))
}

/// The documentation of every crate, in which no link leads nowhere.
pub(super) fn rustdoc(stage: &Stage<'_>) -> Result<Counts> {
    let doc = ["doc", "--no-deps", "--lib", "--workspace", "--features", ALL];
    stage.succeeds(stage.project().cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"))
}

pub(super) fn lint_bench(stage: &Stage<'_>) -> Result<Counts> {
    let lint = ["clippy", "--manifest-path", BENCH, "--all-targets", "--", "-D", "warnings"];
    stage.succeeds(&mut stage.project().cargo(&lint))
}

pub(super) fn board(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| setup::target(job, BOARD))?;
    let check = [
        "clippy",
        "-p",
        "cachefn-core",
        "--no-default-features",
        "--target",
        BOARD,
        "--",
        "-D",
        "warnings",
    ];
    stage.succeeds(&mut stage.project().cargo(&check))
}

/// A machine without an operating system stands for all of them.
pub(super) const BOARD: &str = "thumbv7em-none-eabi";
pub(super) const BENCH: &str = "bench/Cargo.toml";
const FUZZ: &str = "fuzz/Cargo.toml";
const ROCKSDB: &str = "native/rocksdb/Cargo.toml";
const APPLICATION: &str = "native/rocksdb/application/Cargo.toml";
/// All that `cachefn` can be built with but `rocksdb`, which compiles for many minutes: the suite `rocksdb` has that
/// over the system's library.
const CACHEFN: &str = "cli,http,metrics,otlp";
/// The same of all crates at once, so that what they need is compiled once.
const ALL: &str = "cachefn/cli,cachefn/http,cachefn/metrics,cachefn/otlp,\
                   cachefn-core/json,cachefn-core/lz4,cachefn-core/messagepack";
/// Enough requests to go through every part of the demo.
pub(super) const SMOKE: &str = "2000";
/// Measuring needs the release profile.
pub(super) const BUILD_DEMO: [&str; 4] = ["build", "--release", "-p", "identifiers"];
