//! The suites of what users read first: the guide, and the programs beside it.

use std::process::Command;

use anyhow::{Context, Result};

use super::counts::Counts;
use super::stage::Stage;
use crate::book as pages;
use crate::setup;

/// Each block is a test.
pub(super) fn guide(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(setup::redis)?;
    stage.cargo_test(&["-p", "guide"])
}

/// mdBook has nothing to say against the pages; what it does not look at is a test of the guide.
pub(super) fn book(stage: &Stage<'_>) -> Result<Counts> {
    let first = stage.prepare(pages::make)?;
    Ok(Counts::one(first.exists()))
}

/// Each program prints, in one piece, what stands in its expected.txt.
pub(super) fn examples(stage: &Stage<'_>) -> Result<Counts> {
    // The shop has two processes and a Redis, and real programs watch it.
    stage.prepare(setup::redis)?;
    let programs = [stage.prepare(setup::prometheus)?, stage.prepare(setup::rotel)?];
    // All at once, so that what they need is compiled once.
    let packages = packages();
    let packages: Vec<&str> = packages.iter().flat_map(|package| ["-p", package]).collect();
    let build = [&["build", "--all-targets"], &packages[..]].concat();
    stage.prepare(|job| job.run(&mut job.project.cargo(&build)))?;
    let mut counts = stage.cargo_test_with(&packages, &programs)?;
    for name in NAMES {
        let expected = stage.project().path(&format!("examples/{name}/expected.txt"));
        let expected = std::fs::read_to_string(&expected)
            .with_context(|| format!("read {}", expected.display()))?;
        let mut program = Command::new(stage.project().target(&format!("debug/example_{name}")));
        counts += stage.prints(program.current_dir(stage.project().root()), &expected)?;
    }
    Ok(counts)
}

/// Those that are built for this suite.
pub(super) fn packages() -> Vec<String> {
    NAMES.iter().chain(&["shop"]).map(|name| format!("example_{name}")).collect()
}

/// Those that print and end.
const NAMES: [&str; 7] =
    ["quickstart", "patterns", "file", "smol", "no_runtime", "axum", "application"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suites::tests as all;

    /// The examples whose suites are others, or that are no single program.
    const ELSEWHERE: [(&str, &str); 6] = [
        ("custom_storage", "custom-storage"),
        ("identifiers", "demo-rust"),
        ("identifiers", "demo-js"),
        ("no_std", "core-wasip1"),
        ("playground", "playground"),
        ("shop", "examples"),
    ];

    #[test]
    fn every_example_runs_in_a_suite() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
        let mut here: Vec<String> = std::fs::read_dir(folder)
            .expect("there are examples")
            .map(|entry| entry.expect("a folder").file_name().into_string().expect("a name"))
            .collect();
        here.sort();
        let mut run: Vec<&str> = NAMES.into_iter().chain(ELSEWHERE.map(|(name, _)| name)).collect();
        run.sort_unstable();
        run.dedup();
        assert_eq!(here, run);
        for (name, suite) in ELSEWHERE {
            assert!(all().iter().any(|one| one.name == suite), "{name}: there is no suite {suite}");
        }
    }
}
