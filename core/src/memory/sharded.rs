//! The memory cache for many threads: shards behind locks, one capacity for all of them.

use alloc::boxed::Box;
use core::fmt;
use core::hash::Hash;

use super::balance::Balance;
use super::builder::Builder;
use super::hub::Hub;
use super::loads::Loads;
use super::outcome::Outcome;
use super::settings::{Face, Settings};
use super::shard::Shard;
use crate::cause::Cause;
use crate::clock::Clock;
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
    pub(super) hasher: KeyHasher,
    pub(super) settings: Settings<Self>,
    pub(super) balance: Balance,
    /// What the shards learn together.
    pub(super) shared: Option<Shared>,
    pub(super) clock: Box<dyn Clock + Send + Sync>,
    pub(super) hub: Hub<K>,
}

/// What a shard's lock protects.
#[repr(C)]
pub(super) struct Guarded<K, V> {
    pub(super) shard: Shard<K, V>,
    pub(super) loads: Loads<K, V>,
}

impl<K, V> Face for MemoryCache<K, V> {
    type Value = V;
    type Clock = Box<dyn Clock + Send + Sync>;
    type Weigher = Box<dyn Fn(&K, &V) -> u64 + Send + Sync>;
    type Fetcher = Box<dyn Fn(&K) -> V + Send + Sync>;
    type Own = ();
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
        self.relieve(shard)?;
        Ok(result)
    }

    /// Lets entries of other shards go while the cache is over its capacity; a shard was written.
    #[inline]
    pub(super) fn relieve(&self, shard: usize) -> Result<(), Reentrant> {
        if self.balance.is_kept() { Ok(()) } else { self.relieve_others(shard) }
    }

    #[inline(never)]
    fn relieve_others(&self, shard: usize) -> Result<(), Reentrant> {
        while let Some(fullest) = self.balance.overloaded(shard) {
            self.change_one(fullest, |state, outcome| {
                let now = self.now_for(&state.shard);
                state.shard.evict(now, outcome);
            })?;
        }
        Ok(())
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
    pub(crate) fn tell_queued(&self) {
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
