//! The cache that its users hold.

use alloc::sync::Arc;
use core::fmt;

use super::bounds::{CacheKey, CacheValue};
use super::inner::Inner;

/// A cache in memory with a [`Storage`](crate::Storage) behind it, or none, for asynchronous functions.
/// Clones are the same cache.
///
/// Whatever executor polls its futures will do; it needs none of its own. A read that memory can answer
/// does so at once. Values in memory are cloned out; use `Arc<V>` for large ones.
///
/// A cached function never fails because of its storage: [`get_or_fetch`](Cache::get_or_fetch) then
/// fetches, counts the failure and tells it to those who listen. Only what asks for the storage
/// expressly, such as [`get`](Cache::get) and [`set`](Cache::set), returns its errors.
///
/// ```
/// use cachefn_core::Cache;
/// # pollster::block_on(async {
/// let cache = Cache::<String, usize>::builder("lengths").max_entries(1_000).build()?;
/// let length = cache.get_or_fetch("hello", || async { "hello".len() }).await;
/// assert_eq!(length, 5);
/// assert_eq!(cache.get("hello").await?, Some(5));
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
pub struct Cache<K, V> {
    pub(super) inner: Arc<Inner<K, V>>,
}

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// The name it was built with.
    ///
    /// ```
    /// let cache = cachefn_core::Cache::<u64, String>::builder("users").build()?;
    /// assert_eq!(cache.name(), "users");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Where a limit of memory is that of `before`, it becomes that of `after`.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(crate) fn change_limits(
        &self,
        before: crate::memory::Limits,
        after: crate::memory::Limits,
    ) {
        self.inner.memory.change_limits(before, after);
    }
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Cache { inner: self.inner.clone() }
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("name", &self.inner.name)
            .field("memory", &self.inner.memory)
            .field("has_storage", &self.inner.tier.is_some())
            .finish_non_exhaustive()
    }
}
