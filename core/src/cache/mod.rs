//! The asynchronous cache: memory, and behind it a storage. It needs no executor.

mod blocking;
mod bounds;
mod builder;
mod context;
mod departing;
mod ending;
mod entering;
mod finishing;
mod inner;
mod loading;
mod polls;
mod protecting;
mod reading;
mod removing;
mod shared;
mod timing;
mod warming;
mod watching;
mod writing;

pub use bounds::{CacheKey, CacheValue};
pub(crate) use builder::Own;
pub use context::LoadContext;
pub use departing::{Departure, Shared};
pub use entering::{Entered, Load};
pub use warming::Warming;

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::clock::Clock;
use crate::maybe_send::BoxFuture;
use crate::memory::{Builder, Face};
use inner::Inner;

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
    inner: Arc<Inner<K, V>>,
}

/// The fetcher of a cache that reads through.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) type Fetcher<K, V> = Arc<dyn Fn(K) -> BoxFuture<'static, V> + Send + Sync>;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) type Fetcher<K, V> = Arc<dyn Fn(K) -> BoxFuture<'static, V>>;

impl<K, V> Face for Cache<K, V> {
    type Value = V;
    type Clock = Box<dyn Clock + Send + Sync>;
    type Weigher = Box<dyn Fn(&K, &V) -> u64 + Send + Sync>;
    type Fetcher = Fetcher<K, V>;
    type Own = Own<K, V>;
}

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// The settings of a new cache. The name is the namespace of its entries in a storage: caches of
    /// one name, in whatever process, share what is kept there.
    ///
    /// ```
    /// let cache = cachefn_core::Cache::<u64, String>::builder("users").build()?;
    /// assert_eq!(cache.name(), "users");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn builder(name: impl Into<Box<str>>) -> Builder<Self> {
        Builder::named(name.into())
    }

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
