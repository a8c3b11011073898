//! The cache as integers: slots, hashes, deadlines, weights and tags; keys and values belong to its driver.
//!
//! One driver keeps keys and values beside the slots: a shard in Rust, two arrays in JavaScript.
//! Entries that leave are listed with their cause; the driver takes the list after every call that
//! may remove, before it writes a new value, because the slot of a new entry is often a victim's.

mod aging;
mod columns;
mod inserting;
mod layout;
mod reclaim;
mod removed;
mod tagging;
mod using;

use alloc::boxed::Box;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;

pub use columns::{Arrival, Layout, Place, Staleness, State};
use columns::{Idle, Stale};
pub use removed::{Left, Removed};

use crate::entry::NEVER;
use crate::index::{self, Index};
use crate::nodes::{LIVE, Nodes};
use crate::policy::{Eviction, Hits, Policy, Shared};
use crate::ring::Ring;
use crate::tag::Tags;
use crate::wheel::Wheel;

/// How many entries one engine can hold.
pub const MAX_ENTRIES: usize = index::MAX_ENTRIES;

/// How many timers housekeeping may handle per write.
pub const HOUSEKEEPING: u32 = 16;

/// The engine of one shard, or of one JavaScript cache.
///
/// In the order of its lines of memory: first what readers look at and an insertion into a full cache
/// leaves as it is, then what it writes. So a write takes little from the readers on other processors.
#[repr(C)]
#[derive(Debug)]
pub struct Engine {
    index: Index,
    nodes: Nodes,
    /// For policies that want hits in order (as slots), or some of them beside counting (as hashes).
    ring: Option<Box<Ring>>,
    /// Exists since the first entry with a deadline.
    wheel: Option<Box<Wheel>>,
    /// Which entries are [recorded](RECORDED), by their hashes.
    record_mask: u32,
    /// Whether the policy wants samples now; one that wants hits in order always wants them.
    samples: bool,
    /// How far the hit counters of entries count; 0 when the policy does not count.
    hits_max: u8,
    policy: Policy,
    stale: Vec<Stale>,
    idle: Vec<Idle>,
    /// The weight of each entry, where weights count at all.
    weights: Option<Vec<u64>>,
    tags: Tags,
    capacity: u32,
    /// So many slots, from the first, may hold entries that a tag has killed: a full cache looks there
    /// before it lets a living entry go.
    unscanned: u32,
    shared: Option<Shared>,
    removed: Removed,
    eviction: Eviction,
    /// In the midst of a change it may be more than a number of 64 bits counts.
    weight: u128,
    len: u32,
    /// Whether entries may be dead by a tag without having been reclaimed.
    tags_unswept: bool,
}

impl Engine {
    /// An empty engine. `capacity` only tells the policy how to share its queues; whether an
    /// insertion evicts is the driver's decision.
    pub fn new(capacity: u32, policy: Policy) -> Self {
        Self::shard(capacity, policy, None, false)
    }

    /// An empty engine for entries whose weights count.
    pub fn weighing(capacity: u32, policy: Policy) -> Self {
        Self::shard(capacity, policy, None, true)
    }

    /// An empty engine for one shard of a cache, which learns together with the others.
    pub(crate) fn shard(
        capacity: u32,
        policy: Policy,
        shared: Option<Shared>,
        weighted: bool,
    ) -> Self {
        let eviction = Eviction::new(policy, capacity, shared.clone());
        let hits = eviction.hits();
        let rings = matches!(hits, Hits::Ordered | Hits::Sampled(_));
        let record_mask = eviction.record_mask();
        Engine {
            nodes: Nodes::new(),
            index: Index::new(),
            eviction,
            hits_max: match hits {
                Hits::Counted(max) | Hits::Sampled(max) => max,
                Hits::Ignored | Hits::Ordered => 0,
            },
            ring: rings.then(|| Box::new(Ring::new())),
            samples: false,
            record_mask,
            wheel: None,
            stale: Vec::new(),
            idle: Vec::new(),
            tags: Tags::new(),
            weights: weighted.then(Vec::new),
            weight: 0,
            removed: Removed::new(),
            tags_unswept: false,
            unscanned: 0,
            len: 0,
            policy,
            capacity,
            shared,
        }
    }

