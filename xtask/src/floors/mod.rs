//! Imports go down: every source file stands on a floor named in ARCHITECTURE.md and may use only what is below.
//!
//! The tables are fenced blocks, one line a floor (several lines may share a number), `#` starts a comment:
//!
//! ````text
//! ```floors core/src
//! 4  engine/              # a folder stands for every file in it, and for engine.rs beside it
//! 3  record.rs flight.rs
//! ```
//! ````

mod cursor;
mod cycles;
mod fault;
mod length;
mod rust_imports;
mod rust_tokens;
mod script_imports;
mod script_tokens;
mod sources;
mod table;
mod tokens;
mod tree;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use self::fault::{Fault, PAGE};
use self::table::Table;

/// One thing that was looked at, and what is wrong with it.
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) faults: Vec<Fault>,
}

/// Checks the floors of both languages and the length of every file.
///
/// # Errors
/// ARCHITECTURE.md is missing, or a file cannot be read.
pub(crate) fn check(root: &Path) -> Result<Vec<Check>> {
    let page = fs::read_to_string(root.join(PAGE))
        .with_context(|| format!("read {PAGE}, which holds the floors"))?;
    let mut checks = Vec::new();
    for folder in FOLDERS {
        let (table, mut faults) = Table::find(&page, folder);
        match table {
            Some(table) => faults.extend(tree::check(root, folder, Some(&table))?),
            None => faults
                .push(Fault::in_file(PAGE, format!("no block starts with ```floors {folder}"))),
        }
        checks.push(Check { name: format!("imports of {folder} go down"), faults });
    }
    for folder in WITHOUT_TABLE {
        checks.push(Check {
            name: format!("no import of {folder} goes round"),
            faults: tree::check(root, folder, None)?,
        });
    }
    checks.push(Check { name: "no file is too long".into(), faults: length::check(root)? });
    Ok(checks)
}

const FOLDERS: [&str; 8] = [
    "core/src",
    "native/cachefn/src",
    "native/file/src",
    "native/redis/src",
    "native/rocksdb/src",
    "native/tokio/src",
    "wasm/web/src",
    "npm/src",
];
/// Too small for floors, but not for circles.
const WITHOUT_TABLE: [&str; 7] = [
    "macros/src",
    "tests/conformance/src",
    "tests/e2e/src",
    "tests/pages/src",
    "tests/servers/src",
    "wasm/engine/src",
    "xtask/src",
];
