//! How entries are removed from the cache for many threads, and how its keys are listed.

use alloc::vec::Vec;
use core::hash::Hash;

use super::matcher::Matcher;
use super::sharded::{Guarded, MemoryCache};
use crate::cause::Cause;
use crate::event::Event;
use crate::glob::Glob;
use crate::key::{KeyText, Lookup};

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// Removes the entry under `key`; whether a living one was there. A value being loaded for the
    /// key now will not be stored.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<String, _>::builder().build()?;
    /// cache.set("a".into(), 1)?;
    /// assert!(cache.delete("a"));
    /// assert!(!cache.delete("a"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn delete<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        let hash = self.hash(key);
        self.change(self.shard_of(hash), |state, outcome| {
            state.loads.fence(hash.engine(), key);
            let Some(slot) = state.shard.find(hash.engine(), key) else { return false };
            let now = self.now_for(&state.shard);
            let deleted = state.shard.remove(slot, now, Cause::Deleted, outcome) == Cause::Deleted;
            state.shard.stats.deletes += u64::from(deleted);
            deleted
        })
    }

    /// Removes everything; when it returns, no read finds anything older. Counts stay.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, 1)?;
    /// cache.clear();
    /// assert!(cache.is_empty());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn clear(&self) {
        for shard in self.shards() {
            self.change(shard, |state, outcome| {
                state.loads.fence_all();
                let now = self.now_for(&state.shard);
                state.shard.clear(now, outcome);
            });
        }
    }

    /// Makes every entry that carries `tag` unreachable at once, in a time that does not depend on
    /// their number; their memory is reclaimed later. Values being loaded now that will carry the
    /// tag are not stored.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set_with(7, "Ada", EntryOptions::new().tag("user:7"))?;
    /// cache.set(8, "Bob")?;
    /// cache.invalidate_by_tag("user:7");
    /// assert_eq!((cache.get(&7), cache.get(&8)), (None, Some("Bob")));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tag(&self, tag: &str) {
        for shard in self.shards() {
            self.change(shard, |state, outcome| {
                state.loads.fence_tag(tag);
                state.shard.invalidate_tag(tag);
                if shard == 0 {
                    state.shard.stats.invalidations += 1;
                    outcome.tell(|| Event::invalidate(None));
                }
            });
        }
    }

    /// Removes every entry whose key's text matches; how many. Values being loaded now for such keys
    /// are not stored. Looks at every key; the text of a key is written under the shard's lock.
    ///
    /// ```
    /// use cachefn_core::{Glob, MemoryCache};
    /// let cache = MemoryCache::<String, _>::builder().build()?;
    /// cache.set("user:1".into(), 1)?;
    /// cache.set("shop:1".into(), 2)?;
    /// assert_eq!(cache.invalidate_by_pattern(&Glob::new("user:*")?), 1);
    /// assert_eq!((cache.get("user:1"), cache.get("shop:1")), (None, Some(2)));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_pattern(&self, pattern: &Glob) -> usize
    where
        K: KeyText,
    {
        let mut removed = 0;
        for shard in self.shards() {
            self.change(shard, |state, outcome| {
                let Guarded { shard, loads } = state;
                let mut text = Matcher::new(pattern);
                loads.fence_if(|key| text.matches(key));
                let now = self.now_for(shard);
                let matching = text.slots(shard.alive(now));
                removed += matching.len();
                for slot in matching {
                    shard.remove(slot, now, Cause::Pattern, outcome);
                }
            });
        }
        self.change(0, |state, outcome| {
            state.shard.stats.invalidations += 1;
            outcome.tell(|| Event::invalidate(Some(removed as u64)));
        });
        removed
    }

    /// The keys of the living entries whose text matches, in no order. Reclaims the dead first.
    ///
    /// ```
    /// use cachefn_core::{Glob, MemoryCache};
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set(17, "a")?;
    /// cache.set(27, "b")?;
    /// assert_eq!(cache.keys(&Glob::new("1*")?), [17]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn keys(&self, pattern: &Glob) -> Vec<K>
    where
        K: KeyText,
    {
        self.sweep();
        let mut text = Matcher::new(pattern);
        let mut keys = Vec::new();
        for shard in self.shards() {
            self.look(shard, |state| {
                let now = self.now_for(&state.shard);
                keys.extend(state.shard.alive(now).map(|(_, key)| key.clone()));
            });
        }
        keys.retain(|key| text.matches(key));
        keys
    }

    /// How many living entries there are. Reclaims the dead first.
    pub fn len(&self) -> usize {
        self.sweep();
        self.shards().map(|shard| self.look(shard, |state| state.shard.len())).sum()
    }

    /// Whether there is no living entry. Reclaims the dead first.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn sweep(&self) {
        for shard in self.shards() {
            self.change(shard, |state, outcome| {
                let now = self.now_for(&state.shard);
                state.shard.sweep(now, outcome);
            });
        }
    }
}
