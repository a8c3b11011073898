//! `cargo xtask bench`: cachefn beside its peers, in both languages.

use std::process::ExitCode;

use anyhow::Result;

use super::prepare;
use crate::command_line::BenchOptions;
use crate::npm;
use crate::project::Project;
use crate::run::hand_over;
use crate::run::progress::say;
use crate::setup;

/// Measures the chosen halves.
///
/// # Errors
/// Something cannot be built, or a program fails or reports a missed goal.
pub(crate) fn bench(project: &Project, options: &BenchOptions) -> Result<ExitCode> {
    let wanted =
        |half: &str| options.halves.is_empty() || options.halves.iter().any(|name| name == half);
    let mut arguments: Vec<&str> = options.passed_on.iter().map(String::as_str).collect();
    if options.quick {
        arguments.insert(0, "--quick");
    }
    // All is built before anything is measured: a compiler beside it would be measured, too.
    prepare::with_log(project, "bench", |job| {
        if wanted("rust") {
            job.run(&mut project.cargo(&["build", "--release", "--manifest-path", MANIFEST]))?;
        }
        if wanted("js") {
            npm::package(job)?;
            setup::packages(job, "bench/js")?;
        }
        Ok(())
    })?;
    if wanted("rust") {
        say("== Rust ==");
        let run =
            [&["run", "--quiet", "--release", "--manifest-path", MANIFEST, "--"], &*arguments]
                .concat();
        hand_over(&mut project.cargo(&run))?;
    }
    if wanted("js") {
        say("== JavaScript ==");
        let run = [&["--expose-gc", "bench/js/main.mjs"], &*arguments].concat();
        hand_over(&mut project.program("node", &run, ""))?;
    }
    say("The figures are in bench/results/.");
    Ok(ExitCode::SUCCESS)
}

const MANIFEST: &str = "bench/Cargo.toml";
