//! How values enter the cache for many threads.

use core::hash::Hash;

use super::outcome::Outcome;
use super::sharded::{Guarded, MemoryCache, reentrant};
use super::storing::Terms;
use crate::error::Error;
use crate::hash::KeyHash;
use crate::options::EntryOptions;
use crate::raw::Reentrant;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// Stores a value under the settings of the cache; the old one leaves.
    ///
    /// # Errors
    /// Of kind `too-heavy` when it weighs more than the whole cache may: then it is not stored, and
    /// the old value is removed. Of kind `unavailable` when memory is refused; then nothing was
    /// stored.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<String, _>::builder().build()?;
    /// cache.set("a".into(), 1)?;
    /// cache.set("a".into(), 2)?;
    /// assert_eq!(cache.get("a"), Some(2));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn set(&self, key: K, value: V) -> Result<(), Error> {
        if self.settings.plain && !self.hub.is_listening() {
            self.exchange(key, value)
        } else {
            self.store(key, value, &EntryOptions::new())
        }
    }

    /// Stores a value with settings of its own. A TTL of zero stores nothing and removes the old one.
    ///
    /// # Errors
    /// As [`set`](MemoryCache::set).
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::<String, _>::builder().build()?;
    /// cache.set_with("a".into(), 1, EntryOptions::new().tag("letters"))?;
    /// cache.invalidate_by_tag("letters");
    /// assert_eq!(cache.get("a"), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn set_with(&self, key: K, value: V, options: EntryOptions) -> Result<(), Error> {
        self.store(key, value, &options)
    }

    /// Stores many values under the settings of the cache, in order.
    ///
    /// # Errors
    /// The first of those of [`set`](MemoryCache::set); the others are stored all the same.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set_many([(1, "one"), (2, "two")])?;
    /// assert_eq!(cache.len(), 2);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn set_many(&self, entries: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        let stored = entries.into_iter().map(|(key, value)| self.set(key, value));
        stored.fold(Ok(()), Result::and)
    }

    /// Stores a value if no fresh one is there; whether it did. Of several threads one does.
    ///
    /// # Errors
    /// As [`set`](MemoryCache::set).
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// assert!(cache.set_if_absent(1, "one")?);
    /// assert!(!cache.set_if_absent(1, "another")?);
    /// assert_eq!(cache.get(&1), Some("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn set_if_absent(&self, key: K, value: V) -> Result<bool, Error> {
        let options = EntryOptions::new();
        let entry = self.entry(key, value, &options);
        let hash = self.hash(&entry.key);
        // What is not stored is dropped outside the lock.
        let mut entry = Some(entry);
        let stored = self.change(self.shard_of(hash), |state, outcome| {
            let (now, shard) = (self.now_for(&state.shard), &state.shard);
            let find = |own: &Entry<'_, K, V>| shard.find_fresh(hash.engine(), &own.key, || now);
            let Some(entry) = entry.take_if(|own| find(own).is_none()) else { return Ok(false) };
            state.loads.fence(hash.engine(), &entry.key);
            self.write(state, hash, entry, outcome).map(|()| true)
        });
        stored.unwrap_or_else(|Reentrant| Err(reentrant("set_if_absent")))
    }

    /// [`store`](Self::store) where nothing but the capacity matters, as in most caches.
    fn exchange(&self, key: K, value: V) -> Result<(), Error> {
        let hash = self.hash(&key);
        let shard = self.shard_of(hash);
        let Ok(mut state) = self.locks.write(shard) else { return Err(reentrant("set")) };
        let Guarded { shard: own, loads } = &mut *state;
        if !(own.engine.is_plain() && loads.is_idle()) {
            drop(state);
            return self.store(key, value, &EntryOptions::new());
        }
        let full_at = self.balance.full_at(own.len());
        let left = own.exchange(hash.engine(), key, value, full_at);
        self.balance.note(shard, &own.engine);
        drop(state);
        drop(left?);
        self.relieve(shard).map_err(|Reentrant| reentrant("set"))
    }

    #[inline]
    fn store(&self, key: K, value: V, options: &EntryOptions) -> Result<(), Error> {
        let entry = self.entry(key, value, options);
        let hash = self.hash(&entry.key);
        let stored = self.change(self.shard_of(hash), |state, outcome| {
            state.loads.fence(hash.engine(), &entry.key);
            self.write_here(state, hash, entry, outcome)
        });
        stored.unwrap_or_else(|Reentrant| Err(reentrant("set")))
    }

    /// Weighs a value and copies its key for listeners, while nothing is locked.
    #[inline]
    pub(super) fn entry<'a>(&self, key: K, value: V, options: &'a EntryOptions) -> Entry<'a, K, V> {
        let weight = self.settings.weigher.as_ref().map_or(0, |weigher| weigher(&key, &value));
        let notice = self.hub.is_listening().then(|| key.clone());
        Entry { key, value, options, weight, notice }
    }

    /// Stores under the lock; fences were set before.
    #[inline(never)]
    pub(super) fn write(
        &self,
        state: &mut Guarded<K, V>,
        hash: KeyHash,
        entry: Entry<'_, K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error> {
        state.loads.fence_updates(hash.engine(), &entry.key);
        self.write_here(state, hash, entry, outcome)
    }

    /// The body of [`write`](Self::write), for the one place that is hot.
    #[inline(always)]
    fn write_here(
        &self,
        state: &mut Guarded<K, V>,
        hash: KeyHash,
        entry: Entry<'_, K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error> {
        let Entry { key, value, options, weight, notice } = entry;
        let lifetime = self.settings.lifetime(&value, options);
        let limited = lifetime.is_limited() || self.settings.memory_ttl.get().is_some();
        let now = if limited { self.clock.mono_ms() } else { self.now_for(&state.shard) };
        let hash = hash.engine();
        let mut terms = Terms {
            hash,
            now,
            life: self.settings.life_here(lifetime, now, hash),
            weight,
            tags: &options.tags,
            room: self.balance.room(&state.shard.engine, weight),
            notice,
        };
        let stored = state.shard.set(key, value, &mut terms, outcome);
        outcome.unneeded(terms.notice.take());
        stored
    }
}

/// A value on its way into the cache.
pub(super) struct Entry<'a, K, V> {
    pub(super) key: K,
    pub(super) value: V,
    pub(super) options: &'a EntryOptions,
    pub(super) weight: u64,
    /// A copy of the key when somebody listens.
    pub(super) notice: Option<K>,
}
