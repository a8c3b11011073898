//! RocksDB as a library of the system, and what makes bindings to C++.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::debian::packages;
use super::once::once;
use crate::run::Job;

/// Finds the library and its header, or installs Debian's packages when we may: the variables by which
/// the crate `librocksdb-sys` uses them instead of compiling its own.
///
/// # Errors
/// Something is missing, and we are not root on a Debian machine.
pub(crate) fn rocksdb(job: &Job<'_>) -> Result<[(&'static str, PathBuf); 2]> {
    libclang(job)?;
    let library = || folder_with("/usr/lib", "librocksdb.so");
    let chosen = env::var_os("ROCKSDB_LIB_DIR").map(PathBuf::from);
    once("RocksDB", || {
        if chosen.is_some() || library().is_some() {
            return Ok(false);
        }
        needed(job, &["librocksdb-dev"], "or set ROCKSDB_LIB_DIR and ROCKSDB_INCLUDE_DIR")
    })?;
    let library = chosen.or_else(library).context("apt-get has installed no librocksdb.so")?;
    let headers = env::var_os("ROCKSDB_INCLUDE_DIR").map_or("/usr/include".into(), PathBuf::from);
    Ok([("ROCKSDB_LIB_DIR", library), ("ROCKSDB_INCLUDE_DIR", headers)])
}

/// Makes sure that bindings to C++ can be made, and C++ compiled.
///
/// # Errors
/// Something is missing, and we are not root on a Debian machine.
pub(crate) fn libclang(job: &Job<'_>) -> Result<()> {
    once("libclang", || {
        let has = |name| env::var_os("LIBCLANG_PATH").is_some() || in_any_llvm(name);
        if has("libclang.so")
            && ["/usr/bin/c++", "/usr/bin/g++"].iter().any(|cxx| Path::new(cxx).exists())
        {
            return Ok(false);
        }
        needed(job, &["libclang-dev", "clang", "g++"], "or set LIBCLANG_PATH")
    })
}

fn needed(job: &Job<'_>, names: &[&str], or: &str) -> Result<bool> {
    if !packages(job, names)? {
        let names = names.join(" ");
        bail!("not on this machine: install it (Debian: `apt-get install {names}`), {or}");
    }
    Ok(true)
}

/// Debian keeps libraries in `/usr/lib/MACHINE/`.
fn folder_with(above: &str, name: &str) -> Option<PathBuf> {
    let inside = fs::read_dir(above).ok()?.flatten().map(|entry| entry.path());
    std::iter::once(PathBuf::from(above)).chain(inside).find(|folder| folder.join(name).exists())
}

/// And those of LLVM in `/usr/lib/llvm-VERSION/lib/`.
fn in_any_llvm(name: &str) -> bool {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|entry| entry.path().join("lib").join(name)).any(|file| file.exists())
}
