//! How long calls took: buckets that grow with the time, each a thirty-second of its size wide.

use std::time::Duration;

#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: u64,
}

const PARTS: u64 = 32;
/// Up to 2^42 ns, over an hour.
const BUCKETS: usize = 38 * PARTS as usize;

impl Histogram {
    pub(crate) fn new() -> Self {
        Histogram { counts: vec![0; BUCKETS], total: 0, longest: 0 }
    }

    pub(crate) fn add(&mut self, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(nanos)] += 1;
        self.total += 1;
        self.longest = self.longest.max(nanos);
    }

    pub(crate) fn merge(&mut self, other: &Histogram) {
        for (own, others) in self.counts.iter_mut().zip(&other.counts) {
            *own += others;
        }
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn longest(&self) -> Duration {
        Duration::from_nanos(self.longest)
    }

    /// What this part of the calls took at most; nothing without calls.
    pub(crate) fn quantile(&self, part: f64) -> Duration {
        let wanted = ((self.total as f64 * part).ceil() as u64).clamp(1, self.total.max(1));
        let mut seen = 0;
        for (at, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_nanos(end(at).min(self.longest));
            }
        }
        Duration::ZERO
    }
}

fn bucket(nanos: u64) -> usize {
    if nanos < PARTS {
        return nanos as usize;
    }
    let shift = nanos.ilog2() - PARTS.ilog2();
    let at = u64::from(shift + 1) * PARTS + (nanos >> shift) - PARTS;
    (at as usize).min(BUCKETS - 1)
}

/// The longest time of a bucket.
fn end(at: usize) -> u64 {
    let at = at as u64;
    if at < PARTS {
        return at;
    }
    let shift = at / PARTS - 1;
    ((at % PARTS + PARTS + 1) << shift) - 1
}
