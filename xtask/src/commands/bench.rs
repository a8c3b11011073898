//! `cargo xtask bench`: cachefn beside its peers, in both languages.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use super::prepare;
use crate::command_line::{BenchAction, BenchOptions, ReplayOptions};
use crate::npm;
use crate::project::Project;
use crate::run::hand_over;
use crate::run::progress::say;
use crate::setup;

/// Measures the chosen halves, or replays a file.
///
/// # Errors
/// Something cannot be built, or a program fails.
pub(crate) fn bench(project: &Project, options: &BenchOptions) -> Result<ExitCode> {
    if let Some(BenchAction::Replay(options)) = &options.instead {
        return replay(project, options);
    }
    let wanted =
        |half: &str| options.halves.is_empty() || options.halves.iter().any(|name| name == half);
    let mut arguments: Vec<&str> = options.passed_on.iter().map(String::as_str).collect();
    if options.quick {
        arguments.insert(0, "--quick");
    }
    // All is built before anything is measured: a compiler beside it would be measured, too.
    prepare::with_log(project, "bench", |job| {
        if wanted("rust") {
            job.run(&mut build(project))?;
        }
        if wanted("js") {
            npm::package(job)?;
            setup::packages(job, "bench/js")?;
        }
        Ok(())
    })?;
    if wanted("rust") {
        say("== Rust ==");
        let mut command = run(project);
        if options.plots {
            command.arg("--plots").arg(project.path("docs/plots"));
        }
        hand_over(command.args(&arguments))?;
    }
    if wanted("js") {
        say("== JavaScript ==");
        let run = [&["--expose-gc", "bench/js/main.mjs"], &*arguments].concat();
        hand_over(&mut project.program("node", &run, ""))?;
    }
    say("The figures are in bench/results/.");
    Ok(ExitCode::SUCCESS)
}

/// Replays requests that somebody recorded. What is wrong with the file, the program says itself.
fn replay(project: &Project, options: &ReplayOptions) -> Result<ExitCode> {
    prepare::with_log(project, "bench", |job| job.run(&mut build(project)))?;
    let mut command = run(project);
    // The program runs in the root, the user names the file from where they are.
    let file = std::path::absolute(&options.file);
    command.arg("replay").arg(file.with_context(|| format!("find {}", options.file.display()))?);
    for (option, values) in [("--capacity", &options.capacity), ("--policies", &options.policies)] {
        if !values.is_empty() {
            command.args([option, &values.join(",")]);
        }
    }
    let status = command.status().context("start the benchmark")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build(project: &Project) -> Command {
    project.cargo(&["build", "--release", "--manifest-path", MANIFEST])
}

fn run(project: &Project) -> Command {
    project.cargo(&["run", "--quiet", "--release", "--manifest-path", MANIFEST, "--"])
}

const MANIFEST: &str = "bench/Cargo.toml";
