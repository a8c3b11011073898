//! How a new entry comes in: by an eviction if need be, often in the very place of its victim.

use alloc::collections::TryReserveError;

use super::columns::{Arrival, Place};
use super::{Engine, HOUSEKEEPING};
use crate::cause::Cause;
use crate::entry::{NEVER, Times};
use crate::nodes::RECORDED;
use crate::policy::is_sampled;

impl Engine {
    /// Adds an entry whose key is absent, after evicting others while there are `full_at` of them at
    /// least, or while they weigh more than `heavy_above`.
    ///
    /// # Errors
    /// When memory is refused; then nothing has changed.
    pub fn insert(
        &mut self,
        arrival: &Arrival,
        full_at: usize,
        heavy_above: u64,
    ) -> Result<Place, TryReserveError> {
        let Arrival { hash, now, times, weight } = *arrival;
        if self.weights.is_some() {
            self.reserve_weight(full_at, heavy_above)?;
        }
        self.reserve_times(times)?;
        let place = self.enter(hash, now, full_at, heavy_above)?;
        if times != Times::until(NEVER) {
            self.start_times(place.slot, now, times);
        }
        self.start_weight(place.slot, weight);
        Ok(place)
    }

    /// The insertion of a mere key: of one that lives until it is evicted, and has no weight.
    ///
    /// # Errors
    /// When memory is refused; then nothing has changed.
    pub fn enter(
        &mut self,
        hash: u32,
        now: u64,
        full_at: usize,
        heavy_above: u64,
    ) -> Result<Place, TryReserveError> {
        let is_full = |own: &Self| own.len() >= full_at || own.is_heavier_than(heavy_above);
        let mut full = is_full(self);
        self.removed.reserve(HOUSEKEEPING as usize)?;
        if full {
            self.eviction.reserve()?;
        } else {
            self.nodes.reserve_one()?;
            let nodes = &self.nodes;
            self.index.reserve(self.len + 1, nodes.hashes())?;
        }
        if let Some(ring) = self.ring.as_mut().filter(|_| self.hits_max > 0) {
            self.eviction.learn(hash, ring, full);
            // Readers on other processors have it near: written only when it is another.
            if self.samples != self.eviction.samples() {
                self.samples = !self.samples;
            }
        }
        self.drain_hits();
        if full && self.unscanned > 0 {
            self.scan(now);
            full = is_full(self);
        }
        let mut place = None;
        while full && place.is_none() {
            let Some(victim) = self.eviction.evict(&mut self.nodes, Some(hash)) else { break };
            if self.weights.is_none() && self.is_immortal(victim) {
                // Only the index has to let the victim go: its slot is used again at once.
                let nodes = &self.nodes;
                self.index.remove(nodes[victim].hash, victim, nodes.hashes());
                self.nodes.renew(victim, hash);
                place = Some(victim);
            } else {
                self.bury(victim, now, Cause::Evicted);
            }
            full = is_full(self);
        }
        let slot = match place {
            Some(slot) => slot,
            None => {
                self.len += 1;
                self.nodes.take(hash)
            }
        };
        let nodes = &self.nodes;
        self.index.insert(slot, nodes.hashes());
        self.mark_recorded(slot);
        self.eviction.insert(&mut self.nodes, slot);
        Ok(Place { slot, evicted: place.is_some() })
    }

    /// As [`insert`](Engine::insert), for a driver that finds everything in the list of what left.
    ///
    /// # Errors
    /// When memory is refused; then nothing has changed.
    pub fn insert_listed(
        &mut self,
        arrival: &Arrival,
        full_at: usize,
        heavy_above: u64,
    ) -> Result<u32, TryReserveError> {
        let Place { slot, evicted } = self.insert(arrival, full_at, heavy_above)?;
        if evicted {
            self.removed.push_entry(slot, Cause::Evicted);
        }
        Ok(slot)
    }

    /// Memory for one weight more. A full cache tells the policy how many entries fit.
    #[cold]
    fn reserve_weight(&mut self, full_at: usize, heavy_above: u64) -> Result<(), TryReserveError> {
        if self.len() >= full_at || self.is_heavier_than(heavy_above) {
            self.fit_policy();
        }
        let slots = self.nodes.len() as usize + 1;
        match &mut self.weights {
            Some(weights) => weights.try_reserve(slots.saturating_sub(weights.len())),
            None => Ok(()),
        }
    }

    /// Where weights count, how many entries fit shows when the cache is full, and changes with them.
    fn fit_policy(&mut self) {
        let (fits, thought) = (self.len.max(1), self.capacity);
        if fits > thought + thought / 4 || fits < thought - thought / 4 {
            self.capacity = fits;
            self.eviction.fit(fits);
            self.record_mask = self.eviction.record_mask();
            for slot in 0..self.slots() {
                self.nodes.states[slot].flags &= !RECORDED;
                self.mark_recorded(slot);
            }
        }
    }

    /// Whether hits of an entry are recorded is known from its hash; in its state it is near.
    #[inline]
    fn mark_recorded(&mut self, slot: u32) {
        if self.ring.is_some() && is_sampled(self.nodes[slot].hash, self.record_mask) {
            self.nodes.states[slot].flags |= RECORDED;
        }
    }
}
