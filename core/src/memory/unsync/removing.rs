//! How entries are removed from the cache for one thread, and how its keys are listed.

use alloc::vec::Vec;
use core::hash::Hash;

use super::MemoryCache;
use crate::cause::Cause;
use crate::event::Event;
use crate::glob::Glob;
use crate::key::{KeyText, Lookup};
use crate::memory::matcher::Matcher;

impl<K: Hash + Eq + Clone, V> MemoryCache<K, V> {
    /// Removes the entry under `key`; whether a living one was there.
    pub fn delete<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> bool {
        let hash = self.hasher.hash(key).engine();
        let Some(slot) = self.shard.find(hash, key) else { return false };
        let deleted = self.change(|shard, now, outcome| {
            shard.remove(slot, now, Cause::Deleted, outcome) == Cause::Deleted
        });
        self.shard.stats.deletes += u64::from(deleted);
        deleted
    }

    /// Removes everything. Counts stay.
    pub fn clear(&mut self) {
        self.change(|shard, now, outcome| shard.clear(now, outcome));
    }

    /// Makes every entry that carries `tag` unreachable at once, in a time that does not depend on
    /// their number; their memory is reclaimed later.
    pub fn invalidate_by_tag(&mut self, tag: &str) {
        self.shard.invalidate_tag(tag);
        self.shard.stats.invalidations += 1;
        self.listeners.tell(|| Event::invalidate(None));
    }

    /// Removes every entry whose key's text matches; how many. Looks at every key.
    pub fn invalidate_by_pattern(&mut self, pattern: &Glob) -> usize
    where
        K: KeyText,
    {
        let mut text = Matcher::new(pattern);
        let removed = self.change(|shard, now, outcome| {
            let matching = text.slots(shard.alive(now));
            for slot in &matching {
                shard.remove(*slot, now, Cause::Pattern, outcome);
            }
            matching.len()
        });
        self.shard.stats.invalidations += 1;
        self.listeners.tell(|| Event::invalidate(Some(removed as u64)));
        removed
    }

    /// The keys of the living entries whose text matches, in no order. Reclaims the dead first.
    pub fn keys(&mut self, pattern: &Glob) -> Vec<K>
    where
        K: KeyText,
    {
        self.change(|shard, now, outcome| shard.sweep(now, outcome));
        let mut text = Matcher::new(pattern);
        let alive = self.shard.alive(self.time()).map(|(_, key)| key);
        alive.filter(|key| text.matches(*key)).cloned().collect()
    }

    /// How many living entries there are. Reclaims the dead first.
    pub fn len(&mut self) -> usize {
        self.change(|shard, now, outcome| shard.sweep(now, outcome));
        self.shard.len()
    }

    /// Whether there is no living entry. Reclaims the dead first.
    pub fn is_empty(&mut self) -> bool {
        self.len() == 0
    }
}
