//! Who leaves when the cache is full: the policies behind one face.

mod adaptive;
mod fifo;
mod lfu;
mod lru;
mod s3_fifo;
mod sieve;
#[cfg(test)]
mod tests;
mod w_tinylfu;

use alloc::collections::TryReserveError;
use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::nodes::Nodes;
use crate::ring::Ring;
use adaptive::Adaptive;
pub(crate) use adaptive::{Shared, is_sampled};
use fifo::Fifo;
use lfu::Lfu;
use lru::Lru;
use s3_fifo::S3Fifo;
use sieve::Sieve;
use w_tinylfu::WTinyLfu;

/// Which entry leaves a full cache.
///
/// ```
/// use cachefn_core::Policy;
/// assert_eq!("s3-fifo".parse::<Policy>()?, Policy::S3Fifo);
/// assert_eq!(Policy::Lru.to_string(), "lru");
/// assert!("mru".parse::<Policy>().unwrap_err().to_string().contains("s3-fifo"));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Policy {
    /// Least recently used. Exact on one thread; with threads the latest 64 hits between two writes
    /// count.
    Lru,
    /// Least frequently used, with ageing: at each use an entry gets the age of the cache plus the count
    /// of its uses, the least leaves, and the age is what the last to leave had. So what was popular
    /// long ago leaves too. Hits count as with [`Lru`](Policy::Lru).
    ///
    /// Arlitt et al., "Evaluating content management techniques for web proxy caches", 1999 (LFU-DA).
    Lfu,
    /// First in, first out. Uses do not matter, so a hit costs nothing beyond the search.
    Fifo,
    /// SIEVE: of the entries not used since they were looked at last, the oldest leaves. Good where
    /// some keys stay popular for long.
    ///
    /// Zhang et al., "SIEVE is simpler than LRU", NSDI 2024.
    Sieve,
    /// S3-FIFO: a small queue filters out keys that are asked for once.
    ///
    /// Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
    S3Fifo,
    /// W-TinyLFU: a key that leaves a window of recent ones stays only if it was asked for more often
    /// than the entry it would replace. The window grows and shrinks while that pays. Hits count as
    /// with [`Lru`](Policy::Lru).
    ///
    /// Einziger, Friedman, Manes, "TinyLFU: a highly efficient cache admission policy", ACM TOS 2017;
    /// Einziger et al., "Adaptive software cache management", Middleware 2018.
    WTinyLfu,
    /// A queue in front of a clock, whose oldest entries fight for a place by how often they were used
    /// lately; four miniature caches find out, while running, how large the queue should be. The
    /// default: it has the highest mean hit ratio of all policies here, and never falls far behind
    /// the best of them, whatever the workload. A hit costs what it costs with S3-FIFO.
    ///
    /// It takes after S3-FIFO, after TinyLFU (Einziger, Friedman and Manes, ACM TOS 2017) and after
    /// miniature simulation (Waldspurger et al., USENIX ATC 2017).
    #[default]
    Adaptive,
}

impl Policy {
    /// The name of the policy, the same in every language.
    ///
    /// ```
    /// assert_eq!(cachefn_core::Policy::S3Fifo.as_str(), "s3-fifo");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Policy::Lru => "lru",
            Policy::Lfu => "lfu",
            Policy::Fifo => "fifo",
            Policy::Sieve => "sieve",
            Policy::S3Fifo => "s3-fifo",
            Policy::WTinyLfu => "w-tinylfu",
            Policy::Adaptive => "adaptive",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Policy {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        ALL.into_iter().find(|policy| policy.as_str() == name).ok_or_else(|| {
            let known = ALL.map(Policy::as_str).join(", ");
            let detail = alloc::format!("unknown policy {name:?}; use one of {known}");
            Error::new(ErrorKind::Config, "policy", detail)
        })
    }
}

const ALL: [Policy; 7] = [
    Policy::Lru,
    Policy::Lfu,
    Policy::Fifo,
    Policy::Sieve,
    Policy::S3Fifo,
    Policy::WTinyLfu,
    Policy::Adaptive,
];

/// What a policy wants to know of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hits {
    /// Nothing.
    Ignored,
    /// How many an entry had since the policy looked last, up to this.
    Counted(u8),
    /// Their order: they go through the ring as slots.
    Ordered,
    /// Counted, and some of them also go through the ring as hashes.
    Sampled(u8),
}

/// The running state of a policy.
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
            Eviction::Lru(_) | Eviction::Lfu(_) | Eviction::WTinyLfu(_) => Hits::Ordered,
            Eviction::Sieve(_) => Hits::Counted(sieve::HITS_MAX),
            Eviction::S3Fifo(_) => Hits::Counted(s3_fifo::HITS_MAX),
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

    /// The mask by which hits are sampled; none while they are not.
    pub(crate) fn sampling_mask(&self) -> Option<u32> {
        match self {
            Eviction::Adaptive(policy) => policy.sampling_mask(),
            _ => None,
        }
    }

    /// Memory that evicting and inserting into a full cache will need.
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        match self {
            Eviction::S3Fifo(policy) => policy.reserve(),
            Eviction::WTinyLfu(policy) => policy.reserve(),
            Eviction::Adaptive(policy) => policy.reserve(),
            _ => Ok(()),
        }
    }

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
