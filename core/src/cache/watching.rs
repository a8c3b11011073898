//! What the asynchronous cache counts, lists, and whom it tells.

use alloc::vec::Vec;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use crate::event::Event;
use crate::glob::Glob;
use crate::key::KeyText;
use crate::memory::Subscription;
use crate::stats::Stats;

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// What was counted since it was built, or since the last reset, in all tiers: a value that only
    /// the storage had is one hit.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// cache.get_or_fetch(&1, || async { 1 }).await;
    /// cache.get(&1).await?;
    /// assert_eq!((cache.stats().hits, cache.stats().misses), (1, 1));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn stats(&self) -> Stats {
        let mut stats = self.inner.memory.stats();
        if let Some(storage) = &self.inner.tier {
            storage.counts.add_to(&mut stats);
            stats.hits += stats.storage_hits;
            stats.misses = stats.misses.saturating_sub(stats.storage_hits);
        }
        if let Some(peers) = &self.inner.peers {
            peers.add_to(&mut stats);
        }
        stats
    }

    /// Counts from zero again. Nothing else does that.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// cache.get(&1).await?;
    /// cache.reset_stats();
    /// assert_eq!(cache.stats().misses, 0);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn reset_stats(&self) {
        self.inner.memory.reset_stats();
        if let Some(storage) = &self.inner.tier {
            storage.counts.reset();
        }
        if let Some(peers) = &self.inner.peers {
            peers.reset_counts();
        }
    }

    /// Tells the listener what happens, until the subscription is dropped.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # use std::sync::{Arc, atomic::{AtomicU32, Ordering::Relaxed}};
    /// # pollster::block_on(async {
    /// let (cache, heard) = (Cache::builder("numbers").build()?, Arc::new(AtomicU32::new(0)));
    /// let counter = heard.clone();
    /// let _subscription = cache.subscribe(move |_| drop(counter.fetch_add(1, Relaxed)));
    /// cache.set(1, "one").await?;
    /// assert_eq!(heard.load(Relaxed), 1);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn subscribe(
        &self,
        listener: impl Fn(&Event<K>) + Send + Sync + 'static,
    ) -> Subscription<K> {
        self.inner.memory.subscribe(listener)
    }

    /// How many living entries are in memory.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// assert_eq!(cache.len(), 0);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[allow(
        clippy::len_without_is_empty,
        reason = "what is empty in memory may lie in the storage"
    )]
    pub fn len(&self) -> usize {
        self.inner.memory().len()
    }

    /// The keys in memory that match one of the patterns; counts nothing.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Glob};
    /// # pollster::block_on(async {
    /// let cache = Cache::<String, u32>::builder("numbers").build()?;
    /// cache.set_many([("user:1".into(), 1), ("page:1".into(), 2)]).await?;
    /// assert_eq!(cache.keys(&Glob::prefix("user:")), ["user:1"]);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn keys(&self, patterns: &(impl AsRef<[Glob]> + ?Sized)) -> Vec<K>
    where
        K: KeyText,
    {
        self.inner.memory().keys(patterns)
    }

    /// At most `limit` entries in memory whose keys match one of the patterns; counts nothing.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Glob};
    /// # pollster::block_on(async {
    /// let cache = Cache::<String, u32>::builder("numbers").build()?;
    /// cache.set("user:1".into(), 1).await?;
    /// assert_eq!(cache.entries(&Glob::prefix(""), 10), [("user:1".to_string(), 1)]);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn entries(&self, patterns: &(impl AsRef<[Glob]> + ?Sized), limit: usize) -> Vec<(K, V)>
    where
        K: KeyText,
    {
        self.inner.memory().entries(patterns, limit)
    }
}
