//! The cache as integers: slots, hashes, deadlines and tags; keys and values belong to its driver.
//!
//! One driver keeps keys and values beside the slots: a shard in Rust, two arrays in JavaScript.
//! Entries that leave are listed with their cause; the driver takes the list after every call that
//! may remove, before it writes a new value, because the slot of a new entry is often a victim's.

mod reclaim;
mod removed;
mod tagging;

use alloc::boxed::Box;
use alloc::collections::TryReserveError;

pub use removed::{Left, Removed};

use crate::cause::Cause;
use crate::entry::{Freshness, NEVER, freshness};
use crate::index::{self, Index};
use crate::nodes::{HAS_DEADLINE, HAS_TAGS, LIVE, Nodes};
use crate::policy::{Eviction, Hits, Policy, Shared, is_sampled};
use crate::ring::{self, Ring};
use crate::tag::Tags;
use crate::wheel::Wheel;

/// How many entries one engine can hold.
pub const MAX_ENTRIES: usize = index::MAX_ENTRIES;

/// How many timers housekeeping may handle per write.
pub const HOUSEKEEPING: u32 = 16;

/// The engine of one shard, or of one JavaScript cache.
#[derive(Debug)]
pub struct Engine {
    nodes: Nodes,
    index: Index,
    eviction: Eviction,
    hits: Hits,
    /// For policies that want hits in order, or some of them.
    ring: Option<Box<Ring>>,
    /// By which hits are sampled; hardly any while this is [`NOT_SAMPLED`].
    sampling_mask: u32,
    /// Exists since the first entry with a deadline.
    wheel: Option<Box<Wheel>>,
    tags: Tags,
    removed: Removed,
    /// Whether entries may be dead by a tag without having been reclaimed.
    tags_unswept: bool,
    len: u32,
    policy: Policy,
    capacity: u32,
    shared: Option<Shared>,
}

/// A mask that next to no hash passes, before the policy wants samples.
const NOT_SAMPLED: u32 = u32::MAX;

impl Engine {
    /// An empty engine. `capacity` only tells the policy how to share its queues; whether an
    /// insertion evicts is the driver's decision.
    pub fn new(capacity: u32, policy: Policy) -> Self {
        Self::shard(capacity, policy, None)
    }

    /// An empty engine for one shard of a cache, which learns together with the others.
    pub(crate) fn shard(capacity: u32, policy: Policy, shared: Option<Shared>) -> Self {
        let eviction = Eviction::new(policy, capacity, shared.clone());
        let hits = eviction.hits();
        let rings = matches!(hits, Hits::Ordered | Hits::Sampled(_));
        Engine {
            nodes: Nodes::new(),
            index: Index::new(),
            eviction,
            hits,
            ring: rings.then(|| Box::new(Ring::new())),
            sampling_mask: NOT_SAMPLED,
            wheel: None,
            tags: Tags::new(),
            removed: Removed::new(),
            tags_unswept: false,
            len: 0,
            policy,
            capacity,
            shared,
        }
    }

    /// The slot under `hash` that `is_it` accepts, alive or dead.
    #[inline]
    pub fn find(&self, hash: u32, is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        self.index.find(hash, is_it)
    }

    /// Whether the entry may be returned; `now` is asked only when the entry has a deadline.
    #[inline]
    pub fn is_alive(&self, slot: u32, now: impl FnOnce() -> u64) -> bool {
        let flags = self.nodes[slot].flags;
        flags & (HAS_DEADLINE | HAS_TAGS) == 0 || self.death(slot, flags, now).is_none()
    }

