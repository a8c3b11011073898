//! `cargo xtask demo`: the same real work in Rust, in Rust over a file, and in JavaScript; or a page; or a shop.

use std::process::ExitCode;

use anyhow::Result;

use super::prepare;
use crate::command_line::DemoOptions;
use crate::npm;
use crate::project::Project;
use crate::run::hand_over;
use crate::run::progress::say;
use crate::setup;

/// Prepares everything, then lets both programs speak.
///
/// # Errors
/// Something cannot be built, or a program fails.
pub(crate) fn demo(project: &Project, options: &DemoOptions) -> Result<ExitCode> {
    if options.web {
        return playground(project, options);
    }
    if options.service {
        return shop(project, options);
    }
    say(
        "Preparing the demo: the Rust example and the npm package. The first time takes a minute or two.",
    );
    prepare::with_log(project, "demo", |job| {
        job.run(&mut project.cargo(&["build", "--release", "-p", "identifiers"]))?;
        npm::package(job)
    })?;
    let mut arguments: Vec<&str> = options.passed_on.iter().map(String::as_str).collect();
    if options.quick {
        arguments.splice(0..0, ["--requests", QUICK]);
    }
    say("\n== Rust ==");
    let rust = [&["run", "--quiet", "--release", "-p", "identifiers", "--"], &*arguments].concat();
    hand_over(&mut project.cargo(&rust))?;
    say("\n== Rust, killed and started again ==");
    let mut restart = vec!["run", "--quiet", "--release", "-p", "identifiers", "--", "--restart"];
    if options.quick {
        restart.extend(["--requests", QUICK_RESTART]);
    }
    restart.extend(options.passed_on.iter().map(String::as_str));
    hand_over(&mut project.cargo(&restart))?;
    say("\n== JavaScript ==");
    let script = [&["examples/identifiers/demo.mjs"], &*arguments].concat();
    hand_over(&mut project.program("node", &script, ""))?;
    say(CLOSING);
    Ok(ExitCode::SUCCESS)
}

/// Serves `examples/playground/` until somebody ends it, or only looks whether it could.
fn playground(project: &Project, options: &DemoOptions) -> Result<ExitCode> {
    say("Preparing the playground: the npm package. The first time takes a minute or two.");
    prepare::with_log(project, "demo", |job| {
        setup::node()?;
        npm::package(job)
    })?;
    let mut arguments = vec!["examples/playground/serve.mjs"];
    if options.check {
        arguments.push("--check");
    }
    arguments.extend(options.passed_on.iter().map(String::as_str));
    hand_over(&mut project.program("node", &arguments, ""))?;
    Ok(ExitCode::SUCCESS)
}

/// Two instances of a web service over a real Redis, which is stopped while clients ask; watched and steered.
fn shop(project: &Project, options: &DemoOptions) -> Result<ExitCode> {
    say("Preparing the shop and what watches it. The first time takes some minutes.");
    let programs = prepare::with_log(project, "demo", |job| {
        setup::redis(job)?;
        let programs = [setup::prometheus(job), setup::rotel(job)];
        job.run(&mut project.cargo(&["build", "--release", "-p", "example_shop"]))?;
        // The shop says itself what it has to do without.
        Ok(programs.map(|found| found.inspect_err(|why| job.record(&format!("{why:#}"))).ok()))
    })?;
    let mut run = vec!["run", "--quiet", "--release", "-p", "example_shop", "--"];
    if options.quick {
        run.extend(["--requests", QUICK_SHOP]);
    }
    run.extend(options.passed_on.iter().map(String::as_str));
    hand_over(project.cargo(&run).envs(programs.into_iter().flatten()))?;
    Ok(ExitCode::SUCCESS)
}

/// Enough to fill the cache, so that the policy has to choose.
const QUICK: &str = "200000";
const QUICK_RESTART: &str = "8000";
const QUICK_SHOP: &str = "50";
const CLOSING: &str = "
Both languages answered the same requests and compared a sample with the function itself;
what the killed process had flushed was there when it was started again.
Their sources are in examples/identifiers/; `cargo xtask bench --quick` shows other caches beside this one.";
