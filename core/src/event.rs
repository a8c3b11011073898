//! What a listener hears.

use core::fmt;

use crate::cause::Cause;

/// What happened.
///
/// ```
/// assert_eq!(cachefn_core::EventKind::Eviction.as_str(), "eviction");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A read found a living entry.
    Hit,
    /// A read found none.
    Miss,
    /// A value was stored; with cause `replaced` when the key had one.
    Set,
    /// A value left: `deleted`, `tag`, `pattern` or `cleared`.
    Delete,
    /// A value left: `evicted` or `too-heavy`.
    Eviction,
    /// A value left because its deadline passed.
    Expire,
    /// A tag or pattern was invalidated; once per call, with the number of entries where known.
    Invalidate,
    /// A fetcher gave a value.
    Load,
    /// A stale value was returned: because a new one was being fetched, or with cause `load-failed`.
    Stale,
    /// Something went wrong that the caller does not see, or a fetcher failed.
    Error,
}

impl EventKind {
    /// The kind as text, the same in every language.
    ///
    /// ```
    /// assert_eq!(cachefn_core::EventKind::Stale.as_str(), "stale");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            EventKind::Hit => "hit",
            EventKind::Miss => "miss",
            EventKind::Set => "set",
            EventKind::Delete => "delete",
            EventKind::Eviction => "eviction",
            EventKind::Expire => "expire",
            EventKind::Invalidate => "invalidate",
            EventKind::Load => "load",
            EventKind::Stale => "stale",
            EventKind::Error => "error",
        }
    }

    /// The kind of event that tells of a value that left for this cause.
    pub(crate) const fn of_departure(cause: Cause) -> EventKind {
        match cause {
            Cause::Replaced => EventKind::Set,
            Cause::Evicted | Cause::TooHeavy => EventKind::Eviction,
            Cause::Expired => EventKind::Expire,
            Cause::Deleted | Cause::Tag | Cause::Pattern | Cause::Cleared => EventKind::Delete,
            Cause::LoadFailed
            | Cause::Reentrant
            | Cause::StorageFailed
            | Cause::Undecodable
            | Cause::BusFailed
            | Cause::LeaseFailed => EventKind::Error,
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One notice. For one key, notices come in the order of their effects.
///
/// ```
/// use cachefn_core::{Cause, EventKind, MemoryCache};
/// use std::sync::{Arc, Mutex};
///
/// let cache = MemoryCache::builder().max_entries(1).build()?;
/// let left = Arc::new(Mutex::new(Vec::new()));
/// let _subscription = cache.subscribe({
///     let left = left.clone();
///     move |event| {
///         if event.kind == EventKind::Eviction {
///             left.lock().unwrap().push((event.key, event.cause));
///         }
///     }
/// });
/// cache.set(1, "one")?;
/// cache.set(2, "two")?;
/// assert_eq!(*left.lock().unwrap(), [(Some(1), Some(Cause::Evicted))]);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<K> {
    /// What happened.
    pub kind: EventKind,
    /// The key it happened to; none where a whole tag or pattern, or the bus, is meant.
    pub key: Option<K>,
    /// Why.
    pub cause: Option<Cause>,
    /// How many entries were meant, where that is known.
    pub count: Option<u64>,
}

impl<K> Event<K> {
    pub(crate) fn of(kind: EventKind, key: K) -> Self {
        Event { kind, key: Some(key), cause: None, count: None }
    }

    pub(crate) fn because(kind: EventKind, key: K, cause: Cause) -> Self {
        Event { kind, key: Some(key), cause: Some(cause), count: None }
    }

    pub(crate) fn invalidate(count: Option<u64>) -> Self {
        Event { kind: EventKind::Invalidate, key: None, cause: None, count }
    }
}
