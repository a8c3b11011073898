//! The memory cache for many threads: shards behind locks, one capacity for all of them.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;

use super::balance::Balance;
use super::builder::{Builder, DEFAULT_MAX_ENTRIES};
use super::hub::Hub;
use super::loads::Loads;
use super::outcome::Outcome;
use super::settings::{Face, Settings};
use super::shard::Shard;
use crate::cause::Cause;
use crate::clock::{Clock, SystemClock};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, EventKind};
use crate::hash::{KeyHash, KeyHasher};
use crate::key::Lookup;
use crate::policy::Shared;
use crate::raw::{Locks, Reentrant};

/// A cache in memory for any number of threads. Values are cloned out; use `Arc<V>` for large ones.
///
/// A read takes no lock that another reader could wait for, whatever the policy. The capacity holds
/// for the whole cache, not per shard, after every completed write.
///
/// `Hash` and `Eq` of keys, `Clone` of values, the clock, and the closure of
/// [`get_with`](MemoryCache::get_with) run while a part of the cache is locked. Should they call the
/// same cache, a read finds nothing (with an `error` event), a write fails with an error of kind
/// `reentrant`, and a removal, which cannot fail, panics.
///
/// ```
/// use cachefn_core::MemoryCache;
///
/// let cache = MemoryCache::<String, usize>::builder().max_entries(1_000).build()?;
/// let length = cache.get_or_fetch("hello", || "hello".len());
/// assert_eq!(length, 5);
/// assert_eq!(cache.get("hello"), Some(5));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub struct MemoryCache<K, V> {
    pub(super) locks: Locks<Guarded<K, V>>,
    hasher: KeyHasher,
    pub(super) settings: Settings<Self>,
    pub(super) balance: Balance,
    /// What the shards learn together.
    pub(super) shared: Option<Shared>,
    pub(super) clock: Box<dyn Clock + Send + Sync>,
    pub(super) hub: Hub<K>,
}

/// What a shard's lock protects.
pub(super) struct Guarded<K, V> {
    pub(super) shard: Shard<K, V>,
    pub(super) loads: Loads<K, V>,
}

impl<K, V> Face for MemoryCache<K, V> {
    type Value = V;
    type Clock = Box<dyn Clock + Send + Sync>;
    type Weigher = Box<dyn Fn(&K, &V) -> u64 + Send + Sync>;
    type Fetcher = Box<dyn Fn(&K) -> V + Send + Sync>;
}

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
            clock: self.clock.unwrap_or_else(|| Box::new(SystemClock::new())),
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

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The settings of a new cache.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.get(&1), Some("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    /// Runs a change under a shard's lock; afterwards, unlocked: the capacity of the whole cache,
    /// listeners, and the drop of what left.
    #[inline]
    pub(super) fn change<T>(
        &self,
        shard: usize,
        change: impl FnOnce(&mut Guarded<K, V>, &mut Outcome<K, V>) -> T,
    ) -> Result<T, Reentrant> {
        let result = self.change_one(shard, change)?;
        while let Some(fullest) = self.balance.overloaded(shard) {
            self.change_one(fullest, |state, outcome| {
                let now = self.now_for(&state.shard);
                state.shard.evict(now, outcome);
            })?;
        }
        Ok(result)
    }

    /// A removal, which has no way to fail.
    pub(super) fn remove<T>(
        &self,
        operation: &str,
        shard: usize,
        change: impl FnOnce(&mut Guarded<K, V>, &mut Outcome<K, V>) -> T,
    ) -> T {
        match self.change(shard, change) {
            Ok(result) => result,
            Err(Reentrant) => panic!(
                "{operation}: called from code that this cache runs under its own lock (Hash, Eq, \
                 Clone, a clock, or the closure of get_with); call it afterwards"
            ),
        }
    }

    #[inline]
    fn change_one<T>(
        &self,
        shard: usize,
        change: impl FnOnce(&mut Guarded<K, V>, &mut Outcome<K, V>) -> T,
    ) -> Result<T, Reentrant> {
        let mut outcome = Outcome::new(self.hub.is_listening());
        let mut state = self.locks.write(shard)?;
        let result = change(&mut state, &mut outcome);
        self.balance.note(shard, &state.shard.engine);
        if outcome.has_events() {
            self.hub.queue(outcome.take_events());
        }
        let ended = state.loads.take_ended();
        drop(state);
        drop((ended, outcome));
        self.tell_queued();
        Ok(result)
    }

    /// The time, read only when it matters to some entry of the shard.
    #[inline]
    pub(super) fn now_for(&self, shard: &Shard<K, V>) -> u64 {
        if shard.has_timers() { self.clock.mono_ms() } else { 0 }
    }

    #[inline]
    pub(super) fn hash<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> KeyHash {
        self.hasher.hash(key)
    }

    #[inline]
    pub(super) fn shard_of(&self, hash: KeyHash) -> usize {
        hash.shard(self.locks.len() - 1)
    }

    pub(super) fn shards(&self) -> core::ops::Range<usize> {
        0..self.locks.len()
    }

    /// Tells what happened, and what code under the lock was refused. Nothing is locked now.
    #[inline]
    pub(super) fn tell_queued(&self) {
        if self.hub.is_listening() {
            self.hub.deliver();
        }
    }

    /// Notes a call that came from code under a lock, where it must be answered at once; who holds the
    /// lock tells of it afterwards.
    #[cold]
    pub(super) fn tell_reentrant(&self, key: Option<K>) {
        if self.hub.is_listening() {
            let cause = Some(Cause::Reentrant);
            self.hub.queue([Event { kind: EventKind::Error, key, cause, count: None }]);
        }
    }
}

/// What a write answers that was called from code under a lock.
#[cold]
pub(super) fn reentrant(operation: &'static str) -> Error {
    let detail = "called from code that this cache runs under its own lock; nothing was stored";
    Error::new(ErrorKind::Reentrant, operation, detail)
}

impl<K, V> fmt::Debug for MemoryCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache")
            .field("len", &self.balance.entries())
            .field("max_entries", &self.settings.max_entries)
            .field("shards", &self.locks.len())
            .finish_non_exhaustive()
    }
}

/// Where a test tries many orders or inputs, small caches have several shards, too.
const LEAST_SHARD: usize = if cfg!(any(shuttle, fuzzing)) { 2 } else { 4096 };
