//! One capacity for all shards: what each holds, and what they hold together.

use crate::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use alloc::boxed::Box;

use super::room::{Limits, Room};
use crate::engine::Engine;

/// Above this weight the sum of all shards may overflow while they are being brought below the limit.
const COUNTABLE: u64 = u64::MAX >> 16;

/// Entries and their weight.
#[derive(Debug, Default)]
struct Load {
    entries: AtomicUsize,
    weight: AtomicU64,
}

#[derive(Debug)]
pub(super) struct Balance {
    max_entries: AtomicUsize,
    max_weight: u64,
    weighted: bool,
    /// A shard below its share lets another shard's entry go.
    share: AtomicUsize,
    weight_share: u64,
    all: Load,
    shards: Box<[Load]>,
}

impl Balance {
    /// `weighted` says whether weights count at all.
    pub(super) fn new(max_entries: usize, max_weight: u64, weighted: bool, shards: usize) -> Self {
        let (share, weight_share) = match shards {
            1 => (0, 0),
            _ => (max_entries / shards, max_weight / shards as u64),
        };
        let shards = (0..shards).map(|_| Load::default()).collect();
        let (all, max_entries, share) = (Load::default(), max_entries.into(), share.into());
        Balance { max_entries, max_weight, weighted, share, weight_share, all, shards }
    }

    /// Another capacity, where it was `before`.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(super) fn change(&self, before: usize, after: usize) {
        if self.max_entries.compare_exchange(before, after, Relaxed, Relaxed).is_ok() {
            let shards = self.shards.len();
            self.share.store(if shards == 1 { 0 } else { after / shards }, Relaxed);
        }
    }

    /// What a write of this weight into a shard finds.
    #[inline]
    pub(super) fn room(&self, engine: &Engine, weight: u64) -> Room {
        let weight_elsewhere = self.weight().saturating_sub(engine.weight().into());
        let weight_elsewhere = weight_elsewhere.try_into().unwrap_or(u64::MAX);
        self.limits(engine.len(), weight_elsewhere).room(weight)
    }

    /// With how many entries a shard that holds `own` must let one go, where weights do not count.
    #[inline]
    pub(super) fn full_at(&self, own: usize) -> usize {
        self.limits(own, 0).full_at()
    }

    #[inline]
    fn limits(&self, own: usize, weight_elsewhere: u64) -> Limits {
        Limits {
            max_entries: self.max_entries.load(Relaxed),
            max_weight: self.max_weight,
            weighted: self.weighted,
            elsewhere: self.entries().saturating_sub(own),
            weight_elsewhere,
            share: self.share.load(Relaxed),
            weight_share: self.weight_share,
        }
    }

    /// Notes what a shard holds after a change. The difference is that to the last note, which may be
    /// older than the change: one in which foreign code panicked was not noted.
    #[inline]
    pub(super) fn note(&self, shard: usize, engine: &Engine) {
        let noted = &self.shards[shard];
        let (entries, before) = (engine.len(), noted.entries.load(Relaxed));
        if entries != before {
            noted.entries.store(entries, Relaxed);
            self.all.entries.fetch_add(entries.wrapping_sub(before), Relaxed);
        }
        let (weight, before) = (engine.weight(), noted.weight.load(Relaxed));
        if weight != before {
            noted.weight.store(weight, Relaxed);
            self.all.weight.fetch_add(weight.wrapping_sub(before), Relaxed);
        }
    }

    /// Whether the cache is within its capacity.
    #[inline]
    pub(super) fn is_kept(&self) -> bool {
        self.entries() <= self.max_entries.load(Relaxed)
            && (!self.weighted || self.weight() <= self.max_weight.into())
    }

    /// The shard that should let an entry go, if the cache is over its capacity: the one that holds
    /// most, but not `written` while another holds anything, whose new entry would leave at once.
    pub(super) fn overloaded(&self, written: usize) -> Option<usize> {
        if self.is_kept() {
            return None;
        }
        self.fullest(written, self.weight() > self.max_weight.into())
    }

    fn fullest(&self, written: usize, heavy: bool) -> Option<usize> {
        let held = |shard: usize| {
            let entries = self.shards[shard].entries.load(Relaxed);
            let weight = self.shards[shard].weight.load(Relaxed);
            if heavy && entries > 0 { weight.max(1) } else { entries as u64 }
        };
        let others = (0..self.shards.len()).filter(|shard| *shard != written);
        let fullest = others.max_by_key(|shard| held(*shard)).filter(|shard| held(*shard) > 0);
        fullest.or((held(written) > 0).then_some(written))
    }

    pub(super) fn entries(&self) -> usize {
        self.all.entries.load(Relaxed)
    }

    #[inline]
    fn weight(&self) -> u128 {
        match self.max_weight {
            _ if !self.weighted => 0,
            ..=COUNTABLE => self.all.weight.load(Relaxed).into(),
            _ => self.shards.iter().map(|shard| u128::from(shard.weight.load(Relaxed))).sum(),
        }
    }
}
