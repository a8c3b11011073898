//! What memory keeps of what the storage has.

use core::time::Duration;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use crate::memory::Builder;

impl<K: CacheKey, V: CacheValue> Builder<Cache<K, V>> {
    /// How long an entry is at most in the memory of this process, however long it lives in the storage: after that
    /// the storage is asked. Shorter than the TTL, it bounds what memory serves that others have changed; zero keeps
    /// nothing in memory, which then only lets callers of the same key wait for one load.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let minute = std::time::Duration::from_secs(60);
    /// let builder = Cache::<u64, String>::builder("users").ttl(60 * minute);
    /// assert!(builder.memory_ttl(minute).build().is_ok());
    /// ```
    pub fn memory_ttl(mut self, ttl: Duration) -> Self {
        self.memory_ttl = Some(ttl);
        self
    }

    /// Whether what is found in the storage goes to memory too; it does unless said. What this process sets or
    /// fetches is in memory either way.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let builder = Cache::<u64, String>::builder("users").promote_on_hit(false);
    /// assert!(builder.build().is_ok());
    /// ```
    pub fn promote_on_hit(mut self, promote: bool) -> Self {
        self.own.promote_on_hit = promote;
        self
    }
}
