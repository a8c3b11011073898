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
    let rust = Half::new(options, "rust", &['p', 'n']);
    let js = Half::new(options, "js", &['j']);
    // All is built before anything is measured: a compiler beside it would be measured, too.
    prepare::with_log(project, "bench", |job| {
        if rust.wanted {
            if rust.needs_redis() {
                setup::redis(job)?;
            }
            job.run(&mut build(project))?;
        }
        if js.wanted {
            npm::package(job)?;
            setup::packages(job, "bench/js")?;
            if options.runs_in("chromium") {
                setup::chromium(job)?;
            }
            if options.runs_in("firefox") {
                setup::firefox(job)?;
            }
        }
        Ok(())
    })?;
    let plots = project.path("docs/plots");
    if rust.wanted {
        say("== Rust ==");
        let mut command = run(project);
        command.args(&rust.arguments);
        if options.plots {
            command.arg("--plots").arg(&plots);
        }
        hand_over(command.args(&options.passed_on))?;
    }
    if js.wanted {
        say("== JavaScript ==");
        let mut command = project.program("node", &["bench/js/main.mjs"], "");
        command.args(&js.arguments);
        if !options.runtime.is_empty() {
            command.args(["--runtime", &options.runtime.join(",")]);
        }
        if options.plots {
            command.arg("--plots").arg(&plots);
        }
        hand_over(command.args(&options.passed_on))?;
    }
    say("The figures are in bench/results/.");
    Ok(ExitCode::SUCCESS)
}

/// One language's part of a run.
struct Half {
    wanted: bool,
    /// The measurements, or all when none is named.
    only: Vec<String>,
    arguments: Vec<String>,
}

impl Half {
    /// The measurements of a half begin with its letters, so naming some leaves the other half out.
    fn new(options: &BenchOptions, name: &str, letters: &[char]) -> Self {
        let own = |measurement: &&String| measurement.to_lowercase().starts_with(letters);
        let mut only: Vec<String> =
            options.only.iter().filter(own).map(|name| name.to_lowercase()).collect();
        let is_named = |name| options.halves.iter().any(|half| half == name);
        let mut named = options.halves.is_empty() || is_named(name);
        // Parts of this half, which can be asked for by names of their own.
        let parts: Vec<_> = PARTS.iter().filter(|(part, _)| is_named(part)).collect();
        if name == "rust" && !named && !parts.is_empty() {
            named = true;
            if options.only.is_empty() {
                only.extend(parts.iter().flat_map(|(_, own)| own.iter().map(ToString::to_string)));
            }
        }
        let mut arguments = Vec::new();
        if options.quick {
            arguments.push("--quick".into());
        }
        if !only.is_empty() {
            arguments.extend(["--only".into(), only.join(",")]);
        }
        Half { wanted: named && (options.only.is_empty() || !only.is_empty()), only, arguments }
    }

    /// Whether one of its measurements starts a server.
    fn needs_redis(&self) -> bool {
        let over_redis = |name: &String| OVER_REDIS.contains(&name.as_str());
        self.only.is_empty() || self.only.iter().any(over_redis)
    }
}

impl BenchOptions {
    fn runs_in(&self, runtime: &str) -> bool {
        self.runtime.iter().any(|name| name == runtime || name == "all")
    }
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
/// Parts of the half of Rust, and their measurements.
const PARTS: [(&str, &[&str]); 2] = [("file", &["n3"]), ("redis", OVER_REDIS)];
const OVER_REDIS: &[&str] = &["n1", "n2", "n4", "n6", "n7", "n8"];

#[cfg(test)]
mod tests {
    use super::*;

    fn half(only: &[&str], halves: &[&str], letters: &[char]) -> Half {
        let texts = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let (only, halves) = (texts(only), texts(halves));
        let options = BenchOptions {
            instead: None,
            halves,
            quick: true,
            only,
            runtime: Vec::new(),
            plots: false,
            passed_on: Vec::new(),
        };
        Half::new(&options, if letters == RUST { "rust" } else { "js" }, letters)
    }

    #[test]
    fn a_half_gets_its_own_measurements_and_is_left_out_when_only_others_are_named() {
        assert!(half(&[], &[], RUST).wanted && half(&[], &[], JS).wanted);
        assert!(!half(&[], &["js"], RUST).wanted);
        assert!(!half(&["J2"], &[], RUST).wanted);
        let both = half(&["P3", "J2", "n3"], &[], RUST);
        assert!(both.wanted);
        assert_eq!(both.arguments, ["--quick", "--only", "p3,n3"]);
    }

    #[test]
    fn the_file_storage_can_be_measured_alone() {
        let file = half(&[], &["file"], RUST);
        assert_eq!((file.wanted, &*file.arguments[2]), (true, "n3"));
        assert!(!half(&[], &["file"], JS).wanted);
        assert_eq!(half(&[], &["rust", "file"], RUST).arguments, ["--quick"]);
    }

    #[test]
    fn what_stands_on_redis_can_be_measured_alone_and_nothing_else_needs_a_server() {
        let redis = half(&[], &["redis"], RUST);
        assert_eq!((redis.wanted, &*redis.arguments[2]), (true, "n1,n2,n4,n6,n7,n8"));
        assert!(redis.needs_redis() && half(&[], &[], RUST).needs_redis());
        assert_eq!(half(&[], &["file", "redis"], RUST).arguments[2], "n3,n1,n2,n4,n6,n7,n8");
        assert!(half(&["N7"], &[], RUST).needs_redis());
        assert!(!half(&["p1", "n3"], &[], RUST).needs_redis());
        assert!(!half(&[], &["redis"], JS).wanted);
    }

    const RUST: &[char] = &['p', 'n'];
    const JS: &[char] = &['j'];
}
