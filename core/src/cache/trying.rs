//! Asking or computing, with one failure for all who wait.

use alloc::boxed::Box;
use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::context::LoadContext;
use super::entering::Entered;
use super::face::Cache;
use super::inner::Inner;
use crate::failure::{OnFailure, SharedError};
use crate::key::Lookup;
use crate::maybe_send::MaybeSend;
use crate::options::EntryOptions;

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// As [`get_or_fetch`](Self::get_or_fetch), but a failure is one for all: those who wait for the
    /// fetcher get a clone of its error, and run none of their own. A failure is not stored, so that
    /// a later call runs its fetcher.
    ///
    /// Where a stale value may be used instead (`stale_if_error`), all get that. When the caller that
    /// runs its fetcher is dropped, or panics, one of those who wait runs its own. Errors are cloned,
    /// once for each who waits and once for all of them, where nothing is locked; who waits with another
    /// type of error, or in `get_or_fetch`, runs its own fetcher in turn.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, String>::builder("users").build()?;
    /// let found = cache.try_get_or_fetch(&1, async || Err("the database is down")).await;
    /// assert_eq!(found, Err("the database is down"));
    /// assert_eq!((cache.get(&1).await?, cache.stats().load_failures), (None, 1));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// That of the fetcher, its own or the one it waited for.
    #[inline]
    pub async fn try_get_or_fetch<Q, E, F, Fut>(&self, key: &Q, fetcher: F) -> Result<V, E>
    where
        Q: Lookup<K> + ?Sized,
        E: SharedError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        if let Some(value) = self.inner.hit(key) {
            return Ok(value);
        }
        let miss = async {
            match self.hold().enter(key, EntryOptions::new(), OnFailure::SHARED).await {
                Entered::Done(result) => result,
                Entered::Lead(load) => load.run_alone(fetcher, OnFailure::SHARED).await,
            }
        };
        Box::pin(miss).await
    }

    /// As [`try_get_or_fetch`](Self::try_get_or_fetch), with settings of the entry's own, and a context
    /// by which the fetcher may change them when it knows the value.
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, String>::builder("users").build()?;
    /// let options = EntryOptions::new().tag("users");
    /// let found = cache.try_get_or_fetch_with(&1, options, async |_| Err("no such user")).await;
    /// assert_eq!(found, Err("no such user"));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`try_get_or_fetch`](Self::try_get_or_fetch).
    pub async fn try_get_or_fetch_with<Q, E, F, Fut>(
        &self,
        key: &Q,
        options: EntryOptions,
        fetcher: F,
    ) -> Result<V, E>
    where
        Q: Lookup<K> + ?Sized,
        E: SharedError,
        F: FnOnce(LoadContext<V>) -> Fut,
        Fut: Future<Output = Result<V, E>>,
    {
        if let Some(value) = self.found(key, Inner::<K, V>::tier_of(&options)) {
            return Ok(value);
        }
        let miss = async {
            match self.hold().enter(key, options, OnFailure::SHARED).await {
                Entered::Done(result) => result,
                Entered::Lead(load) => load.run_with(fetcher, OnFailure::SHARED).await,
            }
        };
        Box::pin(miss).await
    }

    /// As [`get_or_fetch_shared`](Self::get_or_fetch_shared), and a failure is one for all, as in
    /// [`try_get_or_fetch`](Self::try_get_or_fetch).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, String>::builder("users").build()?;
    /// let found = cache.try_get_or_fetch_shared(&1, || async { Err("no such user") }).await;
    /// assert_eq!(found, Err("no such user"));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`try_get_or_fetch`](Self::try_get_or_fetch).
    ///
    /// # Panics
    /// When the fetcher has panicked while another who waited drove it.
    pub async fn try_get_or_fetch_shared<Q, E, F, Fut>(&self, key: &Q, fetcher: F) -> Result<V, E>
    where
        Q: Lookup<K> + ?Sized,
        V: MaybeSend + 'static,
        E: SharedError,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = Result<V, E>> + MaybeSend + 'static,
    {
        self.load_shared(key, fetcher, OnFailure::SHARED).await
    }
}
