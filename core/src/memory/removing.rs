//! How entries are removed from the cache for many threads.

use alloc::vec::Vec;
use core::hash::Hash;

use super::matcher::Matcher;
use super::outcome::Outcome;
use super::sharded::{Guarded, MemoryCache};
use crate::cause::Cause;
use crate::event::Event;
use crate::glob::Glob;
use crate::key::{KeyText, Lookup};
use crate::options::Mode;

/// All of them panic when called from code that this cache runs under its own lock: a removal that is
/// not carried out would leave wrong values behind.
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
        self.remove("delete", self.shard_of(hash), |state, outcome| {
            state.loads.fence(hash.engine(), key);
            let Some(slot) = state.shard.find(hash.engine(), key) else { return false };
            let now = self.now_for(&state.shard);
            let deleted = state.shard.remove(slot, now, Cause::Deleted, outcome) == Cause::Deleted;
            state.shard.stats.deletes += u64::from(deleted);
            deleted
        })
    }

    /// Removes the entries under many keys; how many living ones were there.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set_many([(1, "one"), (2, "two")])?;
    /// assert_eq!(cache.delete_many(&[2, 3]), 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn delete_many<'q, Q>(&self, keys: impl IntoIterator<Item = &'q Q>) -> usize
    where
        Q: Lookup<K> + ?Sized + 'q,
    {
        keys.into_iter().filter(|key| self.delete(*key)).count()
    }

    /// Makes the entry under `key` stale now; whether it was fresh. An entry without a stale window
    /// leaves. A value being loaded for the key now will not be stored.
    ///
    /// ```
    /// use cachefn_core::MemoryCache;
    /// use std::time::Duration;
    /// let cache = MemoryCache::builder().stale_if_error(Duration::from_secs(60)).build()?;
    /// cache.set(1, "one")?;
    /// assert!(cache.expire(&1));
    /// assert_eq!(cache.get(&1), None);
    /// assert_eq!(cache.get_or_fetch(&1, || Err("down")), Ok("one"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn expire<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        let hash = self.hash(key);
        self.remove("expire", self.shard_of(hash), |state, outcome| {
            state.loads.fence(hash.engine(), key);
            let Some(slot) = state.shard.find(hash.engine(), key) else { return false };
            let now = self.clock.mono_ms();
            state.shard.expire(slot, now, outcome)
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
            self.remove("clear", shard, |state, outcome| {
                state.loads.fence_all();
                let now = self.now_for(&state.shard);
                state.shard.clear(now, outcome);
            });
        }
    }

    /// Drops all dead entries now; how many. Otherwise they leave little by little, with writes.
    ///
    /// ```
    /// use cachefn_core::{ManualClock, MemoryCache};
    /// use std::time::Duration;
    /// let clock = ManualClock::new();
    /// let cache = MemoryCache::builder().ttl(Duration::from_secs(1)).clock(clock.clone()).build()?;
    /// cache.set_many([(1, "one"), (2, "two")])?;
    /// clock.advance(Duration::from_secs(1));
    /// assert_eq!(cache.purge(), 2);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn purge(&self) -> usize {
        let sweep =
            |shard| self.remove("purge", shard, |state, outcome| self.sweep(state, outcome));
        self.shards().map(sweep).sum()
    }

    /// Drops all dead entries before the others are listed or counted; `false` when the call came from
    /// code under a lock, where nothing is found.
    pub(super) fn reclaim(&self) -> bool {
        let mut shards = self.shards();
        let swept = shards
            .all(|shard| self.change(shard, |state, outcome| self.sweep(state, outcome)).is_ok());
        if !swept {
            self.tell_reentrant(None);
        }
        swept
    }

    fn sweep(&self, state: &mut Guarded<K, V>, outcome: &mut Outcome<K, V>) -> usize {
        let (now, before) = (self.now_for(&state.shard), state.shard.len());
        state.shard.sweep(now, outcome);
        before - state.shard.len()
    }

    /// Makes every entry that carries `tag` unreachable at once, in a time that does not depend on
    /// their number. They leave later: all of them with `purge` or `len`, and in a full cache little by
    /// little, before any other entry has to go. Values being loaded now that will carry the
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
        self.invalidate_by_tag_with(tag, Mode::Remove);
    }

    /// As [`invalidate_by_tag`](Self::invalidate_by_tag), for several tags.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::builder().build()?;
    /// cache.set_with(7, "Ada", EntryOptions::new().tag("user:7"))?;
    /// cache.set_with(8, "Bob", EntryOptions::new().tag("user:8"))?;
    /// cache.invalidate_by_tags(["user:7", "user:8"]);
    /// assert!(cache.is_empty());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tags<T: AsRef<str>>(&self, tags: impl IntoIterator<Item = T>) {
        self.invalidate_by_tags_with(tags, Mode::Remove);
    }

    /// Invalidates several tags in the way that `mode` says.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache, Mode};
    /// use std::time::Duration;
    /// let cache = MemoryCache::builder().stale_if_error(Duration::from_secs(60)).build()?;
    /// cache.set_with(7, "Ada", EntryOptions::new().tag("user:7"))?;
    /// cache.invalidate_by_tags_with(["user:7", "user:8"], Mode::Expire);
    /// assert_eq!(cache.get_or_fetch(&7, || Err("down")), Ok("Ada"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tags_with<T>(&self, tags: impl IntoIterator<Item = T>, mode: Mode)
    where
        T: AsRef<str>,
    {
        let tags: Vec<T> = tags.into_iter().collect();
        let tags: Vec<&str> = tags.iter().map(AsRef::as_ref).collect();
        self.invalidate_tags("invalidate_by_tags", &tags, mode);
    }

    /// Invalidates a tag in the way that `mode` says.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache, Mode};
    /// use std::time::Duration;
    /// let cache = MemoryCache::builder().stale_if_error(Duration::from_secs(60)).build()?;
    /// cache.set_with(7, "Ada", EntryOptions::new().tag("users"))?;
    /// cache.invalidate_by_tag_with("users", Mode::Expire);
    /// assert_eq!(cache.get(&7), None);
    /// assert_eq!(cache.get_or_fetch(&7, || Err("down")), Ok("Ada"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tag_with(&self, tag: &str, mode: Mode) {
        self.invalidate_tags("invalidate_by_tag", &[tag], mode);
    }

    /// One invalidation, told and counted once.
    fn invalidate_tags(&self, operation: &str, tags: &[&str], mode: Mode) {
        for shard in self.shards() {
            self.remove(operation, shard, |state, outcome| {
                for tag in tags {
                    state.loads.fence_tag(tag);
                    state.shard.invalidate_tag(tag, mode, || self.clock.mono_ms());
                }
                if shard == 0 {
                    state.shard.stats.invalidations += 1;
                    outcome.tell(|| Event::invalidate(None));
                }
            });
        }
    }

    /// Removes every entry whose key's text matches a glob, or one of a list; how many. Values being
    /// loaded now for such keys are not stored. Looks at every key; the text of a key is written under
    /// the shard's lock.
    ///
    /// ```
    /// use cachefn_core::{Glob, MemoryCache};
    /// let cache = MemoryCache::<String, _>::builder().build()?;
    /// for key in ["user:1", "shop:1", "shop:2", "town:1"] {
    ///     cache.set(key.into(), 1)?;
    /// }
    /// assert_eq!(cache.invalidate_by_pattern(&Glob::new("user:*")?), 1);
    /// assert_eq!(cache.invalidate_by_pattern(&[Glob::prefix("shop:"), Glob::new("?own:1")?]), 3);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_pattern(&self, patterns: &(impl AsRef<[Glob]> + ?Sized)) -> usize
    where
        K: KeyText,
    {
        self.invalidate_by_pattern_with(patterns, Mode::Remove)
    }

    /// Invalidates by pattern in the way that `mode` says; how many entries.
    ///
    /// ```
    /// use cachefn_core::{Glob, MemoryCache, Mode};
    /// let cache = MemoryCache::<String, _>::builder().build()?;
    /// cache.set("user:1".into(), 1)?;
    /// let all = Glob::new("*")?;
    /// assert_eq!(cache.invalidate_by_pattern_with(&all, Mode::Expire), 1);
    /// assert_eq!(cache.get("user:1"), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_pattern_with(
        &self,
        patterns: &(impl AsRef<[Glob]> + ?Sized),
        mode: Mode,
    ) -> usize
    where
        K: KeyText,
    {
        let mut matched = 0;
        for shard in self.shards() {
            self.remove("invalidate_by_pattern", shard, |state, outcome| {
                let Guarded { shard, loads } = state;
                let mut text = Matcher::new(patterns.as_ref());
                loads.fence_if(|key| text.matches(key));
                let now = self.clock.mono_ms();
                let how = (mode, Cause::Pattern);
                matched += shard.invalidate_matching(|key| text.matches(key), how, now, outcome);
            });
        }
        self.remove("invalidate_by_pattern", 0, |state, outcome| {
            state.shard.stats.invalidations += 1;
            outcome.tell(|| Event::invalidate(Some(matched as u64)));
        });
        matched
    }
}
