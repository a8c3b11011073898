//! What generated code and the wasm engine may call. No part of the public interface.

#[cfg(feature = "std")]
pub use std::sync::LazyLock;

pub use alloc::borrow::ToOwned;
pub use alloc::string::String;
pub use alloc::vec::Vec;

pub use crate::duration::duration;
pub use crate::engine::{Arrival, Engine, HOUSEKEEPING, Layout, Left, MAX_ENTRIES, Removed, State};
pub use crate::entry::Times;
pub use crate::fetched::Fetched;
pub use crate::key::{Arguments, key_text};
#[cfg(feature = "std")]
pub use crate::memory::{Enter, Flight};
pub use crate::policy::Policy;
pub use crate::template::write_field;

#[cfg(feature = "std")]
use crate::{key::Lookup, memory::MemoryCache, options::EntryOptions};

/// A value, found or made by another thread, or the duty to make it with these options, which are
/// asked for on a miss: whoever invalidates one of their tags fences the load.
#[cfg(feature = "std")]
pub fn enter<'c, K, V, Q>(
    cache: &'c MemoryCache<K, V>,
    key: &Q,
    options: impl FnOnce() -> EntryOptions,
) -> Enter<'c, K, V>
where
    K: core::hash::Hash + Eq + Clone,
    V: Clone,
    Q: Lookup<K> + ?Sized,
{
    cache.enter(key, options)
}

/// The duty to make the value of `key` anew, whatever the cache holds.
#[cfg(feature = "std")]
pub fn refresh<'c, K, V, Q>(
    cache: &'c MemoryCache<K, V>,
    key: &Q,
    options: EntryOptions,
) -> Flight<'c, K, V>
where
    K: core::hash::Hash + Eq + Clone,
    V: Clone,
    Q: Lookup<K> + ?Sized,
{
    cache.refresh(key, options)
}

/// How many threads wait for the fetcher that runs for `key`; tests use it to know that they do.
#[cfg(feature = "std")]
pub fn followers<K, V, Q>(cache: &MemoryCache<K, V>, key: &Q) -> usize
where
    K: core::hash::Hash + Eq + Clone,
    V: Clone,
    Q: Lookup<K> + ?Sized,
{
    cache.followers(key)
}
