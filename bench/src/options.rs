//! What the command line asks for.

use std::path::PathBuf;

use crate::replay::Replay;
use crate::size::Size;

pub enum Task {
    Measure(Measure),
    Replay(Replay),
    /// What this program asks of itself: the memory of one cache, in a process of its own.
    Weigh {
        cache: String,
        scene: String,
    },
    /// The same: the other process of a measurement over servers.
    Fleet(Vec<String>),
}

#[derive(Default)]
pub struct Measure {
    /// Fewer and shorter rounds.
    pub quick: bool,
    /// The measurements to make, by their names in small letters; all when none is named.
    pub only: Vec<String>,
    /// Where pictures go, beside those in the results.
    pub plots: Option<PathBuf>,
    pub traces: Option<PathBuf>,
}

impl Measure {
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

/// What to do, or a text to print instead, with the code to end with.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Task, (String, u8)> {
    let mut arguments = arguments.peekable();
    match arguments.peek().map(String::as_str) {
        Some("replay") => replay(arguments.skip(1)).map(Task::Replay),
        Some(WEIGH) => {
            let mut words = arguments.skip(1);
            let (cache, scene) = (words.next(), words.next());
            let both = cache.zip(scene).ok_or_else(|| wrong("weigh needs a cache and a scene"));
            both.map(|(cache, scene)| Task::Weigh { cache, scene })
        }
        Some(FLEET) => Ok(Task::Fleet(arguments.skip(1).collect())),
        _ => measure(arguments).map(Task::Measure),
    }
}

fn measure(mut arguments: impl Iterator<Item = String>) -> Result<Measure, (String, u8)> {
    let mut options = Measure::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Err((HELP.into(), 0)),
            "--quick" => options.quick = true,
            "--only" => {
                for name in value(&mut arguments, "--only", "p1,p2")?.split(',') {
                    if !NAMES.contains(&name) {
                        let known = NAMES.join(", ");
                        return Err(wrong(&format!("no measurement {name:?}; there are {known}")));
                    }
                    options.only.push(name.to_string());
                }
            }
            "--plots" => {
                options.plots = Some(value(&mut arguments, "--plots", "a folder")?.into());
            }
            flag if flag.starts_with('-') => return Err(wrong(&format!("unknown option {flag}"))),
            folder => options.traces = Some(folder.into()),
        }
    }
    Ok(options)
}

fn replay(mut arguments: impl Iterator<Item = String>) -> Result<Replay, (String, u8)> {
    let (mut file, mut sizes, mut policies) = (None, Vec::new(), Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Err((REPLAY_HELP.into(), 0)),
            "--capacity" => {
                for size in value(&mut arguments, "--capacity", "1000 or 1%")?.split(',') {
                    sizes.push(Size::parse(size).map_err(|error| wrong_replay(&error))?);
                }
            }
            "--policies" => {
                for name in value(&mut arguments, "--policies", "lru,s3-fifo")?.split(',') {
                    let policy = name.parse();
                    policies.push(policy.map_err(|error| wrong_replay(&format!("{error}")))?);
                }
            }
            flag if flag.starts_with('-') => {
                return Err(wrong_replay(&format!("unknown option {flag}")));
            }
            path if file.is_none() => file = Some(PathBuf::from(path)),
            other => {
                return Err(wrong_replay(&format!("one file at a time; {other:?} is too much")));
            }
        }
    }
    let file = file.ok_or_else(|| wrong_replay("replay needs a file"))?;
    Ok(Replay { file, sizes, policies })
}

fn value(
    arguments: &mut impl Iterator<Item = String>,
    option: &str,
    example: &str,
) -> Result<String, (String, u8)> {
    arguments.next().ok_or_else(|| wrong(&format!("{option} needs a value: {example}")))
}

fn wrong(detail: &str) -> (String, u8) {
    (format!("{detail}\n\n{HELP}"), 2)
}

