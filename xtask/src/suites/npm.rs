//! The suites of the npm package: its scripts in npm/package.json, run in a prepared folder.

use std::process::Command;

use anyhow::Result;

use super::counts::{self, Counts};
use super::places;
use super::rust::{BUILD_DEMO, SMOKE};
use super::stage::Stage;
use crate::run::progress::say;
use crate::{npm, setup, wasm};

pub(super) fn types(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| wasm::build(job).map(drop))?;
    stage.succeeds(&mut script(stage, "types"))
}

pub(super) fn node(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| wasm::build(job).map(drop))?;
    stage.count(script(stage, "test:node"), counts::npm)
}

pub(super) fn package(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(npm::package)?;
    stage.count(script(stage, "test:package"), counts::npm)
}

pub(super) fn browser(stage: &Stage<'_>) -> Result<Counts> {
    let chromium = stage.prepare(|job| {
        wasm::build(job)?;
        setup::chromium(job)
    })?;
    let mut command = script(stage, "test:browser");
    command.env("CHROMIUM", chromium);
    stage.count(command, counts::npm)
}

/// Browsers that are killed, damaged, full or forbidden to keep anything, over profiles on a disk.
pub(super) fn kills(stage: &Stage<'_>) -> Result<Counts> {
    let chromium = stage.prepare(|job| {
        npm::package(job)?;
        setup::chromium(job)
    })?;
    let mut command = script(stage, "test:kills");
    command.env("CHROMIUM", chromium);
    stage.count(command, counts::npm)
}

/// Caches of both languages over one storage: the half in Rust is a program that the tests talk to.
pub(super) fn exchange(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| {
        npm::package(job)?;
        job.run(&mut job.project.cargo(&BUILD_EXCHANGE))
    })?;
    let mut command = script(stage, "test:exchange");
    command.env("EXCHANGE", stage.project().target("debug/examples/exchange"));
    stage.count(command, counts::npm)
}

/// Beside Keyv, with its own suite, and unstorage, over the package's sources.
pub(super) fn adapters(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| {
        wasm::build(job)?;
        setup::packages(job, "npm/adapters")
    })?;
    stage.count(stage.project().program("npm", &["test"], "npm/adapters"), counts::npm)
}

/// The package as it is published, in every place of a table that is shown.
pub(super) fn runtimes(stage: &Stage<'_>) -> Result<Counts> {
    let browsers = stage.prepare(|job| {
        npm::package(job)?;
        setup::packages(job, "npm/runtimes")?;
        setup::browsers(job)
    })?;
    let mut command = stage.project().program("node", &["main.mjs"], "npm/runtimes");
    command.envs(browsers);
    table(stage, command)
}

pub(super) fn bundlers(stage: &Stage<'_>) -> Result<Counts> {
    let chromium = stage.prepare(|job| {
        npm::package(job)?;
        setup::packages(job, "npm/runtimes")?; // they share how the package is installed
        setup::packages(job, "npm/bundlers")?;
        setup::chromium(job)
    })?;
    let mut command = stage.project().program("node", &["main.mjs"], "npm/bundlers");
    command.env("CHROMIUM", chromium);
    table(stage, command)
}

/// The page that shows the package, used in three browsers as a person does; its pictures are kept.
pub(super) fn playground(stage: &Stage<'_>) -> Result<Counts> {
    let browsers = stage.prepare(|job| {
        npm::package(job)?;
        setup::packages(job, "npm/runtimes")?; // what drives browsers
        setup::browsers(job)
    })?;
    let node =
        |arguments: &[&str]| stage.project().program("node", arguments, "examples/playground");
    let mut counts = stage.succeeds(&mut node(&["serve.mjs", "--check"]))?;
    counts += stage.count(node(&["--test", "--test-reporter=tap"]), counts::npm)?;
    let mut people = node(&["e2e/main.mjs"]);
    people.envs(browsers).env("PICTURES", stage.project().target("playground"));
    counts += table(stage, people)?;
    Ok(counts)
}

/// Counts, and shows a line for each place and its version.
fn table(stage: &Stage<'_>, command: Command) -> Result<Counts> {
    stage.count(command, |text| {
        for line in places::summary(text) {
            say(format!("  {line}"));
        }
        counts::npm(text)
    })
}

pub(super) fn demo(stage: &Stage<'_>) -> Result<Counts> {
    stage.prepare(|job| {
        npm::package(job)?;
        job.run(&mut job.project.cargo(&BUILD_DEMO)) // it reads what the Rust half writes
    })?;
    let tests = stage.project().program("node", &["--test"], "examples/identifiers");
    let mut counts = stage.count(tests, counts::npm)?;
    let run = ["examples/identifiers/demo.mjs", "--requests", SMOKE];
    counts += stage.succeeds(&mut stage.project().program("node", &run, ""))?;
    Ok(counts)
}

fn script(stage: &Stage<'_>, name: &str) -> Command {
    stage.project().program("npm", &["run", name], "npm")
}

const BUILD_EXCHANGE: [&str; 7] =
    ["build", "-p", "cachefn-core", "--example", "exchange", "--features", "json,messagepack,lz4"];
