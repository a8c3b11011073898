//! How a value is changed in place in the cache for many threads.

use core::hash::Hash;

use super::sharded::{Guarded, MemoryCache, reentrant};
use super::storing::Terms;
use super::writing::Entry;
use crate::cause::Cause;
use crate::entry::{Life, Times};
use crate::error::Error;
use crate::hash::KeyHash;
use crate::options::EntryOptions;
use crate::raw::Reentrant;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// Changes the value under `key` to what `change` makes of it (`None`: there is none); what it is
    /// afterwards. No other change of the key comes between: `change` runs unlocked, and again if
    /// the entry was written, removed or invalidated meanwhile. An entry keeps its tags and the end of
    /// its life; a new one gets the settings of the cache; `None` removes.
    ///
    /// # Errors
    /// As [`set`](MemoryCache::set).
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<String, u32>::builder().build()?;
    /// for _ in 0..3 {
    ///     cache.update("visits".into(), |visits| Some(visits.unwrap_or(0) + 1))?;
    /// }
    /// assert_eq!(cache.get("visits"), Some(3));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn update(
        &self,
        key: K,
        mut change: impl FnMut(Option<V>) -> Option<V>,
    ) -> Result<Option<V>, Error> {
        let hash = self.hash(&key);
        loop {
            let begun = self.change(self.shard_of(hash), |state, _| {
                let now = self.now_for(&state.shard);
                let found = state.shard.find_fresh(hash.engine(), &key, || now);
                let old = found.map(|(slot, value)| (slot, value.clone()));
                (state.loads.begin_update(hash.engine(), key.clone()), old)
            });
            let (id, old) = begun.map_err(|Reentrant| reentrant("update"))?;
            let update = Update { cache: self, hash, id: Some(id) };
            let (slot, old) = old.map_or((None, None), |(slot, old)| (Some(slot), Some(old)));
            let new = change(old);
            if let Some(stored) = update.finish(key.clone(), slot, new.clone()) {
                return stored.map(|()| new);
            }
        }
    }
}

/// A change that runs; dropped when `change` panics.
struct Update<'c, K: Hash + Eq + Clone, V: Clone> {
    cache: &'c MemoryCache<K, V>,
    hash: KeyHash,
    id: Option<u64>,
}

impl<K: Hash + Eq + Clone, V: Clone> Update<'_, K, V> {
    /// Stores the new value, unless the entry has changed meanwhile.
    fn finish(mut self, key: K, slot: Option<u32>, new: Option<V>) -> Option<Result<(), Error>> {
        let (cache, hash) = (self.cache, self.hash);
        let options = EntryOptions::new();
        let entry = new.map(|value| cache.entry(key.clone(), value, &options));
        let id = self.id.take()?;
        let finished = cache.change(cache.shard_of(hash), |state, outcome| {
            let now = cache.now_for(&state.shard);
            let Guarded { shard, loads } = state;
            let is_there = shard.find_fresh(hash.engine(), &key, || now).map(|(slot, _)| slot);
            if !loads.end_update(id) || is_there != slot {
                return None;
            }
            loads.fence(hash.engine(), &key);
            Some(match (slot, entry) {
                (Some(slot), Some(Entry { value, weight, notice, .. })) => {
                    let life = Life::Times(Times::until(u64::MAX));
                    let (hash, room) = (hash.engine(), cache.balance.room(&shard.engine, weight));
                    let mut terms = Terms { hash, now, life, weight, tags: &[], room, notice };
                    shard.change(slot, value, &mut terms, outcome)
                }
                (None, Some(entry)) => cache.write(state, hash, entry, outcome),
                (Some(slot), None) => {
                    let cause = shard.remove(slot, now, Cause::Deleted, outcome);
                    shard.stats.deletes += u64::from(cause == Cause::Deleted);
                    Ok(())
                }
                (None, None) => Ok(()),
            })
        });
        finished.unwrap_or_else(|Reentrant| Some(Err(reentrant("update"))))
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Drop for Update<'_, K, V> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            let shard = self.cache.shard_of(self.hash);
            // Within code under a lock no update was begun.
            let _ = self.cache.change(shard, |state, _| state.loads.end_update(id));
        }
    }
}
