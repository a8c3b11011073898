//! Who leaves when the cache is full: the policies behind one face.

mod adaptive;
mod lru;
mod s3_fifo;

use alloc::collections::TryReserveError;
use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::nodes::Nodes;
use crate::ring::Ring;
use adaptive::Adaptive;
pub(crate) use adaptive::{Shared, is_sampled};
use lru::Lru;
use s3_fifo::S3Fifo;

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
    /// S3-FIFO: a small queue filters out keys that are asked for once.
    ///
    /// Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
    S3Fifo,
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
            Policy::S3Fifo => "s3-fifo",
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

const ALL: [Policy; 3] = [Policy::Lru, Policy::S3Fifo, Policy::Adaptive];

/// What a policy wants to know of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hits {
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
    S3Fifo(S3Fifo),
    Adaptive(Adaptive),
}

/// Calls the same method of whichever policy runs.
macro_rules! each {
    ($eviction:expr, $policy:ident => $call:expr) => {
        match $eviction {
            Eviction::Lru($policy) => $call,
            Eviction::S3Fifo($policy) => $call,
            Eviction::Adaptive($policy) => $call,
        }
    };
}

impl Eviction {
    /// `shared` is what the shards of one cache learn together; a cache of one shard has none.
    pub(crate) fn new(policy: Policy, capacity: u32, shared: Option<Shared>) -> Self {
        match policy {
            Policy::Lru => Eviction::Lru(Lru::new()),
            Policy::S3Fifo => Eviction::S3Fifo(S3Fifo::new(capacity)),
            Policy::Adaptive => Eviction::Adaptive(Adaptive::new(capacity, shared)),
        }
    }

    pub(crate) fn hits(&self) -> Hits {
        match self {
            Eviction::Lru(_) => Hits::Ordered,
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
            Eviction::Lru(_) | Eviction::S3Fifo(_) => None,
        }
    }

    /// Memory that evicting and inserting into a full cache will need.
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        match self {
            Eviction::Lru(_) => Ok(()),
            Eviction::S3Fifo(policy) => policy.reserve(),
            Eviction::Adaptive(policy) => policy.reserve(),
        }
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        each!(self, policy => policy.insert(nodes, slot));
    }

    /// A hit that was remembered in order.
    pub(crate) fn replay(&mut self, nodes: &mut Nodes, slot: u32) {
        if let Eviction::Lru(policy) = self {
            policy.hit(nodes, slot);
        }
    }

    /// Chooses the entry to leave and lets it go; `None` when there is none. `incoming` is the hash
    /// of the key that needs the room.
    pub(crate) fn evict(&mut self, nodes: &mut Nodes, incoming: Option<u32>) -> Option<u32> {
        match self {
            Eviction::Lru(policy) => policy.evict(nodes),
            Eviction::S3Fifo(policy) => policy.evict(nodes),
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
            Eviction::Lru(_) => {}
            Eviction::S3Fifo(policy) => policy.warm_up(hash),
            Eviction::Adaptive(policy) => policy.warm_up(hash),
        }
    }

    /// Lets an entry go that leaves for another reason.
    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        each!(self, policy => policy.remove(nodes, slot));
    }
}
