//! What the cache for many threads counts, and whom it tells.

use alloc::sync::Arc;
use core::hash::Hash;

use super::hub::Subscription;
use super::sharded::MemoryCache;
use crate::event::Event;
use crate::policy::Shared;
use crate::stats::Stats;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// What was counted since the cache was built, or since [`reset_stats`](Self::reset_stats). The
    /// shards are asked one after the other: while others write, their sums are of slightly different
    /// moments. `size` is of one moment.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// assert_eq!((cache.stats().sets, cache.stats().size), (1, 1));
    /// assert!(cache.stats().memory_usage > 0);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        let mut stats = Stats { size: self.balance.entries() as u64, ..Stats::default() };
        for shard in self.shards() {
            self.look(shard, |state| {
                stats.add(&state.shard.stats);
                stats.weight = stats.weight.saturating_add(state.shard.engine.weight());
                stats.memory_usage += state.shard.memory() as u64;
            });
        }
        stats.memory_usage += self.shared.as_ref().map_or(0, Shared::memory) as u64;
        (stats.hits, stats.misses) = self.locks.counted();
        stats
    }

    /// Counts from 0 again; what is in the cache stays, and so do `size`, `weight` and `memory_usage`.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// cache.set(1, "one")?;
    /// cache.get(&1);
    /// cache.reset_stats();
    /// assert_eq!((cache.stats().hits, cache.stats().sets, cache.stats().size), (0, 0, 1));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// When called from code that this cache runs under its own lock.
    pub fn reset_stats(&self) {
        for shard in self.shards() {
            self.remove("reset_stats", shard, |state, _| state.shard.stats = Stats::default());
        }
        self.locks.reset_counts();
    }

    /// Calls `listener` for every event until the subscription is dropped. It is called outside all
    /// locks, so it may use the cache; one thread at a time tells, so a call may return before its
    /// notice. A listener that panics harms nobody.
    ///
    /// ```
    /// use std::sync::mpsc;
    /// let (cache, (sender, heard)) = (cachefn_core::MemoryCache::builder().build()?, mpsc::channel());
    /// let _subscription = cache.subscribe(move |event| drop(sender.send(event.to_owned())));
    /// cache.set(1, "one")?;
    /// let event = heard.recv().unwrap();
    /// assert_eq!((event.kind.as_str(), event.key), ("set", Some(1)));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn subscribe(
        &self,
        listener: impl Fn(&Event<K>) + Send + Sync + 'static,
    ) -> Subscription<K> {
        self.hub.subscribe(Arc::new(listener))
    }
}
