//! A file is a room with one purpose: at most 300 lines, tests apart.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::fault::Fault;
use super::sources::{is_test, sources};

/// The files that are too long.
pub(super) fn check(root: &Path) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for folder in FOLDERS {
        for file in sources(&root.join(folder), &["rs", "ts", "mts", "js", "mjs"])? {
            let path = format!("{folder}/{file}");
            let text =
                fs::read_to_string(root.join(&path)).with_context(|| format!("read {path}"))?;
            let lines = counted_lines(&text);
            if lines > MOST_LINES && !is_test(&file) {
                faults.push(Fault::in_file(
                    &path,
                    format!("has {lines} lines, tests apart: {MOST_LINES} are the most"),
                ));
            }
        }
    }
    Ok(faults)
}

/// Lines up to a test module at the end.
fn counted_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let opens_tests = |index: &usize| {
        let below = lines[index + 1..].iter().find(|line| !line.starts_with("#["));
        lines[*index] == "#[cfg(test)]"
            && below.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    };
    let ends_the_file = |index: &usize| {
        lines[*index..].iter().rposition(|line| *line == "}")
            == lines[*index..].iter().position(|line| *line == "}")
    };
    (0..lines.len()).find(|index| opens_tests(index) && ends_the_file(index)).unwrap_or(lines.len())
}

const FOLDERS: [&str; 12] = [
    "core",
    "macros",
    "native",
    "wasm",
    "npm/src",
    "tests/conformance",
    "tests/e2e",
    "tests/seams",
    "tests/servers",
    "xtask",
    "bench",
    "examples",
];
const MOST_LINES: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_module_at_the_end_does_not_count() {
        assert_eq!(
            counted_lines("one\ntwo\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n    a\n}\n"),
            2
        );
    }

    #[test]
    fn a_test_module_in_the_middle_counts() {
        assert_eq!(counted_lines("one\n#[cfg(test)]\nmod tests {\n}\nfn two() {\n}\n"), 6);
    }
}
