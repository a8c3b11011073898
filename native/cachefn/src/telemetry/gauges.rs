//! What is true of a service now: how much is in memory, how its storage is, what waits for it.

use std::sync::Arc;

use cachefn_core::Stats;
#[cfg(feature = "tokio")]
use cachefn_tokio::{Pending, State};
use metrics::Key;

#[cfg(feature = "tokio")]
use super::names::{BUFFER, HEALTH, OUTBOX, WAL_ENTRIES};
use super::names::{ENTRIES, MEMORY, WEIGHT};
#[cfg(feature = "tokio")]
use super::recording::add;
use super::recording::{series, set};

/// The size of a cache.
pub(super) struct Size([Key; 3]);

impl Size {
    pub(super) fn new(service: &Arc<str>) -> Self {
        Size([ENTRIES, WEIGHT, MEMORY].map(|name| series(name, service, &[])))
    }

    pub(super) fn tell(&self, stats: &Stats) {
        let values = [stats.size, stats.weight, stats.memory_usage];
        self.0.iter().zip(values).for_each(|(key, value)| set(key, value as f64));
    }
}

/// The health of a storage.
#[cfg(feature = "tokio")]
pub(super) fn health(service: &Arc<str>, state: State) {
    let value = match state {
        State::Healthy => 1.0,
        State::Recovering => 0.5,
        _ => 0.0,
    };
    set(&series(HEALTH, service, &[]), value);
}

/// What waits in an outbox, and what became of the rest.
#[cfg(feature = "tokio")]
pub(super) struct Waiting {
    pending: Box<dyn Fn() -> Pending + Send>,
    entries: Vec<Key>,
    changes: [Key; 5],
    told: [u64; 5],
}

#[cfg(feature = "tokio")]
impl Waiting {
    /// With a log, what waits is in it, too.
    pub(super) fn new(
        service: &Arc<str>,
        is_logged: bool,
        pending: impl Fn() -> Pending + Send + 'static,
    ) -> Self {
        let names = if is_logged { &[BUFFER, WAL_ENTRIES][..] } else { &[BUFFER] };
        let results = ["accepted", "dropped", "expired", "refused", "merged"];
        Waiting {
            pending: Box::new(pending),
            entries: names.iter().map(|name| series(name, service, &[])).collect(),
            changes: results.map(|result| series(OUTBOX, service, &[("result", result)])),
            told: [0; 5],
        }
    }

    pub(super) fn tell(&mut self) {
        let pending = (self.pending)();
        self.entries.iter().for_each(|key| set(key, pending.entries as f64));
        let Pending { accepted, dropped, expired, refused, merged, .. } = pending;
        let counts = [accepted, dropped, expired, refused, merged];
        for ((key, count), told) in self.changes.iter().zip(counts).zip(&mut self.told) {
            add(key, count.saturating_sub(*told));
            *told = count;
        }
    }
}
