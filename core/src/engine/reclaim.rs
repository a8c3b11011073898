//! How entries leave: chosen, dead, deleted or all at once; each once, with its true cause.

use super::{Engine, HOUSEKEEPING, Removed};
use crate::cause::Cause;
use crate::policy::Eviction;

impl Engine {
    /// Removes an entry; the cause is `cause` unless it was dead already. Returns the true cause.
    pub fn remove(&mut self, slot: u32, now: u64, cause: Cause) -> Cause {
        self.drain_hits();
        self.eviction.remove(&mut self.nodes, slot);
        self.bury(slot, now, cause)
    }

    /// Lets the policy choose one entry to leave, for a new key if its hash is given; `false` when
    /// there is none.
    #[inline]
    pub fn evict(&mut self, now: u64, incoming: Option<u32>) -> bool {
        self.drain_hits();
        let Some(slot) = self.eviction.evict(&mut self.nodes, incoming) else { return false };
        self.bury(slot, now, Cause::Evicted);
        true
    }

    /// Lets the policy choose one entry other than `kept` to leave; there must be two.
    pub fn evict_but(&mut self, kept: u32, now: u64) {
        self.drain_hits();
        // The kept entry stands aside while the policy looks.
        self.eviction.remove(&mut self.nodes, kept);
        let chosen = self.eviction.evict(&mut self.nodes, None);
        self.eviction.insert(&mut self.nodes, kept);
        if let Some(slot) = chosen {
            self.bury(slot, now, Cause::Evicted);
        }
    }

    /// Removes entries whose deadline has passed, in at most `budget` steps.
    pub fn advance(&mut self, now: u64, mut budget: u32) {
        while let Some(slot) = self.wheel.as_mut().and_then(|wheel| wheel.advance(now, &mut budget))
        {
            if self.is_due(slot, now) {
                self.remove(slot, now, Cause::Expired);
            }
        }
    }

    /// Removes every dead entry.
    pub fn sweep(&mut self, now: u64) {
        self.advance(now, u32::MAX);
        self.unscanned = 0;
        if core::mem::take(&mut self.tags_unswept) {
            for slot in 0..self.slots() {
                if !self.is_used(slot) {
                    continue;
                }
                if self.death(slot, now).is_some() {
                    self.remove(slot, now, Cause::Tag);
                } else if !self.tags_are_valid(slot) {
                    // Stale by a tag: no timer will tell when that ends.
                    self.tags_unswept = true;
                }
            }
        }
    }

    /// Removes entries that a tag has killed, looking at a few slots.
    #[cold]
    pub(super) fn scan(&mut self, now: u64) {
        for _ in 0..HOUSEKEEPING.min(self.unscanned) {
            self.unscanned -= 1;
            let slot = self.unscanned;
            if self.is_used(slot) && self.death(slot, now).is_some() {
                self.remove(slot, now, Cause::Tag);
            }
        }
    }

    /// Removes every entry, in the order of slots.
    pub fn clear(&mut self, now: u64) {
        for slot in 0..self.slots() {
            if self.is_used(slot) {
                let cause = self.death(slot, now);
                self.release_tags(slot);
                self.removed.push_entry(slot, cause.unwrap_or(Cause::Cleared));
                self.nodes.release(slot);
            }
        }
        self.eviction = Eviction::new(self.policy, self.capacity, self.shared.clone());
        (self.samples, self.record_mask) = (false, self.eviction.record_mask());
        self.index.clear();
        if let Some(wheel) = &mut self.wheel {
            wheel.clear();
        }
        if let Some(ring) = &mut self.ring {
            ring.drain(|_| {});
        }
        if let Some(weights) = &mut self.weights {
            weights.clear();
        }
        (self.tags_unswept, self.unscanned) = (false, 0);
        (self.len, self.weight) = (0, 0);
    }

    /// What left since the list was emptied last, in order; the driver empties it.
    pub fn removed(&mut self) -> &mut Removed {
        &mut self.removed
    }

    /// Unlinks an entry that its policy has let go.
    pub(super) fn bury(&mut self, slot: u32, now: u64, cause: Cause) -> Cause {
        let hash = self.nodes[slot].hash;
        let cause = self.death(slot, now).unwrap_or(cause);
        let nodes = &self.nodes;
        self.index.remove(hash, slot, nodes.hashes());
        self.stop_times(slot);
        self.stop_weight(slot);
        self.release_tags(slot);
        self.removed.push_entry(slot, cause);
        self.nodes.release(slot);
        self.len -= 1;
        cause
    }
}
