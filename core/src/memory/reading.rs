//! How the cache for many threads is read.

use alloc::vec::Vec;
use core::hash::Hash;

use super::sharded::{Guarded, MemoryCache};
use crate::event::{Event, EventKind};
use crate::failure::OnFailure;
use crate::key::Lookup;
use crate::raw::Reentrant;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The value under `key`; counts a hit or a miss. A dead or stale entry is a miss. A cache with a
    /// fetcher makes what it misses.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set("a".to_string(), 1)?;
    /// assert_eq!(cache.get("a"), Some(1));
    /// assert_eq!(cache.get("b"), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn get<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        match self.read(key, V::clone) {
            Some(value) => Some(value),
            None if self.settings.fetcher.is_none() => None,
            None => self.fetch(key),
        }
    }

    /// What `read` makes of the value under `key`, without a clone; counts a hit or a miss. A part
    /// of the cache is locked meanwhile, so `read` must be short and must not call the cache.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, vec![0_u8; 1_000])?;
    /// assert_eq!(cache.get_with(&1, |bytes| bytes.len()), Some(1_000));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn get_with<Q, R>(&self, key: &Q, read: impl FnOnce(&V) -> R) -> Option<R>
    where
        Q: Lookup<K> + ?Sized,
    {
        if self.settings.fetcher.is_none() {
            return self.read(key, read);
        }
        let mut read = Some(read);
        let found = self.read(key, |value| read.take().map(|read| read(value)));
        found.flatten().or_else(|| self.fetch(key).and_then(|value| read.map(|read| read(&value))))
    }

    /// The value under each key, in their order; counts a hit or a miss for each.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set_many([(1, "one"), (2, "two")])?;
    /// assert_eq!(cache.get_many(&[2, 3]), [Some("two"), None]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn get_many<'q, Q>(&self, keys: impl IntoIterator<Item = &'q Q>) -> Vec<Option<V>>
    where
        Q: Lookup<K> + ?Sized + 'q,
    {
        keys.into_iter().map(|key| self.get(key)).collect()
    }

    /// The value under `key`, counting nothing and changing nothing.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.peek(&1), Some("one"));
    /// assert_eq!(cache.stats().hits, 0);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn peek<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        self.look_at(key, V::clone)
    }

    /// Whether a fresh entry is under `key`, counting nothing and changing nothing.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert!(cache.contains(&1) && !cache.contains(&2));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn contains<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        self.look_at(key, |_| ()).is_some()
    }

    /// Looks at the fresh value under a key, and counts.
    #[inline]
    pub(super) fn read<Q, R>(&self, key: &Q, read: impl FnOnce(&V) -> R) -> Option<R>
    where
        Q: Lookup<K> + ?Sized,
    {
        if self.hub.is_listening() {
            return self.read_and_tell(key, read);
        }
        let hash = self.hash(key);
        let found = self.locks.ask(self.shard_of(hash), |state| {
            let now = || self.clock.mono_ms();
            let (slot, value) = state.shard.find_fresh(hash.engine(), key, now)?;
            state.shard.engine.hit(slot, now);
            Some(read(value))
        });
        found.unwrap_or(None)
    }

    /// A read whose event is queued under the lock, so that it stands before a later removal.
    #[cold]
    #[inline(never)]
    fn read_and_tell<Q, R>(&self, key: &Q, read: impl FnOnce(&V) -> R) -> Option<R>
    where
        Q: Lookup<K> + ?Sized,
    {
        let notice = key.to_key();
        let hash = self.hash(key);
        let result = self.locks.read(self.shard_of(hash), |state| {
            let now = || self.clock.mono_ms();
            match state.shard.find_fresh(hash.engine(), key, now) {
                Some((slot, value)) => {
                    state.shard.engine.hit(slot, now);
                    self.locks.count(true);
                    self.hub.queue([Event::of(EventKind::Hit, notice)]);
                    Some(read(value))
                }
                None => {
                    self.locks.count(false);
                    self.hub.queue([Event::of(EventKind::Miss, notice)]);
                    None
                }
            }
        });
        self.told(result, || Some(key.to_key())).flatten()
    }

    /// Looks at the fresh value under a key, counting and changing nothing.
    fn look_at<Q, R>(&self, key: &Q, look: impl FnOnce(&V) -> R) -> Option<R>
    where
        Q: Lookup<K> + ?Sized,
    {
        let hash = self.hash(key);
        let result = self.locks.read(self.shard_of(hash), |state| {
            let found = state.shard.find_fresh(hash.engine(), key, || self.clock.mono_ms());
            found.map(|(_, value)| look(value))
        });
        self.told(result, || Some(key.to_key())).flatten()
    }

    /// What was found, after everything that happened meanwhile was told; nothing when the call came
    /// from code under a lock.
    #[inline]
    fn told<T>(&self, found: Result<T, Reentrant>, key: impl FnOnce() -> Option<K>) -> Option<T> {
        match found {
            Ok(found) => {
                self.tell_queued();
                Some(found)
            }
            Err(Reentrant) => {
                self.tell_reentrant(key());
                None
            }
        }
    }

    /// Reads through, by the cache's own fetcher.
    #[cold]
    fn fetch<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        let fetcher = self.settings.fetcher.as_ref()?;
        let own = key.to_key();
        Some(self.load(key, Default::default, |_| fetcher(&own), OnFailure::IN_TURN))
    }

    /// Looks at a shard under its shared lock; nothing when called from code under a lock.
    pub(super) fn look<T>(
        &self,
        shard: usize,
        look: impl FnOnce(&Guarded<K, V>) -> T,
    ) -> Option<T> {
        self.told(self.locks.read(shard, look), || None)
    }
}
