//! Asking or computing in the cache for one thread.

use core::hash::Hash;
use core::mem;
use core::time::Duration;

use super::MemoryCache;
use crate::cause::Cause;
use crate::engine::Staleness;
use crate::event::{Event, EventKind};
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::memory::context::FetchContext;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The value under `key`, or else what `fetcher` returns, which is then stored. Errors of the
    /// fetcher pass through and are not stored; a stale value is returned instead where
    /// `stale_if_error` allows it.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::<u64, u64>::builder().build()?;
    /// assert_eq!(cache.get_or_fetch(&3, || 9), 9);
    /// assert_eq!(cache.get_or_fetch(&3, || 0), 9);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn get_or_fetch<Q, R>(&mut self, key: &Q, fetcher: impl FnOnce() -> R) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        self.get_or_fetch_with(key, EntryOptions::new(), |_| fetcher())
    }

    /// As [`get_or_fetch`](Self::get_or_fetch), with settings of the entry's own, and a context by
    /// which the fetcher may change them when it knows the value.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, unsync::MemoryCache};
    /// let mut cache = MemoryCache::<u64, u64>::builder().build()?;
    /// let answer = cache.get_or_fetch_with(&1, EntryOptions::new(), |context| {
    ///     context.skip();
    ///     42
    /// });
    /// assert_eq!((answer, cache.get(&1)), (42, None));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn get_or_fetch_with<Q, R>(
        &mut self,
        key: &Q,
        options: EntryOptions,
        fetcher: impl FnOnce(&mut FetchContext<V>) -> R,
    ) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        if let Some(value) = self.hit(key).and_then(|slot| self.shard.value(slot)) {
            return R::hit(value.clone());
        }
        let (hash, began) = (self.hasher.hash(key).engine(), self.time());
        let stale = self.shard.find_stale(hash, key, began);
        let left = |stale: Staleness| stale.bridges_for.saturating_sub(stale.since);
        let previous = stale.map(|(value, stale)| (Some(value.clone()), left(stale)));
        let (previous, bridges_for) = previous.unwrap_or((None, 0));
        let mut context = FetchContext::new(previous);
        let (result, took) = self.run(key, || fetcher(&mut context));
        if let Some(value) = result.success() {
            self.shard.stats.loads += 1;
            self.listeners.tell(|| Event::of(EventKind::Load, key.to_key()));
            if !context.skips {
                let value = value.clone();
                // What cannot be stored must not fail the caller.
                let _ = self.set_with(key.to_key(), value, context.apply(options));
            }
            return result;
        }
        self.fail(key);
        // It may have died of idleness while the fetcher ran.
        let is_left = self.shard.find_stale(hash, key, self.time()).is_some();
        match context.previous.filter(|_| took < bridges_for && is_left) {
            Some(previous) => {
                self.shard.stats.stale_on_error += 1;
                let stale = || Event::because(EventKind::Stale, key.to_key(), Cause::LoadFailed);
                self.listeners.tell(stale);
                R::hit(previous)
            }
            None => result,
        }
    }

    /// Fills the cache ahead with what `fetcher` makes of each key that has no fresh value; how many
    /// were made.
    ///
    /// ```
    /// use cachefn_core::unsync::MemoryCache;
    /// let mut cache = MemoryCache::builder().build()?;
    /// assert_eq!(cache.warm([1_u64, 2, 3], |n| n * n), 3);
    /// assert_eq!(cache.get(&3), Some(&9));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn warm(
        &mut self,
        keys: impl IntoIterator<Item = K>,
        mut fetcher: impl FnMut(&K) -> V,
    ) -> usize
    where
        K: Lookup<K>,
    {
        let mut made = 0;
        for key in keys {
            if !self.contains(&key) {
                made += 1;
                self.get_or_fetch(&key, || fetcher(&key));
            }
        }
        made
    }
}

impl<K: Hash + Eq + Clone, V> MemoryCache<K, V> {
    /// Runs a fetcher and counts how long; one that panics counts as failed.
    pub(super) fn run<Q, T>(&mut self, key: &Q, fetcher: impl FnOnce() -> T) -> (T, u64)
    where
        Q: Lookup<K> + ?Sized,
    {
        let began = self.time();
        let mut running = Running { cache: self, key, began };
        let made = fetcher();
        let took = running.end();
        mem::forget(running);
        (made, took)
    }

    fn fail<Q: Lookup<K> + ?Sized>(&mut self, key: &Q) {
        self.shard.stats.load_failures += 1;
        let error = || Event::because(EventKind::Error, key.to_key(), Cause::LoadFailed);
        self.listeners.tell(error);
    }
}

/// A fetcher that runs; dropped when it panics.
struct Running<'c, K: Hash + Eq + Clone, V, Q: Lookup<K> + ?Sized> {
    cache: &'c mut MemoryCache<K, V>,
    key: &'c Q,
    began: u64,
}

impl<K: Hash + Eq + Clone, V, Q: Lookup<K> + ?Sized> Running<'_, K, V, Q> {
    fn end(&mut self) -> u64 {
        let took = self.cache.time().saturating_sub(self.began);
        self.cache.shard.stats.load_time += Duration::from_millis(took);
        took
    }
}

impl<K: Hash + Eq + Clone, V, Q: Lookup<K> + ?Sized> Drop for Running<'_, K, V, Q> {
    fn drop(&mut self) {
        self.end();
        self.cache.fail(self.key);
    }
}
