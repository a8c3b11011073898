//! Finds the share of the queue while running: four miniature caches replay a sample of the requests.
//!
//! Miniature simulation after Waldspurger, Saemundsson, Ahmad and Park, "Cache modeling and
//! optimization using miniature simulations", USENIX ATC 2017.

use alloc::collections::TryReserveError;

use super::duel::{Duel, HITS_MAX};
use crate::index::Index;
use crate::nodes::Nodes;
use crate::ring::Ring;

/// The shares to choose from, in percent of the capacity; the first is where a cache begins.
pub(super) const SHARES: [u32; 4] = [10, 1, 40, 90];

/// A queue below this would drop new entries before anybody can ask for them again.
const SMALLEST_SHARE: u32 = 4;

/// The entries that a share of the capacity makes; `smallest` gives way in tiny caches.
pub(super) fn entries(capacity: u32, expert: usize, smallest: u32) -> u32 {
    let share = u64::from(capacity) * u64::from(SHARES[expert]) / 100;
    (share as u32).max(smallest.min(capacity / 4)).max(1)
}

/// The queue's share for a cache of `capacity`.
pub(super) fn queue_share(capacity: u32, expert: usize) -> u32 {
    entries(capacity, expert, SMALLEST_SHARE)
}

/// Which hashes are sampled: one of so many (a power of two).
pub(super) fn sampling(capacity: u32) -> u32 {
    let mut rate = 4;
    while capacity / (2 * rate) >= 32 && rate < 128 {
        rate *= 2;
    }
    rate
}

/// The experts, their scores, and which of them is in charge.
#[derive(Debug)]
pub(crate) struct Selector {
    experts: [Miniature; SHARES.len()],
    scores: [u32; SHARES.len()],
    current: usize,
    /// Requests behind the scores, aged like them, and those since the last decision.
    requests: u32,
    since: u32,
    decides_after: u32,
}

impl Selector {
    pub(crate) fn new(capacity: u32) -> Self {
        let miniature = (capacity / sampling(capacity)).max(8);
        Selector {
            experts: core::array::from_fn(|expert| Miniature::new(miniature, expert)),
            scores: [0; SHARES.len()],
            current: 0,
            requests: 0,
            since: 0,
            decides_after: (5 * miniature).max(500),
        }
    }

    /// Replays sampled hits and the new key, if that is sampled; the expert in charge afterwards, an
    /// index into the shares.
    pub(super) fn replay(&mut self, own: Option<u32>, hits: &mut Ring) -> usize {
        // Refused memory costs the selector a sample, nobody else anything.
        hits.drain(|hash| self.feed(hash).unwrap_or(()));
        if let Some(hash) = own {
            self.feed(hash).unwrap_or(());
        }
        self.current
    }

    /// How many bytes are allocated.
    pub(super) fn memory(&self) -> usize {
        size_of::<Self>() + self.experts.iter().map(Miniature::memory).sum::<usize>()
    }

    /// Replays one sampled request.
    ///
    /// # Errors
    /// When memory is refused; the request is then forgotten.
    fn feed(&mut self, hash: u32) -> Result<(), TryReserveError> {
        self.experts.iter_mut().try_for_each(Miniature::reserve)?;
        for (expert, score) in self.experts.iter_mut().zip(&mut self.scores) {
            *score += u32::from(expert.access(hash));
        }
        self.requests += 1;
        self.since += 1;
        if self.since >= self.decides_after {
            self.since = 0;
            self.decide();
        }
        Ok(())
    }

    /// The best expert takes over when its lead is more than chance: over 1 % and 0.3 deviations.
    fn decide(&mut self) {
        let mut best = 0;
        for expert in 1..SHARES.len() {
            if self.scores[expert] > self.scores[best] {
                best = expert;
            }
        }
        let (score, current) = (self.scores[best], self.scores[self.current]);
        let variance = u64::from((self.requests - score).min(score));
        let lead = i64::from(score) - i64::from(current) - i64::from(current / 100);
        if best != self.current && lead > 0 && (lead as u64).pow(2) * 11 > variance {
            self.current = best;
        }
        self.requests -= self.requests / 4;
        self.scores.iter_mut().for_each(|score| *score -= *score / 4);
    }
}

/// One small cache of hashes.
#[derive(Debug)]
struct Miniature {
    nodes: Nodes,
    index: Index,
    duel: Duel,
    len: u32,
    capacity: u32,
}

impl Miniature {
    fn new(capacity: u32, expert: usize) -> Self {
        Miniature {
            nodes: Nodes::new(),
            index: Index::new(),
            duel: Duel::new(capacity, entries(capacity, expert, 1)),
            len: 0,
            capacity,
        }
    }

    fn memory(&self) -> usize {
        self.nodes.memory() + self.index.memory() + self.duel.memory()
    }

    fn reserve(&mut self) -> Result<(), TryReserveError> {
        let nodes = &self.nodes;
        self.index.reserve(self.len + 1, nodes.hashes())?;
        self.nodes.reserve_one()?;
        self.duel.reserve()
    }

    /// Whether the hash was there; afterwards it is. Room was reserved before.
    fn access(&mut self, hash: u32) -> bool {
        let nodes = &self.nodes;
        if let Some(slot) = self.index.find(hash, |slot| nodes[slot].hash == hash) {
            self.nodes.states[slot].hit(HITS_MAX);
            return true;
        }
        if self.len >= self.capacity {
            if let Some(victim) = self.duel.evict(&mut self.nodes, Some(hash)) {
                let nodes = &self.nodes;
                self.index.remove(nodes[victim].hash, victim, nodes.hashes());
                self.nodes.release(victim);
                self.len -= 1;
            }
        }
        let slot = self.nodes.take(hash);
        let nodes = &self.nodes;
        self.index.insert(slot, nodes.hashes());
        self.duel.insert(&mut self.nodes, slot);
        self.len += 1;
        false
    }
}
