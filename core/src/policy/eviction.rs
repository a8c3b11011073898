//! The running state of a policy, whichever it is.

use alloc::collections::TryReserveError;

use super::adaptive::{self, Adaptive, Shared};
use super::fifo::Fifo;
use super::lfu::Lfu;
use super::lru::Lru;
use super::named::Policy;
use super::s3_fifo::{self, S3Fifo};
use super::sieve::{self, Sieve};
use super::w_tinylfu::WTinyLfu;
use crate::nodes::Nodes;
use crate::ring::Ring;

/// How a policy hears of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hits {
    /// Not at all.
    Ignored,
    /// A counter in the entry counts up to this.
    Counted(u8),
    /// In their order, as slots in the ring, replayed before every change.
    Ordered,
    /// Counted up to this, and some of them also go through the ring as hashes.
    Sampled(u8),
}

#[derive(Debug)]
pub(crate) enum Eviction {
    Lru(Lru),
    Lfu(Lfu),
    Fifo(Fifo),
    Sieve(Sieve),
    S3Fifo(S3Fifo),
    WTinyLfu(WTinyLfu),
    Adaptive(Adaptive),
}

/// Calls the same method of whichever policy runs.
macro_rules! each {
    ($eviction:expr, $policy:ident => $call:expr) => {
        match $eviction {
            Eviction::Lru($policy) => $call,
            Eviction::Lfu($policy) => $call,
            Eviction::Fifo($policy) => $call,
            Eviction::Sieve($policy) => $call,
            Eviction::S3Fifo($policy) => $call,
            Eviction::WTinyLfu($policy) => $call,
            Eviction::Adaptive($policy) => $call,
        }
    };
}

impl Eviction {
    /// `shared` is what the shards of one cache learn together; a cache of one shard has none.
    pub(crate) fn new(policy: Policy, capacity: u32, shared: Option<Shared>) -> Self {
        match policy {
            Policy::Lru => Eviction::Lru(Lru::new()),
            Policy::Lfu => Eviction::Lfu(Lfu::new()),
            Policy::Fifo => Eviction::Fifo(Fifo::new()),
            Policy::Sieve => Eviction::Sieve(Sieve::new()),
            Policy::S3Fifo => Eviction::S3Fifo(S3Fifo::new(capacity)),
            Policy::WTinyLfu => Eviction::WTinyLfu(WTinyLfu::new(capacity)),
            Policy::Adaptive => Eviction::Adaptive(Adaptive::new(capacity, shared)),
        }
    }

    pub(crate) fn hits(&self) -> Hits {
        match self {
            Eviction::Fifo(_) => Hits::Ignored,
            Eviction::Sieve(_) => Hits::Counted(sieve::HITS_MAX),
            Eviction::S3Fifo(_) => Hits::Counted(s3_fifo::HITS_MAX),
            Eviction::Lru(_) | Eviction::Lfu(_) | Eviction::WTinyLfu(_) => Hits::Ordered,
            Eviction::Adaptive(_) => Hits::Sampled(adaptive::HITS_MAX),
        }
    }

    /// Hears of a new key, and of the sampled hits before it.
    #[inline]
    pub(crate) fn learn(&mut self, hash: u32, hits: &mut Ring, full: bool) {
        if let Eviction::Adaptive(policy) = self {
            policy.learn(hash, hits, full);
        }
    }

    /// Of which hashes hits are recorded: where none of the mask's bits is set in the hash shifted right
    /// by 8. All, or none, unless they are sampled.
    pub(crate) fn record_mask(&self) -> u32 {
        match (self, self.hits()) {
            (Eviction::Adaptive(policy), _) => policy.record_mask(),
            (_, Hits::Ordered) => 0,
            _ => u32::MAX,
        }
    }

    /// Whether sampled hits are wanted now.
    #[inline]
    pub(crate) fn samples(&self) -> bool {
        match self {
            Eviction::Adaptive(policy) => policy.sampling_mask().is_some(),
            _ => false,
        }
    }

    /// Memory that evicting and inserting into a full cache will need.
    #[inline]
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        match self {
            Eviction::S3Fifo(policy) => policy.reserve(),
            Eviction::WTinyLfu(policy) => policy.reserve(),
            Eviction::Adaptive(policy) => policy.reserve(),
            _ => Ok(()),
        }
    }

    /// The cache turned out to hold so many entries, as caches that count weight find out.
    pub(crate) fn fit(&mut self, capacity: u32) {
        match self {
            Eviction::S3Fifo(policy) => policy.fit(capacity),
            Eviction::WTinyLfu(policy) => policy.fit(capacity),
            Eviction::Adaptive(policy) => policy.fit(capacity),
            _ => {}
        }
    }

    /// How many bytes the policy's own tables have allocated, about.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Eviction::S3Fifo(policy) => policy.memory(),
            Eviction::WTinyLfu(policy) => policy.memory(),
            Eviction::Adaptive(policy) => policy.memory(),
            _ => 0,
        }
    }

    #[inline]
    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        each!(self, policy => policy.insert(nodes, slot));
    }

    /// A hit that was remembered in order.
    pub(crate) fn replay(&mut self, nodes: &mut Nodes, slot: u32) {
        match self {
            Eviction::Lru(policy) => policy.hit(nodes, slot),
            Eviction::Lfu(policy) => policy.hit(nodes, slot),
            Eviction::WTinyLfu(policy) => policy.hit(nodes, slot),
            _ => {}
        }
    }

    /// Chooses the entry to leave and lets it go; `None` when there is none. `incoming` is the hash
    /// of the key that needs the room.
    #[inline]
    pub(crate) fn evict(&mut self, nodes: &mut Nodes, incoming: Option<u32>) -> Option<u32> {
        match self {
            Eviction::Lru(policy) => policy.evict(nodes),
            Eviction::Lfu(policy) => policy.evict(nodes),
            Eviction::Fifo(policy) => policy.evict(nodes),
            Eviction::Sieve(policy) => policy.evict(nodes),
            Eviction::S3Fifo(policy) => policy.evict(nodes),
            Eviction::WTinyLfu(policy) => policy.evict(nodes),
            Eviction::Adaptive(policy) => policy.evict(nodes, incoming),
        }
    }

    /// The entry that [`evict`](Eviction::evict) looks at first.
    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        each!(self, policy => policy.likely_victim())
    }

    /// Reads what the policy remembers of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        match self {
            Eviction::S3Fifo(policy) => policy.warm_up(hash),
            Eviction::WTinyLfu(policy) => policy.warm_up(hash),
            Eviction::Adaptive(policy) => policy.warm_up(hash),
            _ => {}
        }
    }

    /// Lets an entry go that leaves for another reason.
    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        each!(self, policy => policy.remove(nodes, slot));
    }
}
