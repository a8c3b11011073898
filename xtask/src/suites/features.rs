//! The crates with their features one by one and in pairs that touch each other: what one needs must not come with
//! another. Most of what they are built with is compiled anew for each.

use anyhow::Result;

use super::counts::Counts;
use super::examples;
use super::stage::Stage;
use crate::setup;

pub(super) fn features(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = Counts::default();
    for features in CACHEFN {
        let krate = ["-p", "cachefn", "--no-default-features", "--features", features];
        let lint = [&["clippy"], &krate[..], &["--", "-D", "warnings"]].concat();
        counts += stage.succeeds(&mut stage.project().cargo(&lint))?;
    }
    // What is asked for and was not built is refused: only a build without it can show that.
    counts += stage.cargo_test(&["-p", "cachefn", "--test", "registry", "without_the_feature"])?;
    for codec in ["postcard", "json", "messagepack"] {
        let codecs = ["-p", "cachefn-core", "--no-default-features", "--features", codec];
        counts += stage.cargo_test(&[&codecs[..], &["--test", "records_codecs"]].concat())?;
    }
    // Without tokio, and with it alone.
    stage.prepare(setup::redis)?;
    let smol = ["check", "-p", "cachefn-redis", "--no-default-features", "--features", "smol"];
    counts += stage.succeeds(&mut stage.project().cargo(&smol))?;
    let tokio = ["--test", "redis", "--", "connecting", "trips"];
    counts += stage.cargo_test(&[&["-p", "cachefn-redis"], &tokio[..]].concat())?;
    // Their manifests are what a reader copies.
    for package in examples::packages() {
        counts += stage.succeeds(&mut stage.project().cargo(&["check", "-p", &package]))?;
    }
    Ok(counts)
}

const CACHEFN: [&str; 17] = [
    "",
    "cli",
    "config",
    "config,file",
    "config,http",
    "config,metrics",
    "config,redis",
    "config,tracing",
    "file",
    "http",
    "metrics",
    "metrics,tracing",
    "otlp",
    "redis",
    "tls",
    "tokio",
    "tracing",
];
