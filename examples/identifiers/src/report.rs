//! What is shown: the opening and the table at the end.

use std::fmt;
use std::time::Duration;

use crate::corpus::Corpus;
use crate::lookup::{CAPACITY, dictionary, nearest};
use crate::measure::Timings;
use crate::replay::Replay;
use crate::search::MATCHES;
use crate::text::{grouped, span};

/// All that is shown.
pub(crate) struct Report {
    pub(crate) unique: usize,
    pub(crate) lru_hits: u64,
    pub(crate) optimum_hits: u64,
    pub(crate) replay: Replay,
    pub(crate) timings: Timings,
}

/// What the program is about to do.
pub(crate) fn opening(corpus: &Corpus) -> String {
    format!(
        "{} identifiers, {} different. For each of them the {MATCHES} nearest of {}\n\
         words, through #[cachefn(max_entries = {CAPACITY}, policy = \"s3-fifo\")]:\n",
        grouped(corpus.stream.len() as u64),
        grouped(corpus.words.len() as u64),
        grouped(dictionary().len() as u64),
    )
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { replay, timings, .. } = self;
        let requests = replay.requests as u64;
        writeln!(out)?;
        row(out, "requests", &grouped(requests), "")?;
        row(out, "unique identifiers", &grouped(self.unique as u64), "")?;
        let share = CAPACITY as f64 / self.unique as f64;
        let room = if share < 1.0 {
            format!("{:.0} % of them", share * 100.0)
        } else {
            "all of them fit".into()
        };
        row(out, "capacity of the cache", &grouped(CAPACITY as u64), &room)?;
        writeln!(out)?;
        writeln!(out, "  {:<26}{:>14}{:>14}{:>14}", "", "hits", "calls", "hit ratio")?;
        let named = [
            ("s3-fifo, as it ran", replay.hits, replay.calls),
            ("lru, same capacity", self.lru_hits, requests - self.lru_hits),
            ("optimum, knows the future", self.optimum_hits, requests - self.optimum_hits),
        ];
        for (name, hits, calls) in named {
            let ratio = format!("{:.2} %", hits as f64 * 100.0 / requests as f64);
            let calls = grouped(calls);
            writeln!(out, "  {name:<26}{:>14}{calls:>14}{ratio:>14}", grouped(hits))?;
        }
        writeln!(out)?;
        row(
            out,
            "one call without the cache",
            &span(timings.uncached_median),
            "median of the samples",
        )?;
        row(out, "one hit", &format!("{:.0} ns", timings.hit), "median over resident words")?;
        row(out, "time taken", &span(replay.taken), "")?;
        row(out, "time saved", &span(self.saved()), "estimate: hits x (mean call - hit)")?;
        writeln!(out)?;
        row(out, "samples compared", &grouped(timings.compared as u64), &self.verdict())?;
        row(out, "checksum of all answers", &format!("{:08x}", replay.checksum), "")?;
        writeln!(out)?;
        for word in EXAMPLES {
            let found = nearest::uncached(word).map(|found| dictionary().word(found.rank));
            writeln!(out, "  nearest(\"{word}\") = {}", found.join(", "))?;
        }
        writeln!(out)?;
        writeln!(out, "{}", self.closing())
    }
}

impl Report {
    fn saved(&self) -> Duration {
        let hits = self.replay.hits as f64;
        let call = self.timings.uncached_mean_of_hits.as_secs_f64();
        Duration::from_secs_f64((hits * (call - self.timings.hit * 1e-9)).max(0.0))
    }

    fn verdict(&self) -> String {
        match self.timings.different {
            0 => "all equal to the uncached function".into(),
            different => format!("{different} DIFFER from the uncached function"),
        }
    }

    fn closing(&self) -> String {
        match self.timings.different {
            0 => format!(
                "demo passed: {} requests answered, samples all right",
                grouped(self.replay.requests as u64)
            ),
            different => format!("demo failed: {different} samples were answered wrongly"),
        }
    }
}

fn row(out: &mut fmt::Formatter<'_>, name: &str, value: &str, remark: &str) -> fmt::Result {
    let line = format!("  {name:<26}{value:>14}  {remark}");
    writeln!(out, "{}", line.trim_end())
}

const EXAMPLES: [&str; 3] = ["lenght", "Optoin", "HashMpa"];
