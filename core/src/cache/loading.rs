//! Asking or computing, by fetchers that the caller drives.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::pin;

use super::bounds::{CacheKey, CacheValue};
use super::context::LoadContext;
use super::entering::{Entered, Load};
use super::face::Cache;
use super::inner::{Hold, Inner};
use super::protecting::protecting;
use super::tracer::LoadRole;
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::memory::Leader;
use crate::options::{EntryOptions, Tier};

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// The value under `key`, or else what `fetcher` makes, which is then stored in all tiers.
    ///
    /// While a fetcher runs, others that ask for the key wait for it. Its caller drives it, so it may
    /// borrow; when that caller is dropped, or the fetcher fails or panics, one who waits runs its own.
    /// (By [`try_get_or_fetch`](Self::try_get_or_fetch) one failure is for all who wait.) A value or a
    /// `Result` may be made; errors pass through and are not stored. A value is not
    /// stored when its key was written, deleted or invalidated meanwhile. A fetcher that asks for its
    /// own key in the same poll runs uncached, with an `error` event.
    ///
    /// A stale value is returned at once while another caller fetches (`stale_while_revalidate`), and
    /// when `fetcher` fails (`stale_if_error`).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u64, u64>::builder("squares").build()?;
    /// assert_eq!(cache.get_or_fetch(&3, || async { 9 }).await, 9);
    /// assert_eq!(cache.get_or_fetch(&3, || async { 0 }).await, 9);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    #[inline]
    pub async fn get_or_fetch<Q, F, Fut>(&self, key: &Q, fetcher: F) -> Fut::Output
    where
        Q: Lookup<K> + ?Sized,
        F: FnOnce() -> Fut,
        Fut: Future<Output: Fetched<V>>,
    {
        if let Some(value) = self.inner.hit(key) {
            return Fetched::hit(value);
        }
        // What only a miss needs is on the heap, so that the future of a hit is small.
        let miss = async {
            match self.hold().enter(key, EntryOptions::new(), OnFailure::IN_TURN).await {
                Entered::Done(result) => result,
                Entered::Lead(load) => load.run_alone(fetcher, OnFailure::IN_TURN).await,
            }
        };
        Box::pin(miss).await
    }

    /// As [`get_or_fetch`](Self::get_or_fetch), with settings of the entry's own, and a context by
    /// which the fetcher may change them when it knows the value.
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions, LoadContext};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, Result<u32, String>>::builder("users").build()?;
    /// // A cache of results: this one caches its errors too, but for a second only.
    /// let fetcher = |context: LoadContext<_>| async move {
    ///     context.ttl(std::time::Duration::from_secs(1));
    ///     Err("no such user".to_string())
    /// };
    /// let found = cache.get_or_fetch_with(&1, EntryOptions::new().tag("users"), fetcher).await;
    /// assert!(found.is_err());
    /// assert_eq!(cache.get(&1).await?, Some(found));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn get_or_fetch_with<Q, R, F, Fut>(
        &self,
        key: &Q,
        options: EntryOptions,
        fetcher: F,
    ) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
        F: FnOnce(LoadContext<V>) -> Fut,
        Fut: Future<Output = R>,
    {
        if let Some(value) = self.found(key, Inner::<K, V>::tier_of(&options)) {
            return R::hit(value);
        }
        let miss = async {
            match self.hold().enter(key, options, OnFailure::IN_TURN).await {
                Entered::Done(result) => result,
                Entered::Lead(load) => load.run_with(fetcher, OnFailure::IN_TURN).await,
            }
        };
        Box::pin(miss).await
    }

    /// The fresh value in memory, if that is meant; counts a hit or a miss. What it has not is asked for by
    /// [`Hold::enter`].
    #[inline]
    pub(crate) fn found<Q: Lookup<K> + ?Sized>(&self, key: &Q, tier: Tier) -> Option<V> {
        if tier == Tier::Storage {
            self.inner.memory.count_miss();
            return None;
        }
        self.inner.hit(key)
    }

    /// The duty to make the value of a key anew, whatever the cache holds.
    pub(crate) async fn refresh<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: EntryOptions,
    ) -> Load<'_, K, V> {
        let span = self.inner.trace("refresh", LoadRole::Leader, key);
        let begun = pin!(self.hold().overtaking(key, options, Leader::Task));
        let mut load = span.around(begun).await;
        load.span = span;
        load
    }

    #[inline]
    pub(crate) fn hold(&self) -> Hold<'_, K, V> {
        Hold::Borrowed(&self.inner)
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// What memory has, counted.
    #[inline]
    pub(super) fn hit<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Option<V> {
        self.memory().find(key)
    }
}

impl<K: CacheKey, V: CacheValue> Load<'_, K, V> {
    /// Runs a fetcher to the end.
    pub(super) async fn run_alone<R, F, Fut>(self, fetcher: F, failing: OnFailure<R>) -> R
    where
        R: Fetched<V>,
        F: FnOnce() -> Fut,
        Fut: Future<Output = R>,
    {
        let result = self.run(async { fetcher().await }).await;
        self.finish(result, failing).await
    }

    /// The same for one that has something to say.
    pub(super) async fn run_with<R, F, Fut>(mut self, fetcher: F, failing: OnFailure<R>) -> R
    where
        R: Fetched<V>,
        F: FnOnce(LoadContext<V>) -> Fut,
        Fut: Future<Output = R>,
    {
        // The previous value is needed on both sides: for the fetcher, and should it fail.
        let context = LoadContext::new(self.context().copy());
        let mut outside = self.outside.take();
        let storage = self.flight.cache().inner().tier.as_ref();
        let fetch = async { fetcher(context.clone()).await };
        let result = match outside.as_mut().zip(storage) {
            Some((outside, storage)) => {
                let start = &mut outside.start;
                self.run(protecting(fetch, storage, start, || context.named())).await
            }
            None => self.run(fetch).await,
        };
        self.outside = outside;
        self.context().hear(context.take());
        self.finish(result, failing).await
    }
}
