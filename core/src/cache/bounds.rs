//! What keys and values of an asynchronous cache must be.

use core::hash::Hash;

use crate::maybe_send::{MaybeSend, MaybeSync};

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
