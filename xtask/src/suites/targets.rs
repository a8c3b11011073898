//! The suites that compile for other machines.

use anyhow::{Context, Result};

use super::counts::Counts;
use super::rust::BOARD;
use super::stage::Stage;
use crate::setup;

pub(super) fn core_no_std(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = Counts::default();
    for target in [&[BOARD], &OTHERS[..]].concat() {
        stage.prepare(|job| setup::target(job, target))?;
        let core = ["build", "-p", "cachefn-core", "--no-default-features", "--target", target];
        counts += stage.succeeds(&mut stage.project().cargo(&core))?;
        let codecs = [&core[..], &["--features", "postcard,json,lz4"]].concat();
        counts += stage.succeeds(&mut stage.project().cargo(&codecs))?;
        if target.ends_with("eabi") || target.ends_with("elf") {
            let firmware = ["build", "-p", "station", "--lib", "--target", target];
            counts += stage.succeeds(&mut stage.project().cargo(&firmware))?;
        }
    }
    counts += stage.cargo_test(&[
        "-p",
        "cachefn-core",
        "--no-default-features",
        "--lib",
        "--test",
        "without_std",
        "--test",
        "records",
    ])?;
    counts += stage.cargo_test(&["-p", "station", "--lib"])?;
    Ok(counts)
}

/// The runner is named in .cargo/config.toml; panics end a program there, so nothing is captured.
pub(super) fn core_wasip1(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| {
        setup::node()?;
        setup::target(job, WASI)
    })?;
    let core = ["-p", "cachefn-core", "--target", WASI];
    let std = [
        &core[..],
        &[
            "--lib",
            "--test",
            "model",
            "--test",
            "vectors",
            "--test",
            "records",
            "--test",
            "records_schema",
            "--",
            "--nocapture",
        ],
    ];
    let mut counts = stage.cargo_test(&std.concat())?;
    let no_std = [&core[..], &["--no-default-features", "--lib", "--", "--nocapture"]];
    counts += stage.cargo_test(&no_std.concat())?;
    let expected = stage.project().path("examples/no_std/expected.txt");
    let expected = std::fs::read_to_string(&expected)
        .with_context(|| format!("read {}", expected.display()))?;
    let run = ["run", "--quiet", "-p", "station", "--target", WASI];
    counts += stage.prints(&mut stage.project().cargo(&run), &expected)?;
    Ok(counts)
}

/// To compile is the test; and what must not compile does not.
pub(super) fn core_seams(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = Counts::default();
    for target in [HERE, PAGE, WASI, BOARD, "wasm32v1-none"] {
        stage.prepare(|job| setup::target(job, target))?;
        let check = ["check", "-p", "seams", "--target", target];
        counts += stage.succeeds(&mut stage.project().cargo(&check))?;
        if [HERE, PAGE, WASI].contains(&target) {
            let with_std = [&check[..], &["--features", "std"]].concat();
            counts += stage.succeeds(&mut stage.project().cargo(&with_std))?;
        }
    }
    let unsent = ["check", "-p", "seams", "--features", "std,unsent", "--target"];
    counts += stage.succeeds(&mut stage.project().cargo(&[&unsent[..], &[PAGE]].concat()))?;
    for refused in [HERE, WASI] {
        let mut check = stage.project().cargo(&[&unsent[..], &[refused]].concat());
        counts += stage.refuses(&mut check, "cannot be sent between threads safely")?;
    }
    Ok(counts)
}

const OTHERS: [&str; 4] =
    ["thumbv6m-none-eabi", "riscv32imc-unknown-none-elf", "wasm32v1-none", WASI];
const HERE: &str = "x86_64-unknown-linux-gnu";
pub(super) const PAGE: &str = "wasm32-unknown-unknown";
pub(super) const WASI: &str = "wasm32-wasip1";
