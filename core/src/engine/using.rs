//! Finding entries, and what a use of one does.

use super::Engine;
use crate::nodes::RECORDED;

impl Engine {
    /// The slot under `hash` that `is_it` accepts, alive or dead.
    #[inline]
    pub fn find(&self, hash: u32, is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        self.index.find(hash, is_it)
    }

    /// Counts a use, and moves the time to idle forward. Moves nothing else, so a shared reference is
    /// enough; `now` is asked only when the time matters.
    #[inline]
    pub fn hit(&self, slot: u32, now: impl FnOnce() -> u64) {
        self.stay(slot, now);
        self.touch(slot);
    }

    /// Counts a use. Stores at most twice.
    #[inline]
    pub(super) fn touch(&self, slot: u32) {
        let state = &self.nodes.states[slot];
        if self.hits_max > 0 {
            state.hit(self.hits_max);
        }
        if state.flags & RECORDED != 0 {
            self.record(slot);
        }
    }

    #[inline]
    fn record(&self, slot: u32) {
        let Some(ring) = &self.ring else { return };
        if self.hits_max == 0 {
            ring.record(slot);
        } else if self.samples {
            ring.record_some(self.nodes[slot].hash);
        }
    }

    /// Whether the index is too large to be near always, so that [`warm_up`](Engine::warm_up) pays.
    #[inline]
    pub fn is_large(&self) -> bool {
        self.index.len() >= 1 << 14
    }

    /// A new value in the place of a living one: its tags and deadline stay, and it was used.
    pub fn change(&mut self, slot: u32, now: u64, weight: u64) {
        self.stay(slot, || now);
        self.weigh_anew(slot, weight);
    }

    /// A new value was written, which is a use.
    pub(super) fn weigh_anew(&mut self, slot: u32, weight: u64) {
        self.stop_weight(slot);
        self.start_weight(slot, weight);
        self.touch(slot);
        if self.wants_drain() {
            self.drain_hits();
        }
    }

    /// Reads what a search, an eviction and an insertion will touch, all at once: the waits for memory
    /// overlap instead of following each other. The entry that is likely to leave.
    #[inline]
    pub fn warm_up(&self, hash: u32) -> Option<u32> {
        self.index.warm_up(hash);
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
        self.hits_max == 0 && self.ring.as_ref().is_some_and(|ring| ring.is_full())
    }

    /// Replays the remembered hits.
    #[inline]
    pub fn drain_hits(&mut self) {
        if self.hits_max == 0 && self.ring.as_ref().is_some_and(|ring| !ring.is_empty()) {
            self.drain();
        }
    }

    fn drain(&mut self) {
        if let Some(ring) = &mut self.ring {
            let (eviction, nodes) = (&mut self.eviction, &mut self.nodes);
            ring.drain(|slot| eviction.replay(nodes, slot));
        }
    }
}
