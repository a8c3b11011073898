//! What the asynchronous cache asks of its memory, besides what everybody may.

use core::hash::Hash;

use super::matcher::Matcher;
use super::sharded::MemoryCache;
use crate::cause::Cause;
use crate::entry::{Life, NEVER};
use crate::event::{Event, EventKind};
use crate::glob::Glob;
use crate::key::{KeyText, Lookup};
use crate::options::{EntryOptions, Mode};

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The fresh value under `key`; counts a hit or a miss. No fetcher is asked.
    #[inline]
    pub(crate) fn find<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        self.read(key, V::clone)
    }

    /// Counts a miss of what is not looked for in memory.
    pub(crate) fn count_miss(&self) {
        self.locks.count(false);
    }

    pub(crate) fn wall_ms(&self) -> u64 {
        self.clock.wall_ms()
    }

    /// What loads the key now is too old to be stored.
    pub(crate) fn fence<Q: Lookup<K> + ?Sized>(&self, key: &Q) {
        let hash = self.hash(key);
        let fenced = self.change(self.shard_of(hash), |state, _| {
            state.loads.fence_loads(hash.engine(), key);
        });
        // From code under a lock nothing is written.
        let _ = fenced;
    }

    /// [`fence`](Self::fence) of many keys, with one look at each shard where that is less.
    pub(crate) fn fence_many(&self, keys: &[K]) {
        if keys.len() < self.shards().count() {
            return keys.iter().for_each(|key| self.fence(key));
        }
        for shard in self.shards() {
            let fenced = self.change(shard, |state, _| {
                if state.loads.are_running() {
                    for key in keys {
                        // Of another shard it is none of these loads.
                        state.loads.fence_loads(self.hash(key).engine(), key);
                    }
                }
            });
            let _ = fenced;
        }
    }

    /// What loads keys that match now is too old to be stored.
    pub(crate) fn fence_matching(&self, patterns: &[Glob])
    where
        K: KeyText,
    {
        for shard in self.shards() {
            self.remove("invalidate_by_pattern", shard, |state, _| {
                let mut text = Matcher::new(patterns);
                state.loads.fence_if(|key| text.matches(key));
            });
        }
    }

    /// How long a new value would live, counted from 0.
    pub(crate) fn life_of(&self, value: &V, options: &EntryOptions) -> Life {
        let lifetime = self.settings.lifetime(value, options);
        let drawn = if self.settings.jitter == 0 { 0 } else { self.clock.mono_ms() as u32 };
        self.settings.life(lifetime, 0, drawn)
    }

    /// How many milliseconds a fresh entry has left, if it ends.
    pub(crate) fn fresh_for<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<u64> {
        let hash = self.hash(key);
        let left = self.look(self.shard_of(hash), |state| {
            let now = self.clock.mono_ms();
            let (slot, _) = state.shard.find_fresh(hash.engine(), key, || now)?;
            let until = state.shard.engine.fresh_until(slot);
            (until != NEVER).then(|| until.saturating_sub(now))
        });
        left.flatten()
    }

    /// A stale value was returned while a new one is being fetched.
    pub(crate) fn count_stale<Q: Lookup<K> + ?Sized>(&self, key: &Q) {
        let hash = self.hash(key);
        let counted = self.change(self.shard_of(hash), |state, outcome| {
            state.shard.stats.stale_hits += 1;
            outcome.tell(|| Event::of(EventKind::Stale, key.to_key()));
        });
        let _ = counted; // a count that code under a lock loses
    }

    /// Tells of something that the caller does not see.
    pub(crate) fn tell_error(&self, key: &K, cause: Cause) {
        if self.hub.is_listening() {
            self.hub.queue([Event::because(EventKind::Error, key.clone(), cause)]);
            self.tell_queued();
        }
    }

    /// Invalidates tags once more, for the same call: neither counted nor told again.
    pub(crate) fn invalidate_again(&self, tags: &[&str], mode: Mode) {
        for shard in self.shards() {
            self.remove("invalidate_by_tags", shard, |state, _| {
                for tag in tags {
                    state.loads.fence_tag(tag);
                    state.shard.invalidate_tag(tag, mode, || self.clock.mono_ms());
                }
            });
        }
    }
}
