//! How entries are removed from the cache for one thread.

use core::hash::Hash;

use super::MemoryCache;
use crate::cause::Cause;
use crate::event::Event;
use crate::glob::Glob;
use crate::key::{KeyText, Lookup};
use crate::memory::matcher::Matcher;
use crate::options::Mode;

impl<K: Hash + Eq + Clone, V> MemoryCache<K, V> {
    /// Removes the entry under `key`; whether a living one was there.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert!(cache.delete(&1) && !cache.delete(&1));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn delete<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> bool {
        let hash = self.hasher.hash(key).engine();
        let Some(slot) = self.shard.find(hash, key) else { return false };
        let deleted = self.change(|shard, now, outcome| {
            shard.remove(slot, now, Cause::Deleted, outcome) == Cause::Deleted
        });
        self.shard.stats.deletes += u64::from(deleted);
        deleted
    }

    /// Removes the entries under many keys; how many living ones were there.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_many([(1, "one"), (2, "two")])?;
    /// assert_eq!(cache.delete_many(&[2, 3]), 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn delete_many<'q, Q>(&mut self, keys: impl IntoIterator<Item = &'q Q>) -> usize
    where
        Q: Lookup<K> + ?Sized + 'q,
    {
        keys.into_iter().filter(|key| self.delete(*key)).count()
    }

    /// Makes the entry under `key` stale now; whether it was fresh. An entry without a stale window
    /// leaves.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert!(cache.expire(&1));
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn expire<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> bool {
        let (hash, now) = (self.hasher.hash(key).engine(), self.time());
        let Some(slot) = self.shard.find(hash, key) else { return false };
        self.apply(|shard, outcome| shard.expire(slot, now, outcome))
    }

    /// Removes everything. Counts stay.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// cache.clear();
    /// assert!(cache.is_empty());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn clear(&mut self) {
        self.change(|shard, now, outcome| shard.clear(now, outcome));
    }

    /// Drops all dead entries now; how many. Otherwise they leave little by little, with writes.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.purge(), 0); // nothing is dead
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn purge(&mut self) -> usize {
        let before = self.shard.len();
        self.change(|shard, now, outcome| shard.sweep(now, outcome));
        before - self.shard.len()
    }

    /// Makes every entry that carries `tag` unreachable at once, in a time that does not depend on
    /// their number. They leave later: all with `purge` or `len`, and in a full cache before any other
    /// entry has to go.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// use cachefn_core::EntryOptions;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd"))?;
    /// cache.invalidate_by_tag("odd");
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tag(&mut self, tag: &str) {
        self.invalidate_by_tag_with(tag, Mode::Remove);
    }

    /// As [`invalidate_by_tag`](Self::invalidate_by_tag), for several tags.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// use cachefn_core::EntryOptions;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd"))?;
    /// cache.invalidate_by_tags(["odd", "even"]);
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tags<T: AsRef<str>>(&mut self, tags: impl IntoIterator<Item = T>) {
        self.invalidate_by_tags_with(tags, Mode::Remove);
    }

    /// Invalidates several tags, which is one invalidation, in the way that `mode` says.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// use cachefn_core::{EntryOptions, Mode};
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd"))?;
    /// cache.invalidate_by_tags_with(["odd", "even"], Mode::Expire);
    /// assert_eq!(cache.get(&1), None);
    /// assert_eq!(cache.stats().invalidations, 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tags_with<T>(&mut self, tags: impl IntoIterator<Item = T>, mode: Mode)
    where
        T: AsRef<str>,
    {
        let now = self.time();
        tags.into_iter().for_each(|tag| self.shard.invalidate_tag(tag.as_ref(), mode, || now));
        self.shard.stats.invalidations += 1;
        self.listeners.tell(|| Event::invalidate(None));
    }

    /// Invalidates a tag in the way that `mode` says.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// use cachefn_core::{EntryOptions, Mode};
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_with(1, "one", EntryOptions::new().tag("odd"))?;
    /// cache.invalidate_by_tag_with("odd", Mode::Expire);
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_tag_with(&mut self, tag: &str, mode: Mode) {
        self.invalidate_by_tags_with([tag], mode);
    }

    /// Removes every entry whose key's text matches a glob, or one of a list; how many. Looks at every
    /// key.
    ///
    /// ```
    /// use cachefn_core::{Glob, unsync::MemoryCache};
    /// let mut cache = MemoryCache::<String, u32>::builder().build()?;
    /// cache.set_many([("user:1".into(), 1), ("shop:1".into(), 2)])?;
    /// assert_eq!(cache.invalidate_by_pattern(&[Glob::prefix("user:"), Glob::prefix("town:")]), 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_pattern(&mut self, patterns: &(impl AsRef<[Glob]> + ?Sized)) -> usize
    where
        K: KeyText,
    {
        self.invalidate_by_pattern_with(patterns, Mode::Remove)
    }

    /// Invalidates by pattern in the way that `mode` says; how many entries.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// use cachefn_core::{Glob, Mode};
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_many([(17, "a"), (27, "b")])?;
    /// assert_eq!(cache.invalidate_by_pattern_with(&Glob::prefix("1"), Mode::Expire), 1);
    /// assert_eq!(cache.get(&17), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn invalidate_by_pattern_with(
        &mut self,
        patterns: &(impl AsRef<[Glob]> + ?Sized),
        mode: Mode,
    ) -> usize
    where
        K: KeyText,
    {
        let (mut text, now) = (Matcher::new(patterns.as_ref()), self.time());
        let matched = self.apply(|shard, outcome| {
            let how = (mode, Cause::Pattern);
            shard.invalidate_matching(|key| text.matches(key), how, now, outcome)
        });
        self.shard.stats.invalidations += 1;
        self.listeners.tell(|| Event::invalidate(Some(matched as u64)));
        matched
    }
}
