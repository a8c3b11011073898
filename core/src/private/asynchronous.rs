//! What an asynchronous function asks of its cache.

use alloc::sync::Arc;
use core::future::Future;
use std::sync::LazyLock;

use crate::cache::{Cache, CacheKey, CacheValue, Entered, Load, Shared, Warming};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::options::{EntryOptions, Tier};

/// What memory of an asynchronous cache has, without a future: most calls end here.
#[inline]
pub fn found_async<K, V, Q, R>(
    cache: &Cache<K, V>,
    key: &Q,
    tier: Tier,
    _: OnFailure<R>,
) -> Option<R>
where
    K: CacheKey,
    V: CacheValue,
    Q: Lookup<K> + ?Sized,
    R: Fetched<V>,
{
    cache.found(key, tier).map(R::hit)
}

/// A value that [`found_async`] has not found, or the duty to make it, as [`enter`](super::enter).
pub async fn enter_async<'c, K, V, Q, R>(
    cache: &'c Cache<K, V>,
    key: &Q,
    tier: Tier,
    options: EntryOptions,
    failing: OnFailure<R>,
) -> Entered<'c, K, V, R>
where
    K: CacheKey,
    V: CacheValue,
    Q: Lookup<K> + ?Sized,
    R: Fetched<V>,
{
    cache.hold().enter(key, options.tier(tier), failing).await
}

/// As [`found_async`], for a function that can own its arguments. Options that were not needed come back.
///
/// # Errors
/// The options, when memory has no value.
#[inline]
pub fn found_shared<'c, K, V, Q, R, O>(
    cache: &'c Cache<K, V>,
    key: &Q,
    tier: Tier,
    options: O,
    _: OnFailure<R>,
) -> Result<Shared<'c, K, V, R>, O>
where
    K: CacheKey,
    V: CacheValue,
    Q: Lookup<K> + ?Sized,
    R: Fetched<V>,
    O: FnOnce() -> EntryOptions,
{
    cache.found_shared(key, tier, options)
}

/// As [`enter_async`], with what [`found_shared`] has found.
pub async fn enter_shared<'c, K, V, Q, R, O>(
    cache: &'c Cache<K, V>,
    key: &Q,
    tier: Tier,
    found: Result<Shared<'c, K, V, R>, O>,
    failing: OnFailure<R>,
) -> Shared<'c, K, V, R>
where
    K: CacheKey,
    V: CacheValue,
    Q: Lookup<K> + ?Sized,
    R: Fetched<V>,
    O: FnOnce() -> EntryOptions,
{
    cache.enter_shared(key, tier, found, failing).await
}

/// The duty to make the value of `key` anew in an asynchronous cache, as [`refresh`](super::refresh).
pub async fn refresh_async<'c, K, V, Q>(
    cache: &'c Cache<K, V>,
    key: &Q,
    options: EntryOptions,
) -> Load<'c, K, V>
where
    K: CacheKey,
    V: CacheValue,
    Q: Lookup<K> + ?Sized,
{
    cache.refresh(key, options).await
}

/// Loads for many arguments, so many at a time as `warming` says; how many succeeded.
pub async fn warm<T, Fut: Future<Output = bool>>(
    warming: Warming<'_>,
    arguments: impl IntoIterator<Item = T>,
    load: impl FnMut(T) -> Fut,
) -> usize {
    warming.each(arguments, load).await
}

/// The cache that an asynchronous function was given.
#[inline]
pub fn given_async<K, V, C: Asynchronous<K, V>>(cache: &C) -> &Cache<K, V> {
    cache.cache()
}

/// As [`followers`](super::followers) in an asynchronous cache: threads and tasks.
pub fn followers_of<K, V, Q>(cache: &Cache<K, V>, key: &Q) -> usize
where
    K: CacheKey,
    V: CacheValue,
    Q: Lookup<K> + ?Sized,
{
    cache.followers(key)
}

/// What leads to a cache that an asynchronous function can use.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cache for this function",
    label = "a `Cache<{K}, {V}>` is needed",
    note = "the key is the tuple of the arguments, or a `String` where the function has a `key`"
)]
pub trait Asynchronous<K, V> {
    /// The cache.
    fn cache(&self) -> &Cache<K, V>;
}

impl<K, V> Asynchronous<K, V> for Cache<K, V> {
    #[inline]
    fn cache(&self) -> &Cache<K, V> {
        self
    }
}

macro_rules! lead_to_a_cache {
    ($($pointer:ty),*) => {$(
        impl<K, V, C: Asynchronous<K, V>> Asynchronous<K, V> for $pointer {
            #[inline]
            fn cache(&self) -> &Cache<K, V> {
                (**self).cache()
            }
        }
    )*};
}

lead_to_a_cache!(&C, Arc<C>, LazyLock<C>);
