//! Builds the cache for many threads: its own settings, its shards, its clock.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::Hash;
use core::time::Duration;

use super::balance::Balance;
use super::builder::{Builder, DEFAULT_MAX_ENTRIES};
use super::hub::Hub;
use super::loads::Loads;
use super::shard::Shard;
use super::sharded::{Guarded, MemoryCache};
use crate::clock::{Clock, SystemClock};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::hash::KeyHasher;
use crate::platform;
use crate::policy::Shared;
use crate::raw::Locks;

impl<K, T> Builder<MemoryCache<K, Option<T>>> {
    /// How long a `None` lives, unless its entry says otherwise.
    ///
    /// ```
    /// use cachefn_core::{ManualClock, MemoryCache};
    /// use std::time::Duration;
    ///
    /// let (clock, second) = (ManualClock::new(), Duration::from_secs(1));
    /// let cache = MemoryCache::<u32, Option<u32>>::builder()
    ///     .ttl(60 * second)
    ///     .negative_ttl(second)
    ///     .clock(clock.clone())
    ///     .build()?;
    /// cache.set(1, None)?;
    /// cache.set(2, Some(2))?;
    /// clock.advance(second);
    /// assert_eq!((cache.get(&1), cache.get(&2)), (None, Some(Some(2))));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn negative_ttl(mut self, ttl: Duration) -> Self {
        self.negative = Some((ttl, Option::is_none));
        self
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Builder<MemoryCache<K, V>> {
    /// What an entry weighs, in the unit of [`max_weight`](Builder::max_weight). It is asked once per
    /// write, outside all locks.
    ///
    /// ```
    /// let builder = cachefn_core::MemoryCache::<u32, String>::builder().max_weight(10);
    /// let cache = builder.weigher(|_, text| text.len() as u64).build()?;
    /// cache.set(1, "seven.".into())?;
    /// assert_eq!(cache.stats().weight, 6);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn weigher(mut self, weigher: impl Fn(&K, &V) -> u64 + Send + Sync + 'static) -> Self {
        self.weigher = Some(Box::new(weigher));
        self
    }

    /// Makes the value of a key that is not there, so that a plain `get` reads through.
    ///
    /// ```
    /// let squares = cachefn_core::MemoryCache::builder().fetcher(|n: &u64| n * n).build()?;
    /// assert_eq!((squares.get(&9), squares.get(&9)), (Some(81), Some(81)));
    /// assert_eq!(squares.stats().loads, 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn fetcher(mut self, fetcher: impl Fn(&K) -> V + Send + Sync + 'static) -> Self {
        self.fetcher = Some(Box::new(fetcher));
        self
    }

    /// How long a caller waits for another caller's fetcher; then it fetches by itself, and what the
    /// other brings is not stored. Without it, for ever (a circle of waiting threads is noticed).
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = cachefn_core::MemoryCache::<u32, u32>::builder();
    /// let cache = builder.load_timeout(Duration::from_secs(5)).build()?;
    /// assert_eq!(cache.get_or_fetch(&1, || 1), 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn load_timeout(mut self, timeout: Duration) -> Self {
        self.load_timeout = Some(timeout);
        self
    }

    /// Where the time comes from; the machine's clock unless said.
    ///
    /// ```
    /// use cachefn_core::{ManualClock, MemoryCache};
    /// use std::time::Duration;
    /// let clock = ManualClock::new();
    /// let cache = MemoryCache::builder().ttl(Duration::from_secs(1)).clock(clock.clone()).build()?;
    /// cache.set(1, "one")?;
    /// clock.advance(Duration::from_secs(1));
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// The cache.
    ///
    /// # Errors
    /// Of kind `config` when a setting cannot work; the text says which and what would. Of kind
    /// `unavailable` when memory for `initial_capacity` is refused.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<u32, u32>::builder().jitter(2.0).build();
    /// assert!(cache.unwrap_err().to_string().starts_with("build: jitter is 2"));
    /// ```
    pub fn build(mut self) -> Result<MemoryCache<K, V>, Error> {
        let shards = self.shards();
        let settings = self.settings(shards)?;
        let planned = self.expected_entries(&settings, shards);
        let shared = (shards > 1).then(|| Shared::new(planned.saturating_mul(shards as u32)));
        let hasher = KeyHasher::new(self.seed);
        let weighted = settings.weigher.is_some();
        let guarded = |_| {
            let engine = Engine::shard(planned, self.policy, shared.clone(), weighted);
            let mut shard = Shard::new(engine, hasher.clone());
            shard.reserve(self.initial_capacity.min(settings.max_entries).div_ceil(shards))?;
            Ok(Guarded { shard, loads: Loads::new() })
        };
        let guarded = (0..shards).map(guarded).collect::<Result<Vec<_>, Error>>()?;
        Ok(MemoryCache {
            locks: Locks::new(guarded),
            hasher,
            balance: Balance::new(settings.max_entries, settings.max_weight, weighted, shards),
            settings,
            shared,
            clock: self.clock.map_or_else(machine_clock, Ok)?,
            hub: Hub::new(),
        })
    }

    /// One shard costs the least and evicts best, so small caches have one, and large ones as many as
    /// the machine can use but none below 4,096 entries, or a megabyte where only weight counts.
    fn shards(&self) -> usize {
        let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
        let most = (threads * 4).next_power_of_two();
        let room = match (self.max_entries, self.max_weight) {
            (None, Some(weight)) => (weight >> 20).min(1 << 16) as usize,
            (entries, _) => entries.unwrap_or(DEFAULT_MAX_ENTRIES) / LEAST_SHARD,
        };
        room.checked_ilog2().map_or(1, |bits| 1 << bits).min(most)
    }
}

/// The clock of a machine that has one.
fn machine_clock() -> Result<Box<dyn Clock + Send + Sync>, Error> {
    if cfg!(all(target_family = "wasm", target_os = "unknown")) {
        let detail = "this platform has no clock of its own; give one by clock(…), or for all caches by \
            Platform, which in a browser is cachefn_wasm::install()";
        let missing = || Error::new(ErrorKind::Config, "build", detail);
        return Ok(Box::new(platform::clock().ok_or_else(missing)?));
    }
    Ok(Box::new(SystemClock::new()))
}

/// Where a test tries many orders or inputs, small caches have several shards, too.
const LEAST_SHARD: usize = if cfg!(any(shuttle, fuzzing)) { 2 } else { 4096 };
