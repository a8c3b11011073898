//! What is shown of a run, in 80 columns.

use std::fmt;
use std::time::Duration;

use cachefn_core::Stats;
use cachefn_tokio::{State, Status};

use crate::histogram::Histogram;
use crate::options::Options;

/// What was felt within about a second.
pub(crate) struct Sample {
    pub(crate) at: Duration,
    pub(crate) rate: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) p999: Duration,
    pub(crate) state: State,
}

impl Sample {
    pub(crate) fn new(at: Duration, took: Duration, times: &Histogram, state: State) -> Self {
        let rate = times.total() as f64 / took.as_secs_f64().max(1e-9);
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|part| times.quantile(part));
        Sample { at, rate, p50, p99, p999, state }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sample { at, rate, p50, p99, p999, state } = self;
        let (seconds, rate) = (at.as_secs_f64(), grouped(*rate as u64));
        let [p50, p99, p999] = [p50, p99, p999].map(|time| shown(*time));
        write!(f, "{seconds:5.1} s {rate:>9} calls/s ")?;
        write!(f, "p50 {p50:>8} p99 {p99:>8} p99.9 {p999:>8} {state}")
    }
}

pub(crate) struct Report {
    pub(crate) options: Options,
    pub(crate) took: Duration,
    pub(crate) times: Histogram,
    pub(crate) samples: Vec<Sample>,
    pub(crate) wrong: u64,
    pub(crate) told: u64,
    pub(crate) fetches: u64,
    pub(crate) stats: Stats,
    pub(crate) status: Status,
    /// Tasks that ran after the end.
    pub(crate) tasks: usize,
    /// What did not end.
    pub(crate) left: Vec<String>,
}

impl Report {
    /// Whether every cached call brought its value, and nothing runs on.
    pub(crate) fn is_sound(&self) -> bool {
        self.wrong == 0 && self.tasks == 0 && self.left.is_empty()
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        let rate = self.times.total() as f64 / self.took.as_secs_f64().max(1e-9);
        let quantile = |part| shown(self.times.quantile(part));
        let status = &self.status;
        vec![
            ("tasks, keys, seed", {
                let Options { concurrency, keys, seed, .. } = &self.options;
                format!("{concurrency}, {keys}, {seed}")
            }),
            ("calls", format!("{} in {}", grouped(self.times.total()), shown(self.took))),
            ("calls a second", grouped(rate as u64)),
            ("p50, p99", format!("{}, {}", quantile(0.5), quantile(0.99))),
            ("p99.9, longest", format!("{}, {}", quantile(0.999), shown(self.times.longest()))),
            ("hits in memory", format!("{:.1} %", self.stats.hit_rate() * 100.0)),
            ("fetches", grouped(self.fetches)),
            ("cached calls that failed", self.wrong.to_string()),
            ("writes and deletes that said so", grouped(self.told)),
            ("failures of the storage", {
                format!("{}, {} by time", grouped(status.failures), grouped(status.timeouts))
            }),
            ("calls it was spared", grouped(status.refused)),
            ("given up, state now", format!("{} times, {}", status.opened, status.state)),
            ("tasks after the end", self.tasks.to_string()),
            (
                "not ended",
                if self.left.is_empty() { "nothing".into() } else { self.left.join(", ") },
            ),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, value) in self.rows() {
            writeln!(f, "{what:<33} {value:>46}")?;
        }
        if let Some(error) = &self.status.last_error {
            let error = format!("its last error: {error}");
            writeln!(f, "{}", error.chars().take(80).collect::<String>())?;
        }
        Ok(())
    }
}

/// With three digits that count.
pub(crate) fn shown(time: Duration) -> String {
    let nanos = time.as_nanos() as f64;
    let (value, unit) = match nanos {
        ..1e3 => (nanos, "ns"),
        ..1e6 => (nanos / 1e3, "µs"),
        ..1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
