//! The policies by name.

use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorKind};

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
    /// Least frequently used, with ageing: a use gives an entry the age of the cache plus the count of
    /// its uses, the lowest leaves, and what it had becomes the age. So what was popular long ago
    /// leaves too. Hits count as with [`Lru`](Policy::Lru).
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
    /// S3-FIFO: a small queue filters out keys that are asked for once.
    ///
    /// Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
    S3Fifo,
    /// W-TinyLFU: a key that leaves a window of recent ones stays only if it was asked for more often
    /// than the entry it would replace. The window grows and shrinks while that pays. Hits count as
    /// with [`Lru`](Policy::Lru); 8 bytes an entry, once the cache is full.
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
    pub(super) const ALL: [Policy; 7] = [
        Policy::Lru,
        Policy::Lfu,
        Policy::Fifo,
        Policy::Sieve,
        Policy::S3Fifo,
        Policy::WTinyLfu,
        Policy::Adaptive,
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
