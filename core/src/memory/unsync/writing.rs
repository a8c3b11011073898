//! How values enter the cache for one thread.

use core::hash::Hash;

use super::MemoryCache;
use crate::cause::Cause;
use crate::entry::{Life, Times};
use crate::error::Error;
use crate::key::Lookup;
use crate::memory::room::Limits;
use crate::memory::storing::Terms;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V> MemoryCache<K, V> {
    /// Stores a value under the settings of the cache; the old one leaves.
    ///
    /// # Errors
    /// Of kind `too-heavy` when it weighs more than the whole cache may: then it is not stored, and
    /// the old value is removed. Of kind `unavailable` when memory is refused; then nothing was
    /// stored.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// cache.set(1, "uno")?;
    /// assert_eq!(cache.get(&1), Some(&"uno"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn set(&mut self, key: K, value: V) -> Result<(), Error> {
        if !(self.settings.plain && !self.listeners.is_listening() && self.shard.engine.is_plain())
        {
            return self.set_with(key, value, EntryOptions::new());
        }
        let hash = self.hasher.hash(&key).engine();
        self.shard.exchange(hash, key, value, self.settings.max_entries).map(drop)
    }

    /// Stores a value with settings of its own. A TTL of zero stores nothing and removes the old one.
    ///
    /// # Errors
    /// As [`set`](MemoryCache::set), and of kind `config` when a lifetime is given to a cache without
    /// a clock; then nothing was stored.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// use cachefn_core::EntryOptions;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd"))?;
    /// assert_eq!(cache.get(&1), Some(&"one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn set_with(&mut self, key: K, value: V, options: EntryOptions) -> Result<(), Error> {
        let lifetime = self.settings.lifetime(&value, &options);
        let now = self.now_if(lifetime.is_limited(), "set")?;
        let hash = self.hasher.hash(&key).engine();
        let life = self.settings.life(lifetime, now, hash);
        let mut terms: Terms<'_, K> = self.terms(hash, &key, &value, now);
        (terms.life, terms.tags) = (life, &options.tags);
        self.apply(|shard, outcome| shard.set(key, value, &mut terms, outcome))
    }

    /// Stores many values under the settings of the cache, in order.
    ///
    /// # Errors
    /// The first of those of [`set`](MemoryCache::set); the others are stored all the same.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_many([(1, "one"), (2, "two")])?;
    /// assert_eq!(cache.len(), 2);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn set_many(&mut self, entries: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        let stored = entries.into_iter().map(|(key, value)| self.set(key, value));
        stored.fold(Ok(()), Result::and)
    }

    /// Stores a value if no fresh one is there; whether it did.
    ///
    /// # Errors
    /// As [`set`](MemoryCache::set).
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// assert!(cache.set_if_absent(1, "one")?);
    /// assert!(!cache.set_if_absent(1, "another")?);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn set_if_absent(&mut self, key: K, value: V) -> Result<bool, Error>
    where
        K: Lookup<K>,
    {
        if self.contains(&key) { Ok(false) } else { self.set(key, value).map(|()| true) }
    }

    /// Changes the value under `key` to what `change` makes of it (`None`: there is none); what it is
    /// afterwards. An entry keeps its tags and the end of its life; a new one gets the settings of the
    /// cache; `None` removes.
    ///
    /// # Errors
    /// As [`set`](MemoryCache::set).
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::<&str, u32>::builder().build()?;
    /// for _ in 0..3 {
    ///     cache.update("visits", |visits| Some(visits.unwrap_or(0) + 1))?;
    /// }
    /// assert_eq!(cache.get(&"visits"), Some(&3));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn update(
        &mut self,
        key: K,
        change: impl FnOnce(Option<V>) -> Option<V>,
    ) -> Result<Option<V>, Error>
    where
        V: Clone,
    {
        let hash = self.hasher.hash(&key).engine();
        let found = self.shard.find_fresh(hash, &key, || self.time());
        let (slot, old) = found.map_or((None, None), |(slot, old)| (Some(slot), Some(old.clone())));
        let new = change(old);
        match (slot, new.clone()) {
            (Some(slot), Some(value)) => {
                let mut terms = self.terms(hash, &key, &value, self.time());
                self.apply(|shard, outcome| shard.change(slot, value, &mut terms, outcome))?;
            }
            (None, Some(value)) => self.set(key, value)?,
            (Some(slot), None) => {
                self.change(|shard, now, outcome| shard.remove(slot, now, Cause::Deleted, outcome));
                self.shard.stats.deletes += 1;
            }
            (None, None) => {}
        }
        Ok(new)
    }

    #[inline]
    fn terms(&self, hash: u32, key: &K, value: &V, now: u64) -> Terms<'static, K> {
        let weight = self.settings.weigher.as_ref().map_or(0, |weigher| weigher(key, value));
        let limits = Limits {
            max_entries: self.settings.max_entries,
            max_weight: self.settings.max_weight,
            weighted: self.settings.weigher.is_some(),
            elsewhere: 0,
            weight_elsewhere: 0,
            share: 0,
            weight_share: 0,
        };
        Terms {
            hash,
            now,
            life: Life::Times(Times::until(u64::MAX)),
            weight,
            tags: &[],
            room: limits.room(weight),
            notice: self.listeners.is_listening().then(|| key.clone()),
        }
    }
}
