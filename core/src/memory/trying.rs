//! Asking or computing, with one failure for all who wait.

use core::hash::Hash;

use super::context::FetchContext;
use super::sharded::MemoryCache;
use crate::failure::{OnFailure, SharedError};
use crate::key::Lookup;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// As [`get_or_fetch`](Self::get_or_fetch), but a failure is one for all: those who wait for the
    /// fetcher get a clone of its error, and run none of their own. A failure is not stored, so that
    /// a later call runs its fetcher.
    ///
    /// Where a stale value may be used instead (`stale_if_error`), all get that. After a panic one of
    /// those who wait runs its own fetcher. Errors are cloned, once for each who waits and once for all
    /// of them, where nothing is locked; who waits with another type of error, or in `get_or_fetch`,
    /// runs its own fetcher in turn.
    ///
    /// ```
    /// use cachefn_core::MemoryCache;
    ///
    /// let cache = MemoryCache::<String, u16>::builder().build()?;
    /// let parsed = cache.try_get_or_fetch("80", || "80".parse());
    /// assert_eq!(parsed, Ok(80));
    /// let failed = cache.try_get_or_fetch("x", || "x".parse());
    /// assert!(failed.is_err());
    /// assert_eq!((cache.get("x"), cache.stats().load_failures), (None, 1));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// That of the fetcher, its own or the one it waited for.
    #[inline]
    pub fn try_get_or_fetch<Q, E>(
        &self,
        key: &Q,
        fetcher: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E>
    where
        Q: Lookup<K> + ?Sized,
        E: SharedError,
    {
        match self.read(key, V::clone) {
            Some(value) => Ok(value),
            None => self.load(key, EntryOptions::new, |_| fetcher(), OnFailure::SHARED),
        }
    }

    /// As [`try_get_or_fetch`](Self::try_get_or_fetch), with settings of the entry's own, and a context
    /// by which the fetcher may change them when it knows the value.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    ///
    /// let cache = MemoryCache::<u32, u32>::builder().build()?;
    /// let found = cache.try_get_or_fetch_with(&1, EntryOptions::new().tag("users"), |context| {
    ///     context.ttl(std::time::Duration::from_secs(1));
    ///     Err("no such user")
    /// });
    /// assert_eq!((found, cache.get(&1)), (Err("no such user"), None));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`try_get_or_fetch`](Self::try_get_or_fetch).
    pub fn try_get_or_fetch_with<Q, E>(
        &self,
        key: &Q,
        options: EntryOptions,
        fetcher: impl FnOnce(&mut FetchContext<V>) -> Result<V, E>,
    ) -> Result<V, E>
    where
        Q: Lookup<K> + ?Sized,
        E: SharedError,
    {
        match self.read(key, V::clone) {
            Some(value) => Ok(value),
            None => self.load(key, || options, fetcher, OnFailure::SHARED),
        }
    }
}
