//! The memory cache for one thread: no lock, no atomic read-modify-write, `no_std`.

mod listeners;
mod loading;
mod reading;
mod removing;
mod writing;

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;

use listeners::Listeners;
pub use listeners::Subscription;

use super::builder::Builder;
use super::outcome::Outcome;
use super::settings::{Face, Settings};
use super::shard::Shard;
use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::hash::KeyHasher;
use crate::stats::Stats;

/// A cache in memory for one thread. Reads hand out references; the order of hits is exact.
///
/// ```
/// use cachefn_core::unsync::MemoryCache;
///
/// let mut cache = MemoryCache::<String, usize>::builder().max_entries(1_000).build()?;
/// assert_eq!(cache.get_or_fetch("hello", || "hello".len()), 5);
/// assert_eq!(cache.get("hello"), Some(&5));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub struct MemoryCache<K, V> {
    shard: Shard<K, V>,
    hasher: KeyHasher,
    settings: Settings<Self>,
    clock: Option<Box<dyn Clock>>,
    listeners: Listeners<K>,
}

impl<K, V> Face for MemoryCache<K, V> {
    type Value = V;
    type Clock = Box<dyn Clock>;
    type Weigher = Box<dyn Fn(&K, &V) -> u64>;
    type Fetcher = Rc<dyn Fn(&K) -> V>;
    type Own = ();
}

impl<K, T> Builder<MemoryCache<K, Option<T>>> {
    /// How long a `None` lives, unless its entry says otherwise.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// use std::time::Duration;
    /// let builder = MemoryCache::<u32, Option<u32>>::builder();
    /// let mut cache = builder.negative_ttl(Duration::ZERO).build()?;
    /// cache.set(1, None)?;
    /// cache.set(2, Some(2))?;
    /// assert_eq!(cache.len(), 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn negative_ttl(mut self, ttl: Duration) -> Self {
        self.negative = Some((ttl, Option::is_none));
        self
    }
}

impl<K: Hash + Eq + Clone, V> Builder<MemoryCache<K, V>> {
    /// What an entry weighs, in the unit of [`max_weight`](Builder::max_weight). It is asked once per
    /// write.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let builder = MemoryCache::<u32, String>::builder().max_weight(10);
    /// let mut cache = builder.weigher(|_, text| text.len() as u64).build()?;
    /// cache.set(1, "seven.".into())?;
    /// assert_eq!(cache.stats().weight, 6);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn weigher(mut self, weigher: impl Fn(&K, &V) -> u64 + 'static) -> Self {
        self.weigher = Some(Box::new(weigher));
        self
    }

    /// Makes the value of a key that is not there, so that a plain `get` reads through.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut squares = MemoryCache::builder().fetcher(|n: &u64| n * n).build()?;
    /// assert_eq!(squares.get(&9), Some(&81));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn fetcher(mut self, fetcher: impl Fn(&K) -> V + 'static) -> Self {
        self.fetcher = Some(Rc::new(fetcher));
        self
    }

    /// Where the time comes from. With `std` it is the machine's clock unless said; without, a
    /// lifetime needs a clock.
    ///
    /// ```
    /// use cachefn_core::{ManualClock, unsync::MemoryCache};
    /// use std::time::Duration;
    /// let clock = ManualClock::new();
    /// let builder = MemoryCache::builder().ttl(Duration::from_secs(1));
    /// let mut cache = builder.clock(clock.clone()).build()?;
    /// cache.set(1, "one")?;
    /// clock.advance(Duration::from_secs(1));
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
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
    /// use cachefn_core::unsync::MemoryCache;
    /// let cache = MemoryCache::<u32, u32>::builder().max_entries(0).build();
    /// assert!(cache.unwrap_err().to_string().starts_with("build: max_entries is 0"));
    /// ```
    pub fn build(mut self) -> Result<MemoryCache<K, V>, Error> {
        let settings = self.settings(1)?;
        let planned = self.expected_entries(&settings, 1);
        let hasher = KeyHasher::new(self.seed);
        #[cfg(feature = "std")]
        let clock = self.clock.or_else(|| Some(Box::new(crate::clock::SystemClock::new())));
        #[cfg(not(feature = "std"))]
        let clock = self.clock;
        let engine = Engine::shard(planned, self.policy, None, settings.weigher.is_some());
        let mut shard = Shard::new(engine, hasher.clone());
        shard.reserve(self.initial_capacity.min(settings.max_entries))?;
        let cache = MemoryCache { shard, hasher, settings, clock, listeners: Listeners::new() };
        let limited = self.ttl.is_some() || self.tti.is_some() || self.negative.is_some();
        cache.now_if(limited, "build").map(|_| cache)
    }
}

