//! How a value is changed in place in the cache for many threads.

use core::hash::Hash;

use super::loads::Unfinished;
use super::sharded::{Guarded, MemoryCache, reentrant};
use super::storing::Terms;
use super::writing::Entry;
use crate::cause::Cause;
use crate::entry::{Life, Times};
use crate::error::{Error, ErrorKind};
use crate::hash::KeyHash;
use crate::options::EntryOptions;
use crate::raw::Reentrant;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// Changes the value under `key` to what `change` makes of it (`None`: there is none); what it is
    /// afterwards. No other change of the key comes between: `change` runs unlocked, and again if
    /// the entry was written, removed or invalidated meanwhile. An entry keeps its tags and the end of
    /// its life, and was used; a new one gets the settings of the cache; `None` removes.
    ///
    /// # Errors
    /// As [`set`](MemoryCache::set), and of kind `reentrant` when `change` itself changes the key in the
    /// cache again and again.
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
        let mut own_changes = 0;
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
            match update.finish(key.clone(), slot, new.clone()) {
                Ok(stored) => return stored.map(|()| new),
                Err(Unfinished::ChangedByItself) if own_changes == OWN_CHANGES => {
                    let detail = "it changes its own key in another way too, each time it runs";
                    return Err(Error::new(ErrorKind::Reentrant, "update", detail));
                }
                Err(Unfinished::ChangedByItself) => own_changes += 1,
                Err(_) => {}
            }
        }
    }
}

/// How often an update may change its own key in another way before it is thought to do so always.
const OWN_CHANGES: u32 = 8;

/// A change that runs; dropped when `change` panics.
struct Update<'c, K: Hash + Eq + Clone, V: Clone> {
    cache: &'c MemoryCache<K, V>,
    hash: KeyHash,
    id: Option<u64>,
}

impl<K: Hash + Eq + Clone, V: Clone> Update<'_, K, V> {
    /// Stores the new value, unless the entry has changed meanwhile.
    fn finish(
        mut self,
        key: K,
        slot: Option<u32>,
        new: Option<V>,
    ) -> Result<Result<(), Error>, Unfinished> {
        let (cache, hash) = (self.cache, self.hash);
        let options = EntryOptions::new();
        // What is not stored is dropped outside the lock.
        let mut entry = new.map(|value| cache.entry(key.clone(), value, &options));
        let id = self.id.take().ok_or(Unfinished::Changed)?;
        let finished = cache.change(cache.shard_of(hash), |state, outcome| {
            let now = cache.now_for(&state.shard);
            let Guarded { shard, loads } = state;
            let is_there = shard.find_fresh(hash.engine(), &key, || now).map(|(slot, _)| slot);
            let ended = loads.end_update(id);
            if ended != Unfinished::Unchanged {
                return Err(ended);
            }
            if is_there != slot {
                return Err(Unfinished::Changed);
            }
            loads.fence(hash.engine(), &key);
            Ok(match (slot, entry.take()) {
                (Some(slot), Some(Entry { key, value, weight, notice, .. })) => {
                    outcome.unneeded(Some(key));
                    let life = Life::Times(Times::until(u64::MAX));
                    let (hash, room) = (hash.engine(), cache.balance.room(&shard.engine, weight));
                    let mut terms = Terms { hash, now, life, weight, tags: &[], room, notice };
                    let changed = shard.change(slot, value, &mut terms, outcome);
                    outcome.unneeded(terms.notice.take());
                    changed
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
        finished.unwrap_or_else(|Reentrant| Ok(Err(reentrant("update"))))
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
