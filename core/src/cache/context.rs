//! What an asynchronous fetcher may say about the value it makes.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::memory::FetchContext;
use crate::sync::Mutex;

/// Given to the fetcher of [`get_or_fetch_with`](crate::Cache::get_or_fetch_with); clones say the same.
///
/// ```
/// use cachefn_core::{Cache, EntryOptions, LoadContext};
/// use std::time::Duration;
///
/// # pollster::block_on(async {
/// let cache = Cache::<u64, String>::builder("pages").build()?;
/// let fetcher = |context: LoadContext<String>| async move {
///     context.ttl(Duration::from_secs(30)); // as the answer said
///     context.tags(["pages", "page:7"]);
///     "text".to_string()
/// };
/// let page = cache.get_or_fetch_with(&7, EntryOptions::new(), fetcher).await;
/// cache.invalidate_by_tag("page:7").await?;
/// assert_eq!((page.as_str(), cache.get(&7).await?), ("text", None));
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
pub struct LoadContext<V> {
    said: Arc<Mutex<FetchContext<V>>>,
}

impl<V> LoadContext<V> {
    pub(super) fn new(context: FetchContext<V>) -> Self {
        LoadContext { said: Arc::new(Mutex::new(context)) }
    }

    /// How long the value lives, whatever was said before. Zero means that it is not stored.
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions, LoadContext};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// let fetcher = |context: LoadContext<u32>| async move {
    ///     context.ttl(std::time::Duration::ZERO);
    ///     1
    /// };
    /// cache.get_or_fetch_with(&1, EntryOptions::new(), fetcher).await;
    /// assert_eq!(cache.len(), 0);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn ttl(&self, ttl: Duration) {
        self.said.lock().ttl(ttl);
    }

    /// Adds tags. An invalidation of one of them since the fetcher began wins over its value.
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions, LoadContext};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// let fetcher = |context: LoadContext<u32>| async move {
    ///     context.tags(["odd"]);
    ///     1
    /// };
    /// cache.get_or_fetch_with(&1, EntryOptions::new(), fetcher).await;
    /// cache.invalidate_by_tag("odd").await?;
    /// assert_eq!(cache.get(&1).await?, None);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn tags<T: Into<Box<str>>>(&self, tags: impl IntoIterator<Item = T>) {
        self.said.lock().tags(tags);
    }

    /// The value is returned to all who wait for it, but not stored.
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions, LoadContext};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// let fetcher = |context: LoadContext<u32>| async move {
    ///     context.skip();
    ///     1
    /// };
    /// assert_eq!(cache.get_or_fetch_with(&1, EntryOptions::new(), fetcher).await, 1);
    /// assert_eq!(cache.get(&1).await?, None);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn skip(&self) {
        self.said.lock().skip();
    }
}

impl<V: Clone> LoadContext<V> {
    /// The stale value that is fetched anew, if there is one.
    ///
    /// ```
    /// # use cachefn_core::{Cache, EntryOptions, LoadContext};
    /// # pollster::block_on(async {
    /// let minute = std::time::Duration::from_secs(60);
    /// let cache = Cache::<u32, u32>::builder("numbers").stale_if_error(minute).build()?;
    /// cache.set(1, 10).await?;
    /// cache.expire(&1).await?;
    /// let next = |context: LoadContext<u32>| async move { context.previous().map_or(0, |n| n + 1) };
    /// assert_eq!(cache.get_or_fetch_with(&1, EntryOptions::new(), next).await, 11);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn previous(&self) -> Option<V> {
        self.said.lock().previous().cloned()
    }

    /// The tags that were named so far.
    pub(super) fn named(&self) -> Vec<Box<str>> {
        self.said.lock().named().to_vec()
    }

    /// What was said, for the flight.
    pub(super) fn take(&self) -> FetchContext<V> {
        core::mem::replace(&mut *self.said.lock(), FetchContext::new(None))
    }
}

impl<V> Clone for LoadContext<V> {
    fn clone(&self) -> Self {
        LoadContext { said: self.said.clone() }
    }
}

impl<V> fmt::Debug for LoadContext<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadContext").finish_non_exhaustive()
    }
}
