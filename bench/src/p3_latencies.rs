//! P3: how long single hits take, the slowest ones above all.
//!
//! Every hit is timed by itself, from the answer before it to its own, by one reading of
//! `Instant` each. So the samples of a round add up to the whole round: nothing that happens, be it
//! a lock, a page fault or another program, falls between two samples. Reading the clock costs about
//! as much as a hit. What it costs is measured in the same rounds by the same loop over a cache that
//! answers at once, and its **median** is subtracted from every sample, the same number for all; the
//! clock's own outliers stay in, and its row in the table shows how many there are. No sample is
//! dropped but those of the first round. A percentile is the median over the rounds, because one
//! round may fall into a busy second of the machine; "worst" is the longest sample of all rounds.

use serde_json::{Value, json};

use crate::bars::Bar;
use crate::looks::look;
use crate::measure::median;
use crate::peers::{self, Peer, QUICK_CACHE};
use crate::plot::{Axis, Chart, Legend, Line, Panel};
use crate::random::Random;
use crate::report::Section;
use crate::table::Table;

pub fn run(seed: u64, quick: bool) -> Section {
    let (rounds, reads) = if quick { (3, 1 << 18) } else { (9, 1 << 19) };
    let mut section = Section::new(json!({}));
    let mut panels = Vec::new();
    for (label, keys, bars) in SIZES {
        let (tick, rows) = measure(seed, keys, rounds, reads);
        section.tables.push(table(label, tick, &rows));
        section.bars.extend(bars.iter().map(|(at, most)| {
            let what = format!("hit, {label}, {}, ns", LABELS[*at]);
            Bar::at_most("P3", what, row(&rows, &peers::default_name()).median(*at), *most)
        }));
        let beyond = row(&rows, &peers::default_name()).beyond(row(&rows, QUICK_CACHE));
        let what = format!("hit, {label}, ns above quick_cache, worst of p50 to p99.9");
        section.bars.push(Bar::at_most("P3", what, beyond, f64::from(tick)));
        section.figures[label] = json!({
            "tick_ns": tick,
            "percentiles": LABELS,
            "caches": rows.iter().map(Row::figures).collect::<Value>(),
        });
        panels.push((label, rows));
    }
    section.plots.push(("latency.svg".into(), picture(&panels)));
    section
}

/// One cache: its percentiles, round by round, less what the clock costs.
struct Row {
    name: String,
    rounds: Vec<[f64; LABELS.len()]>,
}

impl Row {
    fn median(&self, at: usize) -> f64 {
        median(self.rounds.iter().map(|round| round[at]).collect())
    }

    fn worst(&self) -> f64 {
        self.rounds.iter().map(|round| round[LABELS.len() - 1]).fold(0.0, f64::max)
    }

    /// By how much one of the percentiles that do not depend on the machine's mood is above another
    /// cache's, at most; the median of the differences within a round.
    fn beyond(&self, other: &Row) -> f64 {
        let rounds = || self.rounds.iter().zip(&other.rounds);
        let at = |at: usize| median(rounds().map(|(own, other)| own[at] - other[at]).collect());
        (0..3).map(at).fold(f64::NEG_INFINITY, f64::max)
    }

    fn figures(&self) -> Value {
        let medians: Value = (0..LABELS.len()).map(|at| self.median(at)).collect();
        json!({ "name": self.name, "ns": medians, "worst_ns": self.worst() })
    }
}

/// Answers at once, so that only the clock is measured.
struct Nothing;

impl Peer for Nothing {
    fn get(&self, key: u64) -> Option<u64> {
        Some(key)
    }
    fn set(&self, _: u64, _: u64) {}
}

/// The smallest step of the clock in nanoseconds, and all caches.
fn measure(seed: u64, keys: u32, rounds: usize, reads: usize) -> (u32, Vec<Row>) {
    let ids: Vec<u32> = (0..keys).collect();
    let mut random = Random::new(seed);
    let asked: Vec<u32> = (0..reads).map(|_| random.below(keys)).collect();
    let clock: (String, Box<dyn Peer>) = (CLOCK.into(), Box::new(Nothing));
    let kinds = peers::timed().into_iter();
    let caches = kinds.map(|kind| (kind.name.clone(), kind.make_to_hold(keys as usize)));
    let caches: Vec<_> = [clock].into_iter().chain(caches).collect();
    caches.iter().for_each(|(_, cache)| cache.write(&ids));
    let row = |(name, _): &(String, _)| Row { name: name.clone(), rounds: Vec::new() };
    let mut rows: Vec<Row> = caches.iter().map(row).collect();
    let (mut samples, mut steps, mut cost) = (Vec::with_capacity(reads), Vec::new(), 0);
    for round in 0..=rounds {
        for ((name, cache), row) in caches.iter().zip(&mut rows) {
            cache.read(&asked[..reads / 4]);
            samples.clear();
            cache.time_each(&asked, &mut samples);
            steps.extend_from_slice(&samples[..1_000]);
            samples.sort_unstable();
            if name == CLOCK {
                cost = samples[reads / 2];
            }
            if round > 0 {
                row.rounds.push(SHARES.map(|share| {
                    let sample = samples[((reads as f64 * share) as usize).min(reads - 1)];
                    f64::from(sample) - if name == CLOCK { 0.0 } else { f64::from(cost) }
                }));
            }
        }
    }
    (tick(&steps), rows)
}