impl<K: Hash + Eq + Clone, V> MemoryCache<K, V> {
    /// The settings of a new cache.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.get(&1), Some(&"one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    /// What was counted since the cache was built, or since [`reset_stats`](Self::reset_stats).
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!((cache.stats().sets, cache.stats().size), (1, 1));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        Stats {
            size: self.shard.len() as u64,
            weight: self.shard.engine.weight(),
            memory_usage: self.shard.memory() as u64,
            ..self.shard.stats
        }
    }

    /// Counts from 0 again; what is in the cache stays, and so do `size`, `weight` and `memory_usage`.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// cache.reset_stats();
    /// assert_eq!((cache.stats().sets, cache.stats().size), (0, 1));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn reset_stats(&mut self) {
        self.shard.stats = Stats::default();
    }

    /// Calls `listener` for every event until the subscription is dropped.
    ///
    /// ```
    /// use std::{cell::RefCell, rc::Rc};
    /// let mut cache = cachefn_core::unsync::MemoryCache::builder().build()?;
    /// let heard = Rc::new(RefCell::new(Vec::new()));
    /// let kinds = heard.clone();
    /// let _subscription = cache.subscribe(move |event| kinds.borrow_mut().push(event.kind.as_str()));
    /// cache.set(1, "one")?;
    /// cache.get(&1);
    /// assert_eq!(*heard.borrow(), ["set", "hit"]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn subscribe(&mut self, listener: impl Fn(&Event<K>) + 'static) -> Subscription<K> {
        self.listeners.subscribe(Rc::new(listener))
    }

    /// Runs a change; listeners hear of it afterwards, and then what left is dropped.
    #[inline]
    fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Shard<K, V>, u64, &mut Outcome<K, V>) -> T,
    ) -> T {
        let now = if self.shard.has_timers() { self.time() } else { 0 };
        self.apply(|shard, outcome| change(shard, now, outcome))
    }

    #[inline]
    fn apply<T>(&mut self, change: impl FnOnce(&mut Shard<K, V>, &mut Outcome<K, V>) -> T) -> T {
        let mut outcome = Outcome::new(self.listeners.is_listening());
        let result = change(&mut self.shard, &mut outcome);
        if outcome.has_events() {
            for event in outcome.take_events() {
                self.listeners.tell(|| event);
            }
        }
        result
    }

    #[inline]
    fn time(&self) -> u64 {
        self.clock.as_ref().map_or(0, |clock| clock.mono_ms())
    }

    /// The time, read only when it matters; without a clock a lifetime is refused instead of never
    /// ending.
    #[inline]
    fn now_if(&self, limited: bool, operation: &'static str) -> Result<u64, Error> {
        if limited && self.clock.is_none() {
            let detail = "a lifetime (ttl, tti) needs a clock; pass one to the builder";
            return Err(Error::new(ErrorKind::Config, operation, detail));
        }
        Ok(if limited || self.shard.has_timers() { self.time() } else { 0 })
    }
}

impl<K, V> fmt::Debug for MemoryCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache")
            .field("len", &self.shard.len())
            .field("max_entries", &self.settings.max_entries)
            .finish_non_exhaustive()
    }
}