    /// Counts a use. Stores at most twice and moves nothing, so a shared reference is enough.
    #[inline]
    pub fn touch(&self, slot: u32) {
        let node = &self.nodes[slot];
        match (self.hits, &self.ring) {
            (Hits::Counted(max), _) => node.hit(max),
            (Hits::Sampled(max), Some(ring)) => {
                node.hit(max);
                if is_sampled(node.hash, self.sampling_mask) {
                    ring.record_some(node.hash);
                }
            }
            (Hits::Ordered, Some(ring)) => ring.record(slot),
            (Hits::Ignored, _) | (Hits::Sampled(_) | Hits::Ordered, None) => {}
        }
    }

    /// Reads what an eviction and an insertion will touch, all at once: the waits for memory overlap
    /// instead of following each other. The entry that is likely to leave.
    #[inline]
    pub fn warm_up(&self, hash: u32) -> Option<u32> {
        self.eviction.warm_up(hash);
        let slot = self.eviction.likely_victim()?;
        let victim = self.nodes[slot].hash;
        self.index.warm_up(victim);
        self.eviction.warm_up(victim);
        Some(slot)
    }

    /// Whether [`drain_hits`](Engine::drain_hits) is due for hits to stay in exact order.
    #[inline]
    pub fn wants_drain(&self) -> bool {
        self.hits == Hits::Ordered && self.ring.as_ref().is_some_and(|ring| ring.is_full())
    }

    /// Replays the remembered hits.
    pub fn drain_hits(&mut self) {
        if let Some(ring) = self.ring.as_mut().filter(|_| self.hits == Hits::Ordered) {
            let (eviction, nodes) = (&mut self.eviction, &mut self.nodes);
            ring.drain(|slot| eviction.replay(nodes, slot));
        }
    }

    /// Adds an entry whose key is absent; with `full` an entry is evicted first.
    ///
    /// # Errors
    /// When memory is refused; then nothing has changed.
    pub fn insert(
        &mut self,
        hash: u32,
        now: u64,
        deadline: u64,
        full: bool,
    ) -> Result<u32, TryReserveError> {
        self.reserve(deadline, full)?;
        if let Some(ring) = self.ring.as_mut().filter(|_| matches!(self.hits, Hits::Sampled(_))) {
            self.eviction.learn(hash, ring, full);
            self.sampling_mask = self.eviction.sampling_mask().unwrap_or(NOT_SAMPLED);
        }
        if full {
            self.evict(now, Some(hash));
        } else {
            self.drain_hits();
        }
        let slot = self.nodes.take(hash);
        let nodes = &self.nodes;
        self.index.insert(slot, |slot| nodes[slot].hash);
        self.eviction.insert(&mut self.nodes, slot);
        self.start_timer(slot, deadline);
        self.len += 1;
        Ok(slot)
    }

