//! How the cache for one thread is read and listed.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::hash::Hash;

use super::MemoryCache;
use crate::event::{Event, EventKind};
use crate::glob::Glob;
use crate::key::{KeyText, Lookup};
use crate::memory::matcher::Matcher;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V> MemoryCache<K, V> {
    /// The value under `key`; counts a hit or a miss. A dead or stale entry is a miss. A cache with a
    /// fetcher makes what it misses (but what it may not store it cannot hand out).
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.get(&1), Some(&"one"));
    /// assert_eq!(cache.get(&2), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn get<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> Option<&V> {
        let mut found = self.hit(key);
        if found.is_none() && self.settings.fetcher.is_some() {
            found = self.fetch(key);
        }
        self.shard.value(found?)
    }

    /// What `read` makes of the value under `key`; counts a hit or a miss.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.get_with(&1, |text| text.len()), Some(3));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn get_with<Q, R>(&mut self, key: &Q, read: impl FnOnce(&V) -> R) -> Option<R>
    where
        Q: Lookup<K> + ?Sized,
    {
        self.get(key).map(read)
    }

    /// A copy of the value under each key, in their order; counts a hit or a miss for each.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_many([(1, "one"), (2, "two")])?;
    /// assert_eq!(cache.get_many(&[2, 3]), [Some("two"), None]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn get_many<'q, Q>(&mut self, keys: impl IntoIterator<Item = &'q Q>) -> Vec<Option<V>>
    where
        Q: Lookup<K> + ?Sized + 'q,
        V: Clone,
    {
        keys.into_iter().map(|key| self.get(key).cloned()).collect()
    }

    /// The value under `key`, counting nothing and changing nothing.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.peek(&1), Some(&"one"));
    /// assert_eq!(cache.stats().hits, 0);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn peek<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        let hash = self.hasher.hash(key).engine();
        self.shard.find_fresh(hash, key, || self.time()).map(|(_, value)| value)
    }

    /// Whether a fresh entry is under `key`, counting nothing and changing nothing.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert!(cache.contains(&1) && !cache.contains(&2));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn contains<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        self.peek(key).is_some()
    }

    /// The keys of the fresh entries whose text matches a glob, or one of a list; in no order. Drops
    /// the dead first.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_many([(17, "a"), (27, "b")])?;
    /// assert_eq!(cache.keys(&cachefn_core::Glob::new("1*")?), [17]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn keys(&mut self, patterns: &(impl AsRef<[Glob]> + ?Sized)) -> Vec<K>
    where
        K: KeyText,
    {
        self.purge();
        let mut text = Matcher::new(patterns.as_ref());
        let fresh = self.shard.fresh(self.time()).map(|(_, key, _)| key);
        fresh.filter(|key| text.matches(*key)).cloned().collect()
    }

    /// Keys and copies of the values of at most `limit` fresh entries whose key's text matches a glob,
    /// or one of a list; in no order. Counts nothing, drops the dead first.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set_many([(17, "a"), (27, "b")])?;
    /// assert_eq!(cache.entries(&cachefn_core::Glob::prefix("2"), 10), [(27, "b")]);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn entries(&mut self, patterns: &(impl AsRef<[Glob]> + ?Sized), limit: usize) -> Vec<(K, V)>
    where
        K: KeyText,
        V: Clone,
    {
        self.purge();
        let mut text = Matcher::new(patterns.as_ref());
        let fresh = self.shard.fresh(self.time()).filter(|(_, key, _)| text.matches(*key));
        fresh.take(limit).map(|(_, key, value)| (key.clone(), value.clone())).collect()
    }

    /// How many living entries there are. Drops the dead first.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.len(), 1);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn len(&mut self) -> usize {
        self.purge();
        self.shard.len()
    }

    /// Whether there is no living entry. Drops the dead first.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert!(!cache.is_empty());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn is_empty(&mut self) -> bool {
        self.len() == 0
    }

    /// The slot of a fresh entry, counted as a hit or a miss.
    #[inline]
    pub(super) fn hit<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> Option<u32> {
        let hash = self.hasher.hash(key).engine();
        let found = self.shard.find_fresh(hash, key, || self.time()).map(|(slot, _)| slot);
        match found {
            Some(slot) => {
                self.shard.engine.hit(slot, || self.time());
                self.shard.drain_when_full();
                self.shard.stats.hits += 1;
            }
            None => self.shard.stats.misses += 1,
        }
        self.listeners.tell(|| {
            let kind = if found.is_some() { EventKind::Hit } else { EventKind::Miss };
            Event::of(kind, key.to_key())
        });
        found
    }

    /// Reads through, by the cache's own fetcher; the slot of what was stored.
    #[cold]
    fn fetch<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) -> Option<u32> {
        let fetcher = Rc::clone(self.settings.fetcher.as_ref()?);
        let own = key.to_key();
        let (value, _) = self.run(key, || fetcher(&own));
        self.shard.stats.loads += 1;
        self.listeners.tell(|| Event::of(EventKind::Load, own.clone()));
        self.set_with(own, value, EntryOptions::new()).ok()?;
        let hash = self.hasher.hash(key).engine();
        self.shard.find_fresh(hash, key, || self.time()).map(|(slot, _)| slot)
    }
}
