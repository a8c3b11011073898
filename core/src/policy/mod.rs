//! Who leaves when the cache is full: the policies behind one face.

mod fifo;
mod lfu;
mod lru;
mod s3_fifo;
mod sieve;
mod w_tinylfu;

use alloc::collections::TryReserveError;
use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::nodes::Nodes;
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
    /// Least frequently used, with ageing: an entry's uses weigh as much as they did when it was used
    /// last, so what was popular long ago leaves. Hits count as with [`Lru`](Policy::Lru).
    ///
    /// Arlitt et al., "Evaluating content management techniques for web proxy caches", 1999 (LFU-DA).
    Lfu,
    /// First in, first out. Uses do not matter, so a hit costs nothing beyond the search.
    Fifo,
    /// SIEVE: the oldest entry leaves that was not used since it was looked at last. Good where few
    /// keys are popular for long; a loop or a scan empties it.
    ///
    /// Zhang et al., "SIEVE is simpler than LRU", NSDI 2024.
    Sieve,
    /// S3-FIFO: a small queue filters out keys that are asked for once. The default: it has the
    /// cheapest hit of those with a high hit ratio on nearly every workload.
    ///
    /// Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
    #[default]
    S3Fifo,
    /// W-TinyLFU: a key that leaves a window of recent ones stays only if it was asked for more often
    /// than the entry it would replace. The window grows and shrinks while that pays. Hits count as
    /// with [`Lru`](Policy::Lru); 8 bytes an entry, once the cache is full.
    ///
    /// Einziger, Friedman, Manes, "TinyLFU: a highly efficient cache admission policy", ACM TOS 2017;
    /// Einziger et al., "Adaptive software cache management", Middleware 2018.
    WTinyLfu,
}

impl Policy {
    const ALL: [Policy; 6] = [
        Policy::Lru,
        Policy::Lfu,
        Policy::Fifo,
        Policy::Sieve,
        Policy::S3Fifo,
        Policy::WTinyLfu,
    ];

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
        Policy::ALL.into_iter().find(|policy| policy.as_str() == name).ok_or_else(|| {
            let mut detail = alloc::format!("unknown policy {name:?}; use one of");
            for (at, policy) in Policy::ALL.into_iter().enumerate() {
                let comma = if at == 0 { "" } else { "," };
                detail.push_str(&alloc::format!("{comma} \"{policy}\""));
            }
            Error::new(ErrorKind::Config, "policy", detail)
        })
    }
}

/// How a policy hears of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hits {
    /// Not at all.
    Ignored,
    /// A counter in the entry counts up to this.
    Counted(u8),
    /// In their order, replayed before every change.
    Ordered,
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
}

impl Eviction {
    pub(crate) fn new(policy: Policy, capacity: u32) -> Self {
        match policy {
            Policy::Lru => Eviction::Lru(Lru::new()),
            Policy::Lfu => Eviction::Lfu(Lfu::new()),
            Policy::Fifo => Eviction::Fifo(Fifo::new()),
            Policy::Sieve => Eviction::Sieve(Sieve::new()),
            Policy::S3Fifo => Eviction::S3Fifo(S3Fifo::new(capacity)),
            Policy::WTinyLfu => Eviction::WTinyLfu(WTinyLfu::new(capacity)),
        }
    }

    pub(crate) fn hits(&self) -> Hits {
        match self {
            Eviction::Fifo(_) => Hits::Ignored,
            Eviction::Sieve(_) => Hits::Counted(sieve::HITS_MAX),
            Eviction::S3Fifo(_) => Hits::Counted(s3_fifo::HITS_MAX),
            Eviction::Lru(_) | Eviction::Lfu(_) | Eviction::WTinyLfu(_) => Hits::Ordered,
        }
    }

    /// Memory that evicting and inserting into a full cache will need.
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        match self {
            Eviction::S3Fifo(policy) => policy.reserve(),
            Eviction::WTinyLfu(policy) => policy.reserve(),
            _ => Ok(()),
        }
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        match self {
            Eviction::Lru(policy) => policy.insert(nodes, slot),
            Eviction::Lfu(policy) => policy.insert(nodes, slot),
            Eviction::Fifo(policy) => policy.insert(nodes, slot),
            Eviction::Sieve(policy) => policy.insert(nodes, slot),
            Eviction::S3Fifo(policy) => policy.insert(nodes, slot),
            Eviction::WTinyLfu(policy) => policy.insert(nodes, slot),
        }
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

    /// Chooses the entry to leave and lets it go; `None` when there is none.
    pub(crate) fn evict(&mut self, nodes: &mut Nodes) -> Option<u32> {
        match self {
            Eviction::Lru(policy) => policy.evict(nodes),
            Eviction::Lfu(policy) => policy.evict(nodes),
            Eviction::Fifo(policy) => policy.evict(nodes),
            Eviction::Sieve(policy) => policy.evict(nodes),
            Eviction::S3Fifo(policy) => policy.evict(nodes),
            Eviction::WTinyLfu(policy) => policy.evict(nodes),
        }
    }

    /// The entry that [`evict`](Eviction::evict) looks at first.
    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        match self {
            Eviction::Lru(policy) => policy.likely_victim(),
            Eviction::Lfu(policy) => policy.likely_victim(),
            Eviction::Fifo(policy) => policy.likely_victim(),
            Eviction::Sieve(policy) => policy.likely_victim(),
            Eviction::S3Fifo(policy) => policy.likely_victim(),
            Eviction::WTinyLfu(policy) => policy.likely_victim(),
        }
    }

    /// Reads what the policy remembers of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        match self {
            Eviction::S3Fifo(policy) => policy.warm_up(hash),
            Eviction::WTinyLfu(policy) => policy.warm_up(hash),
            _ => {}
        }
    }

    /// Lets an entry go that leaves for another reason.
    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        match self {
            Eviction::Lru(policy) => policy.remove(nodes, slot),
            Eviction::Lfu(policy) => policy.remove(nodes, slot),
            Eviction::Fifo(policy) => policy.remove(nodes, slot),
            Eviction::Sieve(policy) => policy.remove(nodes, slot),
            Eviction::S3Fifo(policy) => policy.remove(nodes, slot),
            Eviction::WTinyLfu(policy) => policy.remove(nodes, slot),
        }
    }
}
