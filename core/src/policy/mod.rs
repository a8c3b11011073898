//! Who leaves when the cache is full: the policies behind one face.

mod lru;
mod s3_fifo;

use alloc::collections::TryReserveError;
use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::nodes::Nodes;
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
    /// S3-FIFO: a small queue filters out keys that are asked for once. The default: of the two it
    /// has the higher hit ratio on nearly every workload and the cheaper hit.
    ///
    /// Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
    #[default]
    S3Fifo,
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
        [Policy::Lru, Policy::S3Fifo].into_iter().find(|policy| policy.as_str() == name).ok_or_else(
            || {
                let detail = alloc::format!("unknown policy {name:?}; use \"lru\" or \"s3-fifo\"");
                Error::new(ErrorKind::Config, "policy", detail)
            },
        )
    }
}

/// The running state of a policy.
#[derive(Debug)]
pub(crate) enum Eviction {
    Lru(Lru),
    S3Fifo(S3Fifo),
}

impl Eviction {
    pub(crate) fn new(policy: Policy, capacity: u32) -> Self {
        match policy {
            Policy::Lru => Eviction::Lru(Lru::new()),
            Policy::S3Fifo => Eviction::S3Fifo(S3Fifo::new(capacity)),
        }
    }

    /// How far the hit counter of an entry counts; 0 when the policy wants hits in order instead.
    pub(crate) fn hits_max(&self) -> u8 {
        match self {
            Eviction::Lru(_) => 0,
            Eviction::S3Fifo(_) => s3_fifo::HITS_MAX,
        }
    }

    /// Memory that evicting and inserting into a full cache will need.
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        match self {
            Eviction::Lru(_) => Ok(()),
            Eviction::S3Fifo(policy) => policy.reserve(),
        }
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        match self {
            Eviction::Lru(policy) => policy.insert(nodes, slot),
            Eviction::S3Fifo(policy) => policy.insert(nodes, slot),
        }
    }

    /// A hit that was remembered in order.
    pub(crate) fn replay(&mut self, nodes: &mut Nodes, slot: u32) {
        if let Eviction::Lru(policy) = self {
            policy.hit(nodes, slot);
        }
    }

    /// Chooses the entry to leave and lets it go; `None` when there is none.
    pub(crate) fn evict(&mut self, nodes: &mut Nodes) -> Option<u32> {
        match self {
            Eviction::Lru(policy) => policy.evict(nodes),
            Eviction::S3Fifo(policy) => policy.evict(nodes),
        }
    }

    /// The entry that [`evict`](Eviction::evict) looks at first.
    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        match self {
            Eviction::Lru(policy) => policy.likely_victim(),
            Eviction::S3Fifo(policy) => policy.likely_victim(),
        }
    }

    /// Reads what the policy remembers of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        if let Eviction::S3Fifo(policy) = self {
            policy.warm_up(hash);
        }
    }

    /// Lets an entry go that leaves for another reason.
    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        match self {
            Eviction::Lru(policy) => policy.remove(nodes, slot),
            Eviction::S3Fifo(policy) => policy.remove(nodes, slot),
        }
    }
}
