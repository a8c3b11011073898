//! What a fetcher may say about the value it makes.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use crate::options::EntryOptions;

/// Given to the fetcher of `get_or_fetch_with`.
///
/// ```
/// use cachefn_core::{EntryOptions, MemoryCache};
/// use std::time::Duration;
///
/// let cache = MemoryCache::<u64, String>::builder().build()?;
/// let page = cache.get_or_fetch_with(&7, EntryOptions::new(), |context| {
///     context.ttl(Duration::from_secs(30)); // as the answer said
///     context.tags(["pages", "page:7"]);
///     "text".to_string()
/// });
/// cache.invalidate_by_tag("page:7");
/// assert_eq!((page.as_str(), cache.get(&7)), ("text", None));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug)]
pub struct FetchContext<V> {
    pub(super) previous: Option<V>,
    pub(super) ttl: Option<Duration>,
    pub(super) tags: Vec<Box<str>>,
    pub(super) skips: bool,
}

impl<V> FetchContext<V> {
    pub(crate) fn new(previous: Option<V>) -> Self {
        FetchContext { previous, ttl: None, tags: Vec::new(), skips: false }
    }

    /// How long the value lives, whatever was said before. Zero means that it is not stored.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::<u32, u32>::builder().build()?;
    /// cache.get_or_fetch_with(&1, EntryOptions::new(), |context| {
    ///     context.ttl(std::time::Duration::ZERO);
    ///     1
    /// });
    /// assert!(cache.is_empty());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn ttl(&mut self, ttl: Duration) {
        self.ttl = Some(ttl);
    }

    /// Adds tags. An invalidation of one of them since the fetcher began wins over its value.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::<u32, u32>::builder().build()?;
    /// cache.get_or_fetch_with(&1, EntryOptions::new(), |context| {
    ///     context.tags(["odd"]);
    ///     1
    /// });
    /// cache.invalidate_by_tag("odd");
    /// assert_eq!(cache.get(&1), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn tags<T: Into<Box<str>>>(&mut self, tags: impl IntoIterator<Item = T>) {
        self.tags.extend(tags.into_iter().map(Into::into));
    }

    /// The value is returned to all who wait for it, but not stored.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::<u32, u32>::builder().build()?;
    /// let value = cache.get_or_fetch_with(&1, EntryOptions::new(), |context| {
    ///     context.skip();
    ///     1
    /// });
    /// assert_eq!((value, cache.get(&1)), (1, None));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn skip(&mut self) {
        self.skips = true;
    }

    /// The stale value that is fetched anew, if there is one.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let builder = MemoryCache::builder().stale_if_error(std::time::Duration::MAX);
    /// let cache = builder.build()?;
    /// cache.set(1, 10)?;
    /// cache.expire(&1);
    /// let next = cache.get_or_fetch_with(&1, EntryOptions::new(), |context| {
    ///     context.previous().map_or(0, |previous| previous + 1)
    /// });
    /// assert_eq!(next, 11);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn previous(&self) -> Option<&V> {
        self.previous.as_ref()
    }

    /// Tags named so far.
    #[cfg(feature = "std")]
    pub(crate) fn named(&self) -> &[Box<str>] {
        &self.tags
    }

    /// The same, for a fetcher that is asynchronous: what it says is [heard](Self::hear) later.
    #[cfg(feature = "std")]
    pub(crate) fn copy(&self) -> Self
    where
        V: Clone,
    {
        FetchContext::new(self.previous.clone())
    }

    /// Takes over what was said to a copy.
    #[cfg(feature = "std")]
    pub(crate) fn hear(&mut self, said: Self) {
        let FetchContext { previous: _, ttl, tags, skips } = said;
        self.ttl = ttl.or(self.ttl);
        self.tags.extend(tags);
        self.skips |= skips;
    }

    /// The entry's options, with what the fetcher said.
    pub(super) fn apply(&mut self, options: EntryOptions) -> EntryOptions {
        let mut options = options.tags(core::mem::take(&mut self.tags));
        options.ttl = self.ttl.or(options.ttl);
        options
    }
}