fn row<'a>(rows: &'a [Row], name: &str) -> &'a Row {
    rows.iter().find(|row| row.name == name).expect("the cache was measured")
}

fn table(label: &str, tick: u32, rows: &[Row]) -> Table {
    let title =
        format!("P3  latency of a hit, {label}, ns beyond {CLOCK}; the clock steps by {tick} ns");
    let mut table =
        Table::new(title, ["percentile"].iter().chain(&LABELS).chain(&["worst"]).copied());
    for row in rows {
        let medians = (0..LABELS.len()).map(|at| format!("{:.0}", row.median(at)));
        let worst = format!("{:.0}", row.worst());
        table.row([row.name.clone()].into_iter().chain(medians).chain([worst]));
    }
    table
}

/// By how much the clock moves at least: the longest step that explains nearly all short samples. A
/// nanosecond more or less is what rounding leaves of it.
fn tick(samples: &[u32]) -> u32 {
    let short: Vec<u32> = samples.iter().copied().filter(|sample| *sample < 200).collect();
    let explains = |step: &u32| {
        let near = |sample: &&u32| (**sample + 1) % step <= 2;
        100 * short.iter().filter(near).count() >= 95 * short.len()
    };
    (4..=50).rev().find(explains).unwrap_or(1)
}

fn picture(panels: &[(&str, Vec<Row>)]) -> String {
    let drawn = panels.iter().map(|(label, rows)| {
        let ours = rows.iter().filter(|row| row.name == peers::default_name());
        let others = |row: &&Row| DRAWN.contains(&&*row.name);
        let line = |row: &Row| Line {
            name: row.name.clone(),
            points: (0..LABELS.len()).map(|at| (at as f64, row.median(at))).collect(),
            look: look(&row.name),
        };
        Panel {
            title: (*label).to_string(),
            x: Axis::names("percentile of all hits", &LABELS),
            y: Axis::logarithmic("time of one hit", 10.0, 1e7, unit),
            lines: ours.chain(rows.iter().filter(others)).map(line).collect(),
        }
    });
    let chart = Chart {
        title: "How long the slowest hits take".into(),
        subtitle:
            "One thread, u64 to u64, random order, less the cost of a clock read; what the clock alone shows is the machine's"
                .into(),
        panels: drawn.collect(),
        legend: Legend::Below,
    };
    chart.draw()
}

fn unit(nanoseconds: f64) -> String {
    match nanoseconds {
        0.0..1e3 => format!("{nanoseconds} ns"),
        1e3..1e6 => format!("{} µs", nanoseconds / 1e3),
        _ => format!("{} ms", nanoseconds / 1e6),
    }
}

/// The libraries in the picture, beside cachefn's default; and the clock, whose outliers are the machine's.
const DRAWN: [&str; 7] =
    [QUICK_CACHE, "moka", "mini-moka", "foyer s3-fifo", "scc", "cached lru", CLOCK];
const CLOCK: &str = "one clock read";
const LABELS: [&str; 5] = ["p50", "p99", "p99.9", "p99.99", "max"];
const SHARES: [f64; 5] = [0.5, 0.99, 0.999, 0.9999, 1.0];
/// Label, keys, and the bars: which percentile is at most how long.
type Size = (&'static str, u32, &'static [(usize, f64)]);
const SIZES: [Size; 2] = [("1k keys", 1_000, &[(2, 100.0)]), ("100k keys", 100_000, &[(1, 120.0)])];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_of_the_clock_is_found_in_spite_of_rounding() {
        let samples: Vec<u32> = (0..1_000).map(|at| 20 + at % 5 * 10 + at % 2).collect();
        assert_eq!(tick(&samples), 10);
        assert_eq!(tick(&(0..199).collect::<Vec<u32>>()), 1);
    }

    #[test]
    fn a_percentile_is_compared_within_its_round() {
        let row = |rounds: &[f64]| Row {
            name: String::new(),
            rounds: rounds.iter().map(|value| [*value; 5]).collect(),
        };
        assert_eq!(row(&[10.0, 99.0, 11.0]).beyond(&row(&[9.0, 98.0, 10.0])), 1.0);
    }
}
