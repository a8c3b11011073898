//! Collects the settings of a memory cache.

use core::time::Duration;

use super::settings::{Face, Negative};
use crate::policy::Policy;

/// How many entries a cache holds unless it is told otherwise.
pub(crate) const DEFAULT_MAX_ENTRIES: usize = 10_000;

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
    pub(super) max_entries: Option<usize>,
    pub(super) max_weight: Option<u64>,
    pub(crate) weigher: Option<C::Weigher>,
    pub(super) policy: Policy,
    pub(crate) ttl: Option<Duration>,
    #[cfg(feature = "std")]
    pub(crate) memory_ttl: Option<Duration>,
    pub(super) tti: Option<Duration>,
    pub(super) jitter: f64,
    pub(super) stale_while_revalidate: Option<Duration>,
    pub(super) stale_if_error: Option<Duration>,
    pub(crate) negative: Option<Negative<C::Value>>,
    #[cfg(feature = "std")]
    pub(crate) load_timeout: Option<Duration>,
    pub(crate) fetcher: Option<C::Fetcher>,
    pub(super) initial_capacity: usize,
    pub(super) seed: Option<u64>,
    pub(crate) clock: Option<C::Clock>,
    #[cfg(feature = "std")]
    pub(crate) own: C::Own,
}

impl<C: Face> Builder<C> {
    pub(crate) fn new() -> Self {
        Builder {
            max_entries: None,
            max_weight: None,
            weigher: None,
            policy: Policy::default(),
            ttl: None,
            #[cfg(feature = "std")]
            memory_ttl: None,
            tti: None,
            jitter: 0.0,
            stale_while_revalidate: None,
            stale_if_error: None,
            negative: None,
            #[cfg(feature = "std")]
            load_timeout: None,
            fetcher: None,
            initial_capacity: 0,
            seed: None,
            clock: None,
            #[cfg(feature = "std")]
            own: C::Own::default(),
        }
    }

    /// The same settings for another face, without a fetcher; and what the other does not have.
    #[cfg(feature = "std")]
    pub(crate) fn with_face<D>(self) -> (Builder<D>, Option<C::Fetcher>, C::Own)
    where
        D: Face<Value = C::Value, Clock = C::Clock, Weigher = C::Weigher>,
    {
        let builder = Builder {
            max_entries: self.max_entries,
            max_weight: self.max_weight,
            weigher: self.weigher,
            policy: self.policy,
            ttl: self.ttl,
            memory_ttl: self.memory_ttl,
            tti: self.tti,
            jitter: self.jitter,
            stale_while_revalidate: self.stale_while_revalidate,
            stale_if_error: self.stale_if_error,
            negative: self.negative,
            load_timeout: self.load_timeout,
            fetcher: None,
            initial_capacity: self.initial_capacity,
            seed: self.seed,
            clock: self.clock,
            own: D::Own::default(),
        };
        (builder, self.fetcher, self.own)
    }

