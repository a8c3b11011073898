//! Which counts of a cache are told under which name and labels.

use std::sync::Arc;

use cachefn_core::Stats;
use metrics::Key;

use super::names::{
    EVICTIONS, FAILURES, FENCED, FLIGHT_TIME, FLIGHTS, LEASE_WAITS, MESSAGES, REQUESTS, STALE,
};
use super::recording::{add, series};

/// The counters of one service, and how much of them was told.
pub(super) struct Counters {
    keys: Vec<Key>,
    told: Vec<u64>,
    last: Stats,
}

impl Counters {
    pub(super) fn new(service: &Arc<str>) -> Self {
        let keys = ROWS.iter().map(|row| series(row.name, service, row.labels)).collect();
        Counters { keys, told: vec![0; ROWS.len()], last: Stats::default() }
    }

    /// Tells what has come since the last time.
    pub(super) fn tell(&mut self, stats: &Stats) {
        if is_reset(&self.last, stats) {
            self.told.fill(0);
        }
        for ((row, key), told) in ROWS.iter().zip(&self.keys).zip(&mut self.told) {
            let count = (row.count)(stats);
            add(key, count.saturating_sub(*told));
            // The parts of a sum are of different moments, so that a difference may shrink for one.
            *told = count.max(*told);
        }
        self.last = *stats;
    }
}

/// Whether the counts began anew: none of these falls otherwise.
fn is_reset(last: &Stats, now: &Stats) -> bool {
    let rising = |stats: &Stats| {
        [stats.hits, stats.loads, stats.sets, stats.storage_misses, stats.load_failures]
    };
    rising(last).iter().zip(rising(now)).any(|(last, now)| now < *last)
}

struct Row {
    name: &'static str,
    labels: &'static [(&'static str, &'static str)],
    count: fn(&Stats) -> u64,
}

const ROWS: &[Row] = &[
    row(REQUESTS, &[("layer", "l1"), ("operation", "get"), ("result", "hit")], |stats| {
        stats.hits.saturating_sub(stats.storage_hits)
    }),
    row(REQUESTS, &[("layer", "l1"), ("operation", "get"), ("result", "miss")], |stats| {
        stats.misses + stats.storage_hits
    }),
    row(REQUESTS, &[("layer", "l1"), ("operation", "set"), ("result", "ok")], |stats| stats.sets),
    row(REQUESTS, &[("layer", "l1"), ("operation", "delete"), ("result", "ok")], |stats| {
        stats.deletes
    }),
    row(REQUESTS, &[("layer", "l1"), ("operation", "invalidate"), ("result", "ok")], |stats| {
        stats.invalidations
    }),
    row(REQUESTS, &[("layer", "l2"), ("operation", "get"), ("result", "hit")], |stats| {
        stats.storage_hits
    }),
    row(REQUESTS, &[("layer", "l2"), ("operation", "get"), ("result", "miss")], |stats| {
        stats.storage_misses
    }),
    row(EVICTIONS, &[("cause", "evicted")], |stats| stats.evictions),
    row(EVICTIONS, &[("cause", "expired")], |stats| stats.expirations),
    row(EVICTIONS, &[("cause", "too-heavy")], |stats| stats.too_heavy),
    row(FLIGHTS, &[("result", "ok")], |stats| stats.loads),
    row(FLIGHTS, &[("result", "failed")], |stats| stats.load_failures),
    row(FLIGHT_TIME, &[], |stats| stats.load_time.as_millis().try_into().unwrap_or(u64::MAX)),
    row(STALE, &[("cause", "refreshing")], |stats| stats.stale_hits),
    row(STALE, &[("cause", "load-failed")], |stats| stats.stale_on_error),
    row(FAILURES, &[("cause", "storage-failed")], |stats| stats.storage_failures),
    row(FAILURES, &[("cause", "undecodable")], |stats| stats.decode_failures),
    row(FAILURES, &[("cause", "skewed")], |stats| stats.skewed),
    row(FAILURES, &[("cause", "bus-failed")], |stats| stats.bus_failures),
    row(FAILURES, &[("cause", "lease-failed")], |stats| stats.lease_failures),
    row(FENCED, &[], |stats| stats.fenced),
    row(MESSAGES, &[], |stats| stats.bus_messages),
    row(LEASE_WAITS, &[], |stats| stats.lease_waits),
];

const fn row(
    name: &'static str,
    labels: &'static [(&'static str, &'static str)],
    count: fn(&Stats) -> u64,
) -> Row {
    Row { name, labels, count }
}
