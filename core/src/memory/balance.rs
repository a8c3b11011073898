//! One capacity for all shards: what each holds, and what they hold together.

use alloc::boxed::Box;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

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
    max_entries: usize,
    max_weight: u64,
    /// A shard below its share lets another shard's entry go.
    share: usize,
    weight_share: u64,
    all: Load,
    shards: Box<[Load]>,
}

/// What a shard held before a change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    entries: usize,
    weight: u64,
}

impl Held {
    pub(super) fn by(engine: &Engine) -> Self {
        Held { entries: engine.len(), weight: engine.weight() }
    }
}

impl Balance {
    pub(super) fn new(max_entries: usize, max_weight: u64, shards: usize) -> Self {
        let (share, weight_share) = match shards {
            1 => (0, 0),
            _ => (max_entries / shards, max_weight / shards as u64),
        };
        let shards = (0..shards).map(|_| Load::default()).collect();
        Balance { max_entries, max_weight, share, weight_share, all: Load::default(), shards }
    }

    /// What a write of this weight into a shard finds.
    #[inline]
    pub(super) fn room(&self, engine: &Engine, weight: u64) -> Room {
        let elsewhere = self.weight().saturating_sub(engine.weight().into());
        Limits {
            max_entries: self.max_entries,
            max_weight: self.max_weight,
            elsewhere: self.entries().saturating_sub(engine.len()),
            weight_elsewhere: elsewhere.try_into().unwrap_or(u64::MAX),
            share: self.share,
            weight_share: self.weight_share,
        }
        .room(weight)
    }

    /// Notes what a shard holds after a change.
    #[inline]
    pub(super) fn note(&self, shard: usize, before: Held, after: Held) {
        if after.entries != before.entries {
            self.shards[shard].entries.store(after.entries, Relaxed);
            self.all.entries.fetch_add(after.entries.wrapping_sub(before.entries), Relaxed);
        }
        if after.weight != before.weight {
            self.shards[shard].weight.store(after.weight, Relaxed);
            self.all.weight.fetch_add(after.weight.wrapping_sub(before.weight), Relaxed);
        }
    }

    /// The shard that should let an entry go, if the cache is over its capacity: the one that holds
    /// most, but not `written` while another holds anything, whose new entry would leave at once.
    #[inline]
    pub(super) fn overloaded(&self, written: usize) -> Option<usize> {
        let (crowded, heavy) =
            (self.entries() > self.max_entries, self.weight() > self.max_weight.into());
        if crowded || heavy { self.fullest(written, heavy) } else { None }
    }

    #[cold]
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

    fn weight(&self) -> u128 {
        if self.max_weight <= COUNTABLE {
            return self.all.weight.load(Relaxed).into();
        }
        self.shards.iter().map(|shard| u128::from(shard.weight.load(Relaxed))).sum()
    }
}
