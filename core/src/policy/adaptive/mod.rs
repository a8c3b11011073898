//! The adaptive policy, the default: a duel by frequency, with a queue whose share is found while running.
//!
//! Queue, clock and duel are in `duel.rs`, the search for the share in `selector.rs`. It takes after
//! S3-FIFO (Yang et al., SOSP 2023) for the queue in front, after TinyLFU (Einziger, Friedman and
//! Manes, ACM TOS 2017) for the duel, and after miniature simulation (Waldspurger et al., USENIX ATC
//! 2017) for the share.

mod duel;
mod selector;
mod shared;

use alloc::boxed::Box;
use alloc::collections::TryReserveError;

use crate::nodes::Nodes;
use crate::ring::Ring;
use duel::Duel;
pub(crate) use duel::HITS_MAX;
use selector::{Selector, queue_share, sampling};
pub(crate) use shared::Shared;

#[derive(Debug)]
pub(crate) struct Adaptive {
    duel: Duel,
    capacity: u32,
    /// The expert in charge when this policy looked last.
    expert: usize,
    selecting: Selecting,
    /// One of so many hashes is sampled, once the cache has been full.
    rate: u32,
    full: bool,
}

/// Who searches for the share.
#[derive(Debug)]
enum Selecting {
    /// This policy alone; made when the cache is full for the first time.
    Alone(Option<Box<Selector>>),
    /// All shards of a cache together.
    Together(Shared),
}

impl Selecting {
    /// What the shards share is counted in none of them.
    fn memory(&self) -> usize {
        match self {
            Selecting::Alone(Some(selector)) => selector.memory(),
            Selecting::Alone(None) | Selecting::Together(_) => 0,
        }
    }
}

impl Adaptive {
    pub(crate) fn new(capacity: u32, shared: Option<Shared>) -> Self {
        let total = shared.as_ref().map_or(capacity, Shared::capacity);
        Adaptive {
            duel: Duel::new(capacity, queue_share(capacity, 0)),
            capacity,
            expert: 0,
            selecting: shared.map_or(Selecting::Alone(None), Selecting::Together),
            rate: sampling(total),
            full: false,
        }
    }

    /// By this mask it is known of an entry whether it [is sampled](is_sampled).
    pub(crate) fn record_mask(&self) -> u32 {
        self.rate - 1
    }

    /// The mask of [`is_sampled`]; none are sampled before the cache was full, so that a cache that
    /// never evicts pays nothing.
    #[inline]
    pub(crate) fn sampling_mask(&self) -> Option<u32> {
        self.full.then_some(self.rate - 1)
    }

    /// The cache turned out to hold so many entries: what was evicted before is forgotten.
    pub(crate) fn fit(&mut self, capacity: u32) {
        self.capacity = capacity;
        self.duel.fit(capacity, queue_share(capacity, self.expert));
        if let Selecting::Alone(selector) = &mut self.selecting {
            *selector = None;
            self.rate = sampling(capacity);
        }
    }

    /// Memory that evicting and inserting into a full cache will need.
    #[inline]
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        self.duel.reserve()
    }

    /// A new key was asked for: the sampled hits before it, and itself, show which share is best.
    #[inline]
    pub(crate) fn learn(&mut self, hash: u32, hits: &mut Ring, full: bool) {
        self.full |= full;
        let Some(mask) = self.sampling_mask() else { return };
        let own = is_sampled(hash, mask).then_some(hash);
        if own.is_some() || !hits.is_empty() {
            self.select(own, hits);
        }
    }

    #[cold]
    fn select(&mut self, own: Option<u32>, hits: &mut Ring) {
        let expert = match &mut self.selecting {
            Selecting::Alone(selector) => {
                let capacity = self.capacity;
                let selector = selector.get_or_insert_with(|| Box::new(Selector::new(capacity)));
                selector.replay(own, hits)
            }
            Selecting::Together(shared) => shared.feed(own, hits),
        };
        if expert != self.expert {
            self.expert = expert;
            self.duel.set_share(queue_share(self.capacity, expert));
        }
    }

    #[inline]
    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        self.duel.insert(nodes, slot);
    }

    #[inline]
    pub(crate) fn evict(&mut self, nodes: &mut Nodes, incoming: Option<u32>) -> Option<u32> {
        self.duel.evict(nodes, incoming)
    }

    pub(crate) fn memory(&self) -> usize {
        self.duel.memory() + self.selecting.memory()
    }

    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        self.duel.likely_victim()
    }

    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        self.duel.warm_up(hash);
    }

    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        self.duel.remove(nodes, slot);
    }
}

/// Whether the selector hears of this hash. The bits are not those by which the miniatures find it.
#[inline]
pub(crate) const fn is_sampled(hash: u32, mask: u32) -> bool {
    hash >> 8 & mask == 0
}
