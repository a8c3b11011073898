//! The suites of what users read first: the guide, and the programs beside it.

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
    // The shop has two processes and a Redis.
    stage.prepare(setup::redis)?;
    let mut counts = stage.cargo_test(&["-p", "example_axum", "-p", "example_shop"])?;
    for name in NAMES {
        let package = format!("example_{name}");
        let expected = stage.project().path(&format!("examples/{name}/expected.txt"));
        let expected = std::fs::read_to_string(&expected)
            .with_context(|| format!("read {}", expected.display()))?;
        stage.prepare(|job| job.run(&mut job.project.cargo(&["build", "-p", &package])))?;
        let run = ["run", "--quiet", "-p", &package];
        counts += stage.prints(&mut stage.project().cargo(&run), &expected)?;
    }
    Ok(counts)
}

const NAMES: [&str; 7] =
    ["quickstart", "patterns", "file", "smol", "no_runtime", "axum", "application"];
