//! How a new entry comes in: by an eviction if need be, often in the very place of its victim.

use alloc::collections::TryReserveError;

use super::columns::{Arrival, Place};
use super::{Engine, HOUSEKEEPING, NOT_SAMPLED};
use crate::cause::Cause;
use crate::entry::{NEVER, Times};

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
        let is_full = |own: &Self| own.len() >= full_at || own.is_heavier_than(heavy_above);
        let mut full = is_full(self);
        if full {
            self.reserve_eviction(times)?;
        } else {
            self.reserve(times)?;
        }
        if let Some(ring) = self.ring.as_mut().filter(|_| self.hits_max > 0) {
            self.eviction.learn(hash, ring, full);
            self.sampling_mask = self.eviction.sampling_mask().unwrap_or(NOT_SAMPLED);
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
                self.index.remove(nodes[victim].hash, victim, |slot| nodes[slot].hash);
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
        self.index.insert(slot, |slot| nodes[slot].hash);
        self.eviction.insert(&mut self.nodes, slot);
        if times != Times::until(NEVER) {
            self.start_times(slot, now, times);
        }
        self.start_weight(slot, weight);
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

    /// Memory for one entry more.
    fn reserve(&mut self, times: Times) -> Result<(), TryReserveError> {
        let nodes = &self.nodes;
        self.index.reserve(self.len + 1, |slot| nodes[slot].hash)?;
        self.nodes.reserve_one()?;
        self.removed.reserve(HOUSEKEEPING as usize)?;
        if let Some(weights) = &mut self.weights {
            let slots = self.nodes.len() as usize + 1;
            weights.try_reserve(slots.saturating_sub(weights.len()))?;
        }
        self.reserve_times(times)
    }

    /// Memory for one entry in the place of another.
    #[inline]
    fn reserve_eviction(&mut self, times: Times) -> Result<(), TryReserveError> {
        if self.weights.is_some() {
            self.fit_policy();
        }
        self.removed.reserve(HOUSEKEEPING as usize)?;
        self.eviction.reserve()?;
        self.reserve_times(times)
    }

    /// Where weights count, how many entries fit shows when the cache is full, and changes with them.
    fn fit_policy(&mut self) {
        let (fits, thought) = (self.len.max(1), self.capacity);
        if fits > thought + thought / 4 || fits < thought - thought / 4 {
            self.capacity = fits;
            self.eviction.fit(fits);
        }
    }
}
