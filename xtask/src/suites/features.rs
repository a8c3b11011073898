//! `cachefn` with its features one by one and in pairs that touch each other: each combination compiles without a
//! warning.

use anyhow::Result;

use super::counts::Counts;
use super::stage::Stage;

/// Each of them compiles much of what it needs anew.
pub(super) fn features(stage: &Stage<'_>) -> Result<Counts> {
    let mut counts = Counts::default();
    for features in COMBINATIONS {
        let krate = ["-p", "cachefn", "--no-default-features", "--features", features];
        let lint = [&["clippy"], &krate[..], &["--", "-D", "warnings"]].concat();
        counts += stage.succeeds(&mut stage.project().cargo(&lint))?;
    }
    // What is asked for and was not built is refused: only a build without it can show that.
    let refusal = ["-p", "cachefn", "--test", "registry", "without_the_feature"];
    counts += stage.cargo_test(&refusal)?;
    Ok(counts)
}

const COMBINATIONS: [&str; 17] = [
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
