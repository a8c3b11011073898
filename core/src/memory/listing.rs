//! How the entries of the cache for many threads are listed and counted.

use alloc::vec::Vec;
use core::hash::Hash;

use super::matcher::Matcher;
use super::sharded::MemoryCache;
use crate::glob::Glob;
use crate::key::KeyText;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The keys of the fresh entries whose text matches a glob, or one of a list; in no order.
    /// Drops the dead first.
    ///
    /// ```
    /// use cachefn_core::{Glob, MemoryCache};
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set(17, "a")?;
    /// cache.set(27, "b")?;
    /// assert_eq!(cache.keys(&Glob::new("1*")?), [17]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn keys(&self, patterns: &(impl AsRef<[Glob]> + ?Sized)) -> Vec<K>
    where
        K: KeyText,
    {
        let (mut text, mut keys) = (Matcher::new(patterns.as_ref()), Vec::new());
        if !self.reclaim() {
            return keys;
        }
        for shard in self.shards() {
            self.look(shard, |state| {
                let now = self.now_for(&state.shard);
                keys.extend(state.shard.fresh(now).map(|(_, key, _)| key.clone()));
            });
        }
        keys.retain(|key| text.matches(key));
        keys
    }

    /// Keys and values of at most `limit` fresh entries whose key's text matches a glob, or one of a
    /// list; in no order. Counts nothing, drops the dead first.
    ///
    /// ```
    /// use cachefn_core::{Glob, MemoryCache};
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set_many([(17, "a"), (27, "b")])?;
    /// assert_eq!(cache.entries(&Glob::prefix("2"), 10), [(27, "b")]);
    /// assert_eq!(cache.entries(&Glob::new("*")?, 1).len(), 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn entries(&self, patterns: &(impl AsRef<[Glob]> + ?Sized), limit: usize) -> Vec<(K, V)>
    where
        K: KeyText,
    {
        let (mut text, mut entries) = (Matcher::new(patterns.as_ref()), Vec::new());
        if !self.reclaim() {
            return entries;
        }
        for shard in self.shards() {
            self.look(shard, |state| {
                let now = self.now_for(&state.shard);
                let matching = state.shard.fresh(now).filter(|(_, key, _)| text.matches(*key));
                let some = matching.take(limit - entries.len());
                entries.extend(some.map(|(_, key, value)| (key.clone(), value.clone())));
            });
        }
        entries
    }

    /// How many living entries there are. Drops the dead first.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, 1)?;
    /// assert_eq!((cache.len(), cache.is_empty()), (1, false));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        if self.reclaim() { self.balance.entries() } else { 0 }
    }

    /// Whether there is no living entry. Drops the dead first.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<u32, u32>::builder().build()?;
    /// assert!(cache.is_empty());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
