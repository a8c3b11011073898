//! What keys, values and the fetcher of an asynchronous cache must be.

use alloc::sync::Arc;
use core::hash::Hash;

use crate::maybe_send::{BoxFuture, MaybeSend, MaybeSync};

/// A key of a [`Cache`](crate::Cache): to be hashed, compared and cloned, and owned. Implemented for all
/// that it can be.
///
/// ```
/// fn is_key<K: cachefn_core::CacheKey>(_: K) {}
/// is_key(("eu", 7));
/// ```
pub trait CacheKey: Hash + Eq + Clone + MaybeSend + MaybeSync + 'static {}
impl<K: Hash + Eq + Clone + MaybeSend + MaybeSync + 'static> CacheKey for K {}

/// A value of a [`Cache`](crate::Cache): to be cloned, and owned. Implemented for all that it can be.
///
/// ```
/// fn is_value<V: cachefn_core::CacheValue>(_: V) {}
/// is_value(vec![1, 2]);
/// ```
pub trait CacheValue: Clone + MaybeSend + MaybeSync + 'static {}
impl<V: Clone + MaybeSend + MaybeSync + 'static> CacheValue for V {}

/// The fetcher of a cache that reads through.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) type Fetcher<K, V> = Arc<dyn Fn(K) -> BoxFuture<'static, V> + Send + Sync>;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) type Fetcher<K, V> = Arc<dyn Fn(K) -> BoxFuture<'static, V>>;
