//! How the cache for many threads is read, counted and listened to.

use alloc::sync::Arc;
use core::hash::Hash;
use core::sync::atomic::Ordering::Relaxed;

use super::hub::Subscription;
use super::sharded::MemoryCache;
use crate::event::{Event, EventKind};
use crate::key::Lookup;
use crate::stats::Stats;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The value under `key`; counts a hit or a miss. A dead entry is a miss.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set("a".to_string(), 1)?;
    /// assert_eq!(cache.get("a"), Some(1));
    /// assert_eq!(cache.get("b"), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn get<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        if self.hub.is_listening() {
            return self.get_and_tell(key);
        }
        let (cell, hash) = self.cell(key);
        let state = cell.state.read();
        match state.shard.find_alive(hash, key, || self.clock.mono_ms()) {
            Some((slot, value)) => {
                state.shard.touch(slot);
                self.counters.hit();
                Some(value.clone())
            }
            None => {
                self.counters.miss();
                None
            }
        }
    }

    /// The value under `key`, counting nothing and changing nothing.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!(cache.peek(&1), Some("one"));
    /// assert_eq!(cache.stats().hits, 0);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn peek<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        let (cell, hash) = self.cell(key);
        let state = cell.state.read();
        state.shard.find_alive(hash, key, || self.clock.mono_ms()).map(|(_, value)| value.clone())
    }

    /// Whether a living entry is under `key`, counting nothing and changing nothing.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert!(cache.contains(&1) && !cache.contains(&2));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn contains<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        let (cell, hash) = self.cell(key);
        cell.state.read().shard.find_alive(hash, key, || self.clock.mono_ms()).is_some()
    }

    /// What was counted since the cache was built.
    pub fn stats(&self) -> Stats {
        let mut stats = Stats::default();
        for cell in &self.cells {
            stats.add(&cell.state.read().shard.stats);
        }
        (stats.hits, stats.misses) = self.counters.total();
        stats.size = self.resident.load(Relaxed) as u64;
        stats
    }

    /// Calls `listener` for every event until the subscription is dropped. It is called outside all
    /// locks, so it may use the cache; one thread at a time tells, so a call may return before its
    /// notice. A listener that panics harms nobody.
    pub fn subscribe(
        &self,
        listener: impl Fn(&Event<K>) + Send + Sync + 'static,
    ) -> Subscription<K> {
        self.hub.subscribe(Arc::new(listener))
    }

    /// A read whose event is queued under the lock, so that it stands before a later removal.
    #[cold]
    fn get_and_tell<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        let notice = key.to_key();
        let (cell, hash) = self.cell(key);
        let state = cell.state.read();
        let found = state.shard.find_alive(hash, key, || self.clock.mono_ms());
        let kind = match found {
            Some((slot, _)) => {
                state.shard.touch(slot);
                self.counters.hit();
                EventKind::Hit
            }
            None => {
                self.counters.miss();
                EventKind::Miss
            }
        };
        self.hub.queue([Event::of(kind, notice)]);
        let value = found.map(|(_, value)| value.clone());
        drop(state);
        self.hub.deliver();
        value
    }
}