    /// A new value under a living key: its tags go, its deadline is the new one, and it was used.
    ///
    /// # Errors
    /// When memory is refused; then nothing has changed.
    pub fn renew(&mut self, slot: u32, deadline: u64) -> Result<(), TryReserveError> {
        if deadline != NEVER {
            self.reserve_timers()?;
        }
        self.stop_timer(slot);
        self.release_tags(slot);
        self.start_timer(slot, deadline);
        self.touch(slot);
        if self.wants_drain() {
            self.drain_hits();
        }
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

    /// When housekeeping next has something to do; `u64::MAX` for never.
    #[inline]
    pub fn due(&self) -> u64 {
        self.wheel.as_ref().map_or(NEVER, |wheel| wheel.due())
    }

    /// Whether any entry ever had a deadline, so that the time matters.
    pub fn has_timers(&self) -> bool {
        self.wheel.is_some()
    }

    /// Whether the slot holds an entry, alive or dead.
    pub fn is_used(&self, slot: u32) -> bool {
        slot < self.nodes.len() && self.nodes[slot].flags & LIVE != 0
    }

    /// How many slots were ever used: the length that key and value arrays need.
    pub fn slots(&self) -> u32 {
        self.nodes.len()
    }

    /// Why the entry may not be returned, if it is dead.
    fn death(&self, slot: u32, flags: u8, now: impl FnOnce() -> u64) -> Option<Cause> {
        if flags & HAS_TAGS != 0 && !self.tags.is_valid(slot) {
            return Some(Cause::Tag);
        }
        let wheel = self.wheel.as_ref().filter(|_| flags & HAS_DEADLINE != 0)?;
        let deadline = wheel.deadline(slot);
        match freshness(deadline, deadline, now()) {
            Freshness::Fresh | Freshness::Stale => None,
            Freshness::Expired => Some(Cause::Expired),
        }
    }

    /// Makes room for the first entry, so that the index has cells to read.
    ///
    /// # Errors
    /// When memory is refused.
    pub fn prepare(&mut self) -> Result<(), TryReserveError> {
        self.reserve(NEVER, false)
    }

    fn reserve(&mut self, deadline: u64, full: bool) -> Result<(), TryReserveError> {
        let nodes = &self.nodes;
        self.index.reserve_one(|slot| nodes[slot].hash)?;
        self.nodes.reserve_one()?;
        self.removed.reserve(HOUSEKEEPING as usize)?;
        if full {
            self.eviction.reserve()?;
        }
        if deadline != NEVER { self.reserve_timers() } else { Ok(()) }
    }

    fn reserve_timers(&mut self) -> Result<(), TryReserveError> {
        let slots = self.nodes.len() + 1;
        self.wheel.get_or_insert_with(|| Box::new(Wheel::new())).reserve(slots)
    }

    fn start_timer(&mut self, slot: u32, deadline: u64) {
        if let Some(wheel) = self.wheel.as_mut().filter(|_| deadline != NEVER) {
            wheel.insert(slot, deadline);
            self.nodes[slot].flags |= HAS_DEADLINE;
        }
    }

    fn stop_timer(&mut self, slot: u32) {
        let flags = &mut self.nodes[slot].flags;
        if let Some(wheel) = self.wheel.as_mut().filter(|_| *flags & HAS_DEADLINE != 0) {
            wheel.remove(slot);
            *flags &= !HAS_DEADLINE;
        }
    }
}

/// Where the parts that JavaScript reads stand in memory.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The cells of the index, their number a power of two, or an empty slice.
    pub cells: (*const u32, usize),
    /// A hash shifted right by this is its home cell.
    pub shift: u32,
    /// The 16-byte nodes.
    pub nodes: *const u8,
    /// The 16-byte timers, or null.
    pub timers: *const u8,
    /// The 8-byte tag stamps; dangling while no entry has a tag.
    pub stamps: *const u8,
    /// The ring of hits, or null.
    pub ring: *const u8,
    /// How many hits the ring takes.
    pub ring_capacity: u32,
    /// How far a node's hit counter counts; 0 when hits go to the ring, as slots.
    pub hits_max: u8,
    /// With a ring and a counter: the hash of a hit goes to the ring, unless that is full, when none
    /// of the mask's bits is set in the hash shifted right by 8.
    pub sampling_mask: u32,
}

impl Engine {
    /// Where everything stands now; any change of the engine may move it.
    pub fn layout(&self) -> Layout {
        use core::ptr::null;
        Layout {
            cells: (self.index.cells().as_ptr(), self.index.cells().len()),
            shift: self.index.shift(),
            nodes: self.nodes.as_ptr().cast(),
            timers: self.wheel.as_ref().map_or(null(), |wheel| wheel.as_ptr().cast()),
            stamps: self.tags.as_ptr().cast(),
            ring: self.ring.as_ref().map_or(null(), |ring| core::ptr::from_ref(&**ring).cast()),
            ring_capacity: if self.ring.is_some() { ring::CAPACITY as u32 } else { 0 },
            hits_max: match self.hits {
                Hits::Counted(max) | Hits::Sampled(max) => max,
                Hits::Ignored | Hits::Ordered => 0,
            },
            sampling_mask: self.sampling_mask,
        }
    }
}
