//! Binaryen's tools, from the npm package that npm/ pins: the ones in Debian write broken modules.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::sections::Sections;
use crate::run::Job;

/// Drops exports that nobody calls, then makes the rest small.
pub(super) fn shrink(job: &Job<'_>, bound: &[u8], scratch: &Path) -> Result<Vec<u8>> {
    let files =
        ["bound.wasm", "roots.json", "reachable.wasm", "small.wasm"].map(|name| scratch.join(name));
    let [bound_file, roots, reachable, small] = &files;
    fs::write(bound_file, bound)?;
    fs::write(roots, graph(&Sections::of(bound)?.exports))?;
    run(
        job,
        "wasm-metadce",
        &[bound_file, Path::new("--graph-file"), roots, Path::new("-o"), reachable],
    )?;
    let mut options = vec![reachable.as_path(), Path::new("-o"), small];
    options.extend(SMALLER.iter().map(Path::new));
    run(job, "wasm-opt", &options)?;
    fs::read(small).context("read what wasm-opt wrote")
}

/// Runs one of Binaryen's tools with the features of the engine.
pub(super) fn run(job: &Job<'_>, tool: &str, arguments: &[&Path]) -> Result<()> {
    let program = job.project.path("npm/node_modules/.bin").join(tool);
    ensure!(
        program.exists(),
        "npm/node_modules has no {tool}: binaryen must be a devDependency of npm/"
    );
    let mut command = std::process::Command::new(program);
    job.run(command.args(arguments).args(FEATURES))?;
    Ok(())
}

/// What wasm-metadce keeps: the memory and the engine's own functions. `__abort_handler` and
/// `__instance_terminated` are leftovers of wasm-bindgen for glue that we do not ship.
fn graph(exports: &[String]) -> String {
    let kept: Vec<&String> = exports.iter().filter(|name| !name.starts_with("__")).collect();
    let names: Vec<String> = kept.iter().map(|name| format!(r#""export {name}""#)).collect();
    let nodes = kept.iter().map(|name| format!(r#",{{"name":"export {name}","export":"{name}"}}"#));
    let root = format!(r#"{{"name":"outside","root":true,"reaches":[{}]}}"#, names.join(","));
    format!("[{root}{}]", nodes.collect::<String>())
}

const FEATURES: [&str; 4] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];
const SMALLER: [&str; 5] =
    ["-Oz", "--converge", "--strip-debug", "--strip-producers", "--strip-target-features"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_not_kept() {
        let exports = ["memory", "create", "__abort_handler"].map(String::from);
        assert_eq!(
            graph(&exports),
            concat!(
                r#"[{"name":"outside","root":true,"reaches":["export memory","export create"]},"#,
                r#"{"name":"export memory","export":"memory"},{"name":"export create","export":"create"}]"#
            )
        );
    }
}
