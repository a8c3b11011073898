//! The settings of a memory cache, checked once when it is built.

use alloc::format;
use core::time::Duration;

use crate::engine::MAX_ENTRIES;
use crate::error::{Error, ErrorKind};
use crate::policy::Policy;

/// How many entries a cache holds unless it is told otherwise.
pub(crate) const DEFAULT_MAX_ENTRIES: usize = 10_000;

/// A face that a [`Builder`] can build. Implemented by the two memory caches.
pub trait Face {
    /// The clock as this face keeps it.
    #[doc(hidden)]
    type Clock;
}

/// Settings for a memory cache; `build` checks them.
///
/// ```
/// use cachefn_core::{MemoryCache, Policy};
/// use std::time::Duration;
///
/// let cache = MemoryCache::<String, _>::builder()
///     .max_entries(1_000)
///     .policy(Policy::Lru)
///     .ttl(Duration::from_secs(300))
///     .build()?;
/// cache.set("answer".into(), 42)?;
/// assert_eq!(cache.get("answer"), Some(42));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[must_use]
pub struct Builder<C: Face> {
    pub(super) max_entries: usize,
    pub(super) policy: Policy,
    pub(super) ttl: Option<Duration>,
    pub(super) seed: Option<u64>,
    pub(super) clock: Option<C::Clock>,
}

impl<C: Face> Builder<C> {
    pub(super) fn new() -> Self {
        Builder {
            max_entries: DEFAULT_MAX_ENTRIES,
            policy: Policy::default(),
            ttl: None,
            seed: None,
            clock: None,
        }
    }

    /// How many entries the cache holds at most, 10,000 unless said. Nothing is reserved for them.
    pub fn max_entries(mut self, max_entries: usize) -> Self {
        self.max_entries = max_entries;
        self
    }

    /// Which entry leaves when the cache is full.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How long an entry lives unless it says otherwise; without it, until it is evicted. Parts of a
    /// millisecond count as a whole one, and zero means that nothing is stored.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// Makes evictions repeatable: with the same seed, the same calls have the same victims. Without
    /// it the seed is random, which protects against keys made to collide.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Checks what does not depend on the face; the shards and the entries each is meant for.
    pub(super) fn shares(&self, shards: usize) -> Result<(usize, u32), Error> {
        let largest = MAX_ENTRIES.saturating_mul(shards);
        match self.max_entries {
            0 => Err(config("max_entries is 0; allow 1 entry at least, or do not cache".into())),
            entries if entries > largest => {
                Err(config(format!("max_entries is {entries}; {largest} is the most")))
            }
            entries => Ok((shards, (entries / shards).max(1) as u32)),
        }
    }
}

fn config(detail: alloc::string::String) -> Error {
    Error::new(ErrorKind::Config, "build", detail)
}
