//! How many tests a program ran, read from what it printed.

use std::ops::AddAssign;

/// Tests by their end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    /// Ignored, skipped, to do: never welcome.
    pub(crate) skipped: u32,
}

impl Counts {
    /// One test, by whether it passed.
    pub(super) fn one(passed: bool) -> Self {
        Self { passed: passed.into(), failed: (!passed).into(), skipped: 0 }
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Sums `test result: ok. 3 passed; 0 failed; 1 ignored; …` over all binaries and doc tests.
pub(super) fn cargo(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines() {
        if let Some((_, result)) = line.split_once("test result: ") {
            counts +=
                pairs(result.split([';', '.']), &[("passed", 0), ("failed", 1), ("ignored", 2)]);
        }
    }
    counts
}

/// Sums what the test runners of npm print: vitest, `node --test`, or a script's own `3 passed, 0 failed`.
pub(super) fn npm(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().map(plain) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            // vitest: `Tests  1 failed | 11 passed | 2 skipped (14)`
            ["Tests", ..] => {
                let parts = line.trim_start().trim_start_matches("Tests").split(['|', '(']);
                counts +=
                    pairs(parts, &[("passed", 0), ("failed", 1), ("skipped", 2), ("todo", 2)]);
            }
            // node: `# pass 3` or `ℹ pass 3`
            ["#" | "ℹ", kind, number] => {
                let number = number.parse().unwrap_or(0);
                match *kind {
                    "pass" => counts.passed += number,
                    "fail" | "cancelled" => counts.failed += number,
                    "skipped" | "todo" => counts.skipped += number,
                    _ => {}
                }
            }
            [_, "passed,", _, "failed"] => {
                counts += pairs(line.split(','), &[("passed", 0), ("failed", 1)]);
            }
            _ => {}
        }
    }
    counts
}

/// Adds up parts such as ` 3 passed` by their word.
fn pairs<'t>(parts: impl Iterator<Item = &'t str>, words: &[(&str, usize)]) -> Counts {
    let mut sums = [0; 3];
    for part in parts {
        let mut part = part.split_whitespace();
        let (Some(number), Some(word)) = (part.next(), part.next()) else {
            continue;
        };
        if let Some((_, place)) = words.iter().find(|(known, _)| *known == word) {
            sums[*place] += number.parse::<u32>().unwrap_or(0);
        }
    }
    Counts { passed: sums[0], failed: sums[1], skipped: sums[2] }
}

/// Without the escape sequences for colours that some programs print even when asked not to.
fn plain(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_are_summed_and_ignored_tests_are_seen() {
        let output = "
running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(cargo(output), Counts { passed: 5, failed: 1, skipped: 2 });
        assert!(cargo("error: could not compile").is_empty());
    }

    #[test]
    fn vitest_lines_are_read_through_their_colours() {
        let output = "
 Test Files  2 passed (2)
\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[31m1 failed\x1b[39m\x1b[22m | \x1b[32m11 passed\x1b[39m | 2 skipped (14)
      Tests  4 passed (4)";
        assert_eq!(npm(output), Counts { passed: 15, failed: 1, skipped: 2 });
    }

    #[test]
    fn node_and_plain_summaries_are_read() {
        let output = "# tests 4\n# pass 3\n# fail 1\n# skipped 0\nℹ pass 2\n5 passed, 1 failed\nlong text: 9 passed, 9 failed";
        assert_eq!(npm(output), Counts { passed: 10, failed: 2, skipped: 0 });
    }
}
