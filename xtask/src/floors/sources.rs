//! The source files below a folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// All files with one of the extensions, named from `folder`, sorted; nothing if the folder is not there.
pub(super) fn sources(folder: &Path, extensions: &[&str]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(folder, "", extensions, &mut found)?;
    }
    found.sort();
    Ok(found)
}

/// Whether a file holds tests: `tests/…`, `tests.rs`, `….test.ts`.
pub(super) fn is_test(file: &str) -> bool {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    file.split('/').any(|part| part == "tests" || part == "test" || part == "tests.rs")
        || stem.ends_with(".test")
}

fn walk(folder: &Path, prefix: &str, extensions: &[&str], found: &mut Vec<String>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("read the folder {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            if !NOT_OURS.contains(&&*name) && !name.starts_with('.') {
                walk(&entry.path(), &format!("{prefix}{name}/"), extensions, found)?;
            }
        } else if name
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extensions.contains(&extension))
        {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

/// Installed, built or generated.
const NOT_OURS: [&str; 5] = ["node_modules", "target", "dist", "generated", "results"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_their_names() {
        for file in [
            "tests/basic.rs",
            "core/tests/ui/a.rs",
            "src/tests.rs",
            "key.test.ts",
            "npm/test/node/a.ts",
        ] {
            assert!(is_test(file), "{file}");
        }
        for file in ["src/testing.rs", "src/lib.rs", "latest.ts"] {
            assert!(!is_test(file), "{file}");
        }
    }
}
