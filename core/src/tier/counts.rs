//! What a storage tier counts.

use crate::stats::Stats;
use crate::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) hits: Count,
    pub(crate) misses: Count,
    pub(crate) failures: Count,
    pub(crate) undecodable: Count,
    pub(crate) skewed: Count,
    /// Values whose leases were lost meanwhile.
    pub(crate) fenced: Count,
    pub(crate) lease_waits: Count,
    pub(crate) lease_failures: Count,
}

#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn one(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl Counts {
    /// Adds these to what memory counted: what it missed may have been found here.
    pub(crate) fn add_to(&self, stats: &mut Stats) {
        let found = self.hits.get();
        stats.storage_hits = found;
        stats.storage_misses = self.misses.get();
        stats.storage_failures = self.failures.get();
        stats.decode_failures = self.undecodable.get();
        stats.skewed = self.skewed.get();
        stats.fenced += self.fenced.get();
        stats.lease_waits = self.lease_waits.get();
        stats.lease_failures = self.lease_failures.get();
    }

    pub(crate) fn reset(&self) {
        let Counts {
            hits,
            misses,
            failures,
            undecodable,
            skewed,
            fenced,
            lease_waits,
            lease_failures,
        } = self;
        let looks = [hits, misses, failures, undecodable, skewed];
        for count in looks.into_iter().chain([fenced, lease_waits, lease_failures]) {
            count.0.store(0, Relaxed);
        }
    }
}