    /// How many entries the cache holds at most: 10,000 unless said, any number if only
    /// [`max_weight`](Builder::max_weight) is said. Nothing is reserved for them.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().max_entries(2).build()?;
    /// cache.set_many([(1, "one"), (2, "two"), (3, "three")])?;
    /// assert_eq!(cache.len(), 2);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn max_entries(mut self, max_entries: usize) -> Self {
        self.max_entries = Some(max_entries);
        self
    }

    /// What all entries may weigh together, in the unit of the weigher that must be given too. An
    /// entry heavier than that is not stored.
    ///
    /// ```
    /// use cachefn_core::{ErrorKind, MemoryCache};
    ///
    /// let cache = MemoryCache::<String, String>::builder()
    ///     .max_weight(1_000)
    ///     .weigher(|key, value| (key.len() + value.len()) as u64)
    ///     .build()?;
    /// cache.set("short".into(), "text".into())?;
    /// let error = cache.set("long".into(), "x".repeat(5_000)).unwrap_err();
    /// assert_eq!((error.kind(), cache.stats().weight), (ErrorKind::TooHeavy, 9));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn max_weight(mut self, max_weight: u64) -> Self {
        self.max_weight = Some(max_weight);
        self
    }

    /// Which entry leaves when the cache is full.
    ///
    /// ```
    /// use cachefn_core::{MemoryCache, Policy};
    /// let cache = MemoryCache::builder().max_entries(2).policy(Policy::Fifo).build()?;
    /// cache.set_many([(1, "one"), (2, "two"), (3, "three")])?;
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How long an entry lives unless it says otherwise; without it, until it is evicted. Parts of a
    /// millisecond count as a whole one, and zero means that nothing is stored.
    ///
    /// ```
    /// use std::time::Duration;
    /// let cache = cachefn_core::MemoryCache::builder().ttl(Duration::from_secs(60)).build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.get(&1), Some("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// How long an entry lives after each use, but never longer than its TTL. A `peek` is no use.
    ///
    /// ```
    /// use cachefn_core::{ManualClock, MemoryCache};
    /// use std::time::Duration;
    ///
    /// let (clock, second) = (ManualClock::new(), Duration::from_secs(1));
    /// let cache = MemoryCache::builder().tti(2 * second).clock(clock.clone()).build()?;
    /// cache.set(1, "one")?;
    /// clock.advance(second);
    /// assert_eq!(cache.get(&1), Some("one")); // two seconds more
    /// clock.advance(2 * second);
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn tti(mut self, tti: Duration) -> Self {
        self.tti = Some(tti);
        self
    }

    /// Shortens each TTL by a random part of itself between 0 and this (0 to 1, 0 unless said), so
    /// that entries written together do not all end together. The same with the same
    /// [`seed`](Builder::seed).
    ///
    /// ```
    /// use cachefn_core::{ManualClock, MemoryCache};
    /// use std::time::Duration;
    /// let clock = ManualClock::new();
    /// let builder = MemoryCache::builder().ttl(Duration::from_secs(1)).jitter(0.5);
    /// let cache = builder.clock(clock.clone()).build()?;
    /// cache.set(1, "one")?;
    /// clock.advance(Duration::from_millis(499));
    /// assert_eq!(cache.get(&1), Some("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = jitter;
        self
    }

    /// For how long after its TTL a value may still be returned by `get_or_fetch`, while the first
    /// caller that meets it fetches a new one (and waits for it).
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = cachefn_core::MemoryCache::builder();
    /// let cache = builder.stale_while_revalidate(Duration::from_secs(60)).build()?;
    /// cache.set(1, "one")?;
    /// cache.expire(&1);
    /// assert_eq!((cache.get(&1), cache.len()), (None, 1));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.stale_while_revalidate = Some(window);
        self
    }

    /// For how long after its TTL a value may still be returned by `get_or_fetch` when fetching a new
    /// one fails.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = cachefn_core::MemoryCache::builder();
    /// let cache = builder.stale_if_error(Duration::from_secs(60)).build()?;
    /// cache.set(1, "one")?;
    /// cache.expire(&1);
    /// assert_eq!(cache.get_or_fetch(&1, || Err("down")), Ok("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn stale_if_error(mut self, window: Duration) -> Self {
        self.stale_if_error = Some(window);
        self
    }

    /// Reserves memory for so many entries, no more; the cache grows beyond by itself.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<u64, u64>::builder().initial_capacity(1_000).build()?;
    /// assert!(cache.is_empty() && cache.stats().memory_usage > 1_000 * 16);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn initial_capacity(mut self, entries: usize) -> Self {
        self.initial_capacity = entries;
        self
    }

    /// Makes evictions repeatable: with the same seed, the same calls have the same victims. Without
    /// it the seed is random, which protects against keys made to collide.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().seed(7).build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.get(&1), Some("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

/// Weighs texts and bytes: their length, and what an entry costs beside them, in bytes.
///
/// ```
/// use cachefn_core::{MemoryCache, byte_weight};
/// let cache = MemoryCache::<String, Vec<u8>>::builder()
///     .max_weight(64 * 1024 * 1024)
///     .weigher(byte_weight)
///     .build()?;
/// cache.set("photo".into(), vec![0; 1_000])?;
/// assert!(cache.stats().weight > 1_005);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub fn byte_weight<K: AsRef<[u8]>, V: AsRef<[u8]>>(key: &K, value: &V) -> u64 {
    /// Node, cells of the index, and what the policy remembers.
    const ENTRY: usize = 40;
    (key.as_ref().len() + value.as_ref().len() + size_of::<(K, V)>() + ENTRY) as u64
}
