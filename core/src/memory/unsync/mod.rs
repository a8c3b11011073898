//! The memory cache for one thread: no lock, no atomic read-modify-write, `no_std`.

mod listeners;
mod removing;

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;

use listeners::Listeners;
pub use listeners::Subscription;

use super::builder::{Builder, Face};
use super::outcome::Outcome;
use super::shard::{Room, Shard, Write};
use crate::cause::Cause;
use crate::clock::Clock;
use crate::entry;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, EventKind};
use crate::fetched::Fetched;
use crate::hash::KeyHasher;
use crate::key::Lookup;
use crate::options::EntryOptions;
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
    max_entries: usize,
    ttl: Option<Duration>,
    clock: Option<Box<dyn Clock>>,
    listeners: Listeners<K>,
}

impl<K, V> Face for MemoryCache<K, V> {
    type Clock = Box<dyn Clock>;
}

impl<K: Hash + Eq + Clone, V> Builder<MemoryCache<K, V>> {
    /// Where the time comes from. With `std` it is the machine's clock unless said; without, a TTL
    /// needs a clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// The cache.
    ///
    /// # Errors
    /// Of kind `config` when a setting cannot work; the text says which and what would.
    pub fn build(self) -> Result<MemoryCache<K, V>, Error> {
        let (_, capacity) = self.shares(1)?;
        let hasher = KeyHasher::new(self.seed);
        #[cfg(feature = "std")]
        let clock = self.clock.or_else(|| Some(Box::new(crate::clock::SystemClock::new())));
        #[cfg(not(feature = "std"))]
        let clock = self.clock;
        let cache = MemoryCache {
            shard: Shard::new(capacity, self.policy, None, hasher.clone()),
            hasher,
            max_entries: self.max_entries,
            ttl: self.ttl,
            clock,
            listeners: Listeners::new(),
        };
        cache.now(self.ttl.is_some(), "build").map(|_| cache)
    }
}

impl<K: Hash + Eq + Clone, V> MemoryCache<K, V> {
    /// The settings of a new cache.
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    /// The value under `key`; counts a hit or a miss. A dead entry is a miss.
    #[inline]
    pub fn get<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> Option<&V> {
        self.hit(key).map(|slot| self.shard.value(slot))?
    }

    /// The value under `key`, counting nothing and changing nothing.
    pub fn peek<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        let hash = self.hasher.hash(key).engine();
        self.shard.find_alive(hash, key, || self.time()).map(|(_, value)| value)
    }

    /// Whether a living entry is under `key`, counting nothing and changing nothing.
    pub fn contains<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        self.peek(key).is_some()
    }

    /// Stores a value under the settings of the cache; the old one leaves.
    ///
    /// # Errors
    /// Of kind `unavailable` when memory is refused; then nothing was stored.
    pub fn set(&mut self, key: K, value: V) -> Result<(), Error> {
        self.set_with(key, value, EntryOptions::new())
    }

    /// Stores a value with settings of its own. A TTL of zero stores nothing and removes the old one.
    ///
    /// # Errors
    /// Of kind `unavailable` when memory is refused, and of kind `config` when a TTL is given to a
    /// cache without a clock; then nothing was stored.
    pub fn set_with(&mut self, key: K, value: V, options: EntryOptions) -> Result<(), Error> {
        let ttl = options.ttl.or(self.ttl);
        let now = self.now(ttl.is_some(), "set")?;
        let write = Write {
            hash: self.hasher.hash(&key).engine(),
            notice: self.listeners.is_listening().then(|| key.clone()),
            key,
            value,
            life: entry::life(ttl, now),
            tags: options.tags,
            now,
            room: Room { max_entries: self.max_entries, elsewhere: 0, share: 0 },
        };
        self.change(|shard, _, outcome| shard.set(write, outcome))
    }

    /// The value under `key`, or else what `fetcher` returns, which is then stored. Errors of the
    /// fetcher pass through and are not stored.
    pub fn get_or_fetch<Q, R>(&mut self, key: &Q, fetcher: impl FnOnce() -> R) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
        V: Clone,
    {
        if let Some(value) = self.get(key) {
            return R::hit(value.clone());
        }
        let result = fetcher();
        if let Some(value) = result.success() {
            self.shard.stats.loads += 1;
            self.listeners.tell(|| Event::of(EventKind::Load, key.to_key()));
            // Refused memory must not fail the caller: the value goes unstored.
            let _ = self.set(key.to_key(), value.clone());
        } else {
            self.shard.stats.load_failures += 1;
            self.listeners
                .tell(|| Event::because(EventKind::Error, key.to_key(), Cause::LoadFailed));
        }
        result
    }

    /// What was counted since the cache was built.
    pub fn stats(&self) -> Stats {
        Stats { size: self.shard.len() as u64, ..self.shard.stats }
    }

    /// Calls `listener` for every event until the subscription is dropped.
    pub fn subscribe(&mut self, listener: impl Fn(&Event<K>) + 'static) -> Subscription<K> {
        self.listeners.subscribe(Rc::new(listener))
    }

    /// The slot of a living entry, counted as a hit or a miss.
    #[inline]
    fn hit<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> Option<u32> {
        let hash = self.hasher.hash(key).engine();
        let found = self.shard.find_alive(hash, key, || self.time()).map(|(slot, _)| slot);
        match found {
            Some(slot) => {
                self.shard.touch(slot);
                self.shard.drain_when_full();
                self.shard.stats.hits += 1;
            }
            None => self.shard.stats.misses += 1,
        }
        self.listeners.tell(|| {
            let kind = if found.is_some() { EventKind::Hit } else { EventKind::Miss };
            Event::of(kind, key.to_key())
        });
        found
    }

    fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Shard<K, V>, u64, &mut Outcome<K, V>) -> T,
    ) -> T {
        let mut outcome = Outcome::new(self.listeners.is_listening());
        let now = if self.shard.has_timers() { self.time() } else { 0 };
        let result = change(&mut self.shard, now, &mut outcome);
        for event in outcome.take_events() {
            self.listeners.tell(|| event);
        }
        result
    }

    fn time(&self) -> u64 {
        self.clock.as_ref().map_or(0, |clock| clock.mono_ms())
    }

    /// The time, read only when it matters; without a clock a TTL is refused instead of never ending.
    fn now(&self, has_ttl: bool, operation: &'static str) -> Result<u64, Error> {
        if has_ttl && self.clock.is_none() {
            let detail: String = "a ttl needs a clock; pass one to the builder".into();
            return Err(Error::new(ErrorKind::Config, operation, detail));
        }
        Ok(if has_ttl || self.shard.has_timers() { self.time() } else { 0 })
    }
}

impl<K, V> fmt::Debug for MemoryCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache")
            .field("len", &self.shard.len())
            .field("max_entries", &self.max_entries)
            .finish_non_exhaustive()
    }
}
