//! Limits of a cache that become others while it is used.

use core::hash::Hash;
use core::time::Duration;

use super::sharded::MemoryCache;

/// Limits that may change. What is nothing does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) ttl: Option<Duration>,
    pub(crate) memory_ttl: Option<Duration>,
    pub(crate) max_entries: Option<usize>,
}

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// Where a limit is that of `before`, it becomes that of `after`, for what is written from now on; what is too
    /// much leaves at once.
    pub(crate) fn change_limits(&self, before: Limits, after: Limits) {
        self.settings.ttl.change(before.ttl, after.ttl);
        self.settings.memory_ttl.change(before.memory_ttl, after.memory_ttl);
        if let (Some(before), Some(after)) = (before.max_entries, after.max_entries) {
            self.balance.change(before, after);
            // Whoever is within this cache leaves it to the next write.
            let _ = self.relieve(0);
        }
    }
}
