//! The memory cache for many threads: shards behind locks, one capacity for all of them.

use alloc::boxed::Box;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;

use super::builder::{Builder, Face};
use super::hub::Hub;
use super::loads::Loads;
use super::outcome::Outcome;
use super::shard::Shard;
use crate::clock::{Clock, SystemClock};
use crate::counters::Counters;
use crate::error::Error;
use crate::hash::{KeyHash, KeyHasher};
use crate::key::Lookup;
use crate::policy::Shared;
use crate::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use crate::sync::{RwLock, RwLockWriteGuard};

/// A cache in memory for any number of threads. Values are cloned out; use `Arc<V>` for large ones.
///
/// A read takes its shard's lock shared, whatever the policy. The capacity holds for the whole cache,
/// not per shard, after every completed write.
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
    pub(super) cells: Box<[Cell<K, V>]>,
    hasher: KeyHasher,
    pub(super) max_entries: usize,
    /// A shard at or above its share lets one of its own go when the cache is full.
    pub(super) share: usize,
    /// All entries, dead ones that were not reclaimed yet included.
    pub(super) resident: AtomicUsize,
    pub(super) ttl: Option<Duration>,
    pub(super) clock: Box<dyn Clock + Send + Sync>,
    pub(super) counters: Counters,
    pub(super) hub: Hub<K>,
}

/// One shard on cache lines of its own.
#[repr(align(128))]
pub(super) struct Cell<K, V> {
    pub(super) state: RwLock<Guarded<K, V>>,
    len: AtomicUsize,
}

/// What a shard's lock protects.
pub(super) struct Guarded<K, V> {
    pub(super) shard: Shard<K, V>,
    pub(super) loads: Loads<K, V>,
}

impl<K, V> Face for MemoryCache<K, V> {
    type Clock = Box<dyn Clock + Send + Sync>;
}

impl<K: Hash + Eq + Clone, V: Clone> Builder<MemoryCache<K, V>> {
    /// Where the time comes from; the machine's clock unless said.
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// The cache.
    ///
    /// # Errors
    /// Of kind `config` when a setting cannot work; the text says which and what would.
    pub fn build(self) -> Result<MemoryCache<K, V>, Error> {
        let (shards, share) = self.shares(shards_for(self.max_entries))?;
        let hasher = KeyHasher::new(self.seed);
        let shared = (shards > 1).then(|| Shared::new(self.max_entries as u32));
        let cell = |_| Cell {
            state: RwLock::new(Guarded {
                shard: Shard::new(share, self.policy, shared.clone(), hasher.clone()),
                loads: Loads::new(),
            }),
            len: AtomicUsize::new(0),
        };
        Ok(MemoryCache {
            cells: (0..shards).map(cell).collect(),
            hasher,
            max_entries: self.max_entries,
            share: share as usize,
            resident: AtomicUsize::new(0),
            ttl: self.ttl,
            clock: self.clock.unwrap_or_else(|| Box::new(SystemClock::new())),
            counters: Counters::new(),
            hub: Hub::new(),
        })
    }
}

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The settings of a new cache.
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    /// Runs a change under a shard's lock; afterwards, unlocked: the capacity of the whole cache,
    /// listeners, and the drop of what left.
    pub(super) fn change<T>(
        &self,
        shard: usize,
        change: impl FnOnce(&mut Guarded<K, V>, &mut Outcome<K, V>) -> T,
    ) -> T {
        let result = self.change_one(shard, change);
        while self.resident.load(Relaxed) > self.max_entries {
            let heaviest = (0..self.cells.len()).max_by_key(|at| self.cells[*at].len.load(Relaxed));
            self.change_one(heaviest.unwrap_or(0), |state, outcome| {
                let now = self.now_for(&state.shard);
                state.shard.evict(now, outcome);
            });
        }
        result
    }

    fn change_one<T>(
        &self,
        shard: usize,
        change: impl FnOnce(&mut Guarded<K, V>, &mut Outcome<K, V>) -> T,
    ) -> T {
        let cell = &self.cells[shard];
        let mut outcome = Outcome::new(self.hub.is_listening());
        let mut state: RwLockWriteGuard<'_, _> = cell.state.write();
        let before = state.shard.len();
        let result = change(&mut state, &mut outcome);
        let after = state.shard.len();
        if after != before {
            cell.len.store(after, Relaxed);
            if after > before {
                self.resident.fetch_add(after - before, Relaxed);
            } else {
                self.resident.fetch_sub(before - after, Relaxed);
            }
        }
        let events = outcome.take_events();
        let told = !events.is_empty();
        if told {
            self.hub.queue(events);
        }
        drop(state);
        drop(outcome);
        if told {
            self.hub.deliver();
        }
        result
    }

    /// The time, read only when it matters to some entry of the shard.
    pub(super) fn now_for(&self, shard: &Shard<K, V>) -> u64 {
        if shard.has_timers() { self.clock.mono_ms() } else { 0 }
    }

    pub(super) fn hash<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> KeyHash {
        self.hasher.hash(key)
    }

    pub(super) fn shard_of(&self, hash: KeyHash) -> usize {
        hash.shard(self.cells.len() - 1)
    }

    pub(super) fn shards(&self) -> core::ops::Range<usize> {
        0..self.cells.len()
    }

    /// Looks at a shard under its shared lock.
    pub(super) fn look<T>(&self, shard: usize, look: impl FnOnce(&Guarded<K, V>) -> T) -> T {
        look(&self.cells[shard].state.read())
    }

    #[inline]
    pub(super) fn cell<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> (&Cell<K, V>, u32) {
        let hash = self.hash(key);
        (&self.cells[self.shard_of(hash)], hash.engine())
    }
}

impl<K, V> fmt::Debug for MemoryCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache")
            .field("len", &self.resident)
            .field("max_entries", &self.max_entries)
            .field("shards", &self.cells.len())
            .finish_non_exhaustive()
    }
}

/// One shard costs the least and evicts best, so small caches have one, and large ones as many as
/// the machine can use but none below 4,096 entries.
fn shards_for(max_entries: usize) -> usize {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let most = (threads * 4).next_power_of_two();
    (max_entries / LEAST_SHARD).checked_ilog2().map_or(1, |bits| 1 << bits).min(most)
}

/// Where a test tries many orders or inputs, small caches have several shards, too.
const LEAST_SHARD: usize = if cfg!(any(shuttle, fuzzing)) { 2 } else { 4096 };