    /// A new value under a living key: its tags go, its times and weight are new, and it was used.
    ///
    /// # Errors
    /// When memory is refused; then nothing has changed.
    pub fn renew(&mut self, slot: u32, arrival: &Arrival) -> Result<(), TryReserveError> {
        let Arrival { now, times, weight, .. } = *arrival;
        self.reserve_times(times)?;
        self.stop_times(slot);
        self.release_tags(slot);
        self.start_times(slot, now, times);
        self.weigh_anew(slot, weight);
        Ok(())
    }

    /// How many entries there are, the dead ones that were not reclaimed yet included.
    #[inline]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is no entry at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What all entries weigh together; 0 where weights do not count.
    #[inline]
    pub fn weight(&self) -> u64 {
        u64::try_from(self.weight).unwrap_or(u64::MAX)
    }

    /// Whether all entries weigh more than this together.
    pub fn is_heavier_than(&self, weight: u64) -> bool {
        self.weight > u128::from(weight)
    }

    /// What one entry weighs; 0 where weights do not count.
    pub fn weight_of(&self, slot: u32) -> u64 {
        self.weights.as_ref().and_then(|weights| weights.get(slot as usize)).map_or(0, |own| *own)
    }

    /// When housekeeping next has something to do; `u64::MAX` for never.
    #[inline]
    pub fn due(&self) -> u64 {
        self.wheel.as_ref().map_or(NEVER, |wheel| wheel.due())
    }

    /// Whether every entry is a key and a value and no more: none ever had a lifetime, a weight or a tag.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.wheel.is_none()
            && self.weights.is_none()
            && self.stale.is_empty()
            && self.tags.is_unused()
    }

    /// Whether any entry ever had a deadline, so that the time matters.
    pub fn has_timers(&self) -> bool {
        self.wheel.is_some()
    }

    /// Whether the slot holds an entry, alive or dead.
    pub fn is_used(&self, slot: u32) -> bool {
        slot < self.nodes.len() && self.nodes.states[slot].flags & LIVE != 0
    }

    /// How many slots were ever used: the length that key and value arrays need.
    pub fn slots(&self) -> u32 {
        self.nodes.len()
    }

    /// How many bytes are allocated, about.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + self.nodes.memory()
            + self.index.memory()
            + self.eviction.memory()
            + self.ring.as_ref().map_or(0, |_| size_of::<Ring>())
            + self.wheel.as_ref().map_or(0, |wheel| wheel.memory())
            + self.stale.capacity() * size_of::<Stale>()
            + self.idle.capacity() * size_of::<Idle>()
            + self.weights.as_ref().map_or(0, |weights| weights.capacity() * size_of::<u64>())
            + self.tags.memory()
    }

    /// Makes room for so many entries.
    ///
    /// # Errors
    /// When memory is refused.
    pub fn reserve_entries(&mut self, entries: u32) -> Result<(), TryReserveError> {
        let nodes = &self.nodes;
        self.index.reserve(entries, nodes.hashes())?;
        self.nodes.reserve(entries)
    }

    #[inline]
    fn start_weight(&mut self, slot: u32, weight: u64) {
        if let Some(weights) = &mut self.weights {
            if slot as usize >= weights.len() {
                weights.resize(slot as usize + 1, 0);
            }
            weights[slot as usize] = weight;
            self.weight += u128::from(weight);
        }
    }

    #[inline]
    fn stop_weight(&mut self, slot: u32) {
        if let Some(weights) = &mut self.weights {
            self.weight -= u128::from(core::mem::take(&mut weights[slot as usize]));
        }
    }
}