fn wrong_replay(detail: &str) -> (String, u8) {
    (format!("{detail}\n\n{REPLAY_HELP}"), 2)
}

/// The measurements, in their order.
pub const NAMES: [&str; 17] = [
    "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "n1", "n2", "n3", "n4", "n6",
    "n7", "n8",
];

pub const WEIGH: &str = "weigh";
pub const FLEET: &str = "fleet";

const HELP: &str = "\
Measures cachefn beside other caches of Rust.

usage: cachefn-bench [--quick] [--only p1,p2,…] [--plots FOLDER] [TRACES]
       cachefn-bench replay FILE …        (replay --help tells more)

  p1   hits, one thread, 1k / 100k / 1M keys
  p2   Zipf 0.99 read-through, 95 % reads and 5 % writes, 1 and 2 threads
  p3   how long the slowest hits take
  p4   insertions that evict, 100k capacity
  p5   bytes an entry, 1M entries, a process for each cache
  p6   hit ratios on generated requests, and on the traces if they are found
  p7   hits of functions cached by an attribute, and what they allocate
  p8   TTL: what it adds to a hit, and what reclaiming 1M entries costs
  p9   a hit that is awaited, in memory alone and with a storage (N5)
  p10  tags: invalidating 1M entries at once, what tags add to a hit
  n1   get and set over Redis beside the bare client, and their round trips
  n2   many sets over Redis: set_many beside a pipeline, and write-behind
  n3   the file storage beside its bare engine: put, get, open with 1M records
  n4   64 tasks while Redis stands still and while it is gone
  n6   how long after a change another process has heard of it
  n7   1M writes while Redis is away, with a log: what is kept, and the memory
  n8   hits by configuration beside those by hand; opening 50 services

n1, n2, n4, n6, n7 and n8 start a redis-server of their own and end it.

  --quick   fewer and shorter rounds: shows the shape, not the last digit
  --plots   writes the pictures into this folder, too
  TRACES    the folder with the traces; else $CACHEFN_TRACES, else
            ../shared/traces beside the repository

Figures and pictures are written to bench/results/.";

const REPLAY_HELP: &str = "\
Replays recorded requests: the hit ratio of every policy and library over the
size of the cache, beside the best that is possible.

usage: cachefn-bench replay FILE [--capacity N|P%]… [--policies NAMES]

  FILE        a key a line; or, when called ….u32, numbers of 32 bits with the
              little end first. Either may be packed with zstd.
  --capacity  entries, or a share of the different keys; several with commas or
              by naming it again; 0.1%, 0.3%, 1%, 3%, 10%, 30% unless said
  --policies  which of cachefn's, with commas; all unless said

The picture is written to bench/results/replay.svg.";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task, (String, u8)> {
        parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn names_choose_measurements() {
        let Ok(Task::Measure(options)) = parsed("--quick --only p1,p10 some/folder") else {
            panic!("these words mean a measurement");
        };
        assert!(options.quick && options.wants("p10") && !options.wants("p2"));
        assert_eq!(options.traces, Some("some/folder".into()));
    }

    #[test]
    fn replay_takes_sizes_and_policies() {
        let Ok(Task::Replay(replay)) = parsed("replay a.txt --capacity 10,5% --policies lru")
        else {
            panic!("these words mean a replay");
        };
        assert_eq!(replay.sizes, [Size::Entries(10), Size::Percent(5.0)]);
        assert_eq!(replay.policies, [cachefn_core::Policy::Lru]);
    }

    #[test]
    fn what_is_unknown_is_refused_with_help() {
        let lines = [
            "--only p11",
            "--only",
            "--fast",
            "replay",
            "replay a b",
            "replay a --capacity 0",
            "replay a --policies mru",
        ];
        for line in lines {
            let (text, code) = parsed(line).err().unwrap();
            assert!(text.contains("usage") && code == 2, "{line}: {text}");
        }
    }

    #[test]
    fn help_fits_80_columns() {
        for line in HELP.lines().chain(REPLAY_HELP.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
