//! Finds the sources of the dependencies: text that every machine with this project has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub(crate) struct Sources {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    pub(crate) packages: usize,
    /// All `.rs` files, in an order that depends on the lock file alone.
    pub(crate) files: Vec<PathBuf>,
}

/// # Errors
/// Cargo does not run, or a source cannot be read.
pub(crate) fn find() -> Result<Sources> {
    let metadata = metadata()?;
    let root = metadata["workspace_root"].as_str().context("cargo metadata names no workspace")?;
    let mut packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?
        .iter()
        .filter_map(published)
        .collect::<Vec<_>>();
    packages.sort();
    let mut files = Vec::new();
    for (_, _, folder) in &packages {
        let mut found = Vec::new();
        collect(folder, "", &mut found)?;
        found.sort();
        files.extend(found.into_iter().map(|(_, path)| path));
    }
    Ok(Sources { root: root.into(), packages: packages.len(), files })
}

/// One platform for everybody: the same packages on every machine, and none that exist only
/// to list the constants of another operating system.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// All but RocksDB, most of which is no Rust.
const FEATURES: &str = "cachefn/cli,cachefn/http,cachefn/metrics,cachefn/otlp,\
                        cachefn-core/lz4,cachefn-core/messagepack,\
                        cachefn-redis/smol-tls,cachefn-redis/tls";

fn metadata() -> Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--features", FEATURES])
        .args(["--filter-platform", PLATFORM])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("cargo metadata does not run; install Rust from https://rustup.rs")?;
    if !output.status.success() {
        bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata wrote no JSON")
}

/// Name, version and folder of a package that comes from a registry, not from this workspace.
fn published(package: &Value) -> Option<(&str, &str, &Path)> {
    let _registry = package["source"].as_str()?;
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?;
    Some((package["name"].as_str()?, package["version"].as_str()?, folder))
}

/// Names have `/` on every system, so that all of them sort alike.
fn collect(folder: &Path, name: &str, found: &mut Vec<(String, PathBuf)>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("read {}", folder.display()))?;
        let kind = entry.file_type()?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if kind.is_dir() {
            collect(&entry.path(), &name, found)?;
        } else if kind.is_file() && name.ends_with(".rs") {
            found.push((name, entry.path()));
        }
    }
    Ok(())
}
