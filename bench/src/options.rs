//! What the command line asks for.

use std::path::PathBuf;

pub struct Options {
    /// Fewer and shorter rounds.
    pub quick: bool,
    /// The measurements to make, by their names in small letters.
    pub only: Vec<String>,
    pub traces: Option<PathBuf>,
}

/// What to do, or a text to print instead, with the code to end with.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Options, (String, u8)> {
    let mut options = Options { quick: false, only: Vec::new(), traces: None };
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Err((HELP.into(), 0)),
            "--quick" => options.quick = true,
            "--only" => {
                let names = arguments.next().ok_or_else(|| wrong("--only needs names: p1,p2"))?;
                for name in names.split(',') {
                    if !NAMES.contains(&name) {
                        return Err(wrong(&format!(
                            "no measurement {name:?}; there are {NAMES:?}"
                        )));
                    }
                    options.only.push(name.to_string());
                }
            }
            flag if flag.starts_with('-') => return Err(wrong(&format!("unknown option {flag}"))),
            folder => options.traces = Some(folder.into()),
        }
    }
    Ok(options)
}

impl Options {
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

fn wrong(detail: &str) -> (String, u8) {
    (format!("{detail}\n\n{HELP}"), 2)
}

/// The measurements, in their order.
pub const NAMES: [&str; 4] = ["p1", "p2", "p4", "p6"];

const HELP: &str = "\
Measures cachefn beside other caches of Rust.

usage: cachefn-bench [--quick] [--only p1,p2,p4,p6] [TRACES]

  p1   hits, one thread, 1k / 100k / 1M keys
  p2   Zipf 0.99 read-through, 95 % reads and 5 % writes, 10 % capacity, 1 and 2 threads
  p4   insertions that evict, 100k capacity
  p6   hit ratios on generated requests, and on the traces if they are found

  --quick   fewer and shorter rounds: shows the shape, not the last digit
  TRACES    the folder with the traces; else $CACHEFN_TRACES, else ../shared/traces beside the repository

The figures are also written to bench/results/rust.json.";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, (String, u8)> {
        parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn names_choose_measurements() {
        let options = parsed("--quick --only p1,p6 some/folder").ok().unwrap();
        assert!(options.quick && options.wants("p1") && !options.wants("p2"));
        assert_eq!(options.traces, Some("some/folder".into()));
    }

    #[test]
    fn what_is_unknown_is_refused_with_help() {
        for line in ["--only p9", "--only", "--fast"] {
            let (text, code) = parsed(line).err().unwrap();
            assert!(text.contains("usage") && code == 2, "{line}");
        }
    }
}
