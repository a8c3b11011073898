//! How long the fetches of a named cache may take, and what memory keeps of its storage.

use core::time::Duration;

use super::builder::NamedBuilder;

impl NamedBuilder {
    /// How long an entry is at most in memory; see [`Builder::memory_ttl`](crate::Builder::memory_ttl).
    ///
    /// ```
    /// # let second = std::time::Duration::from_secs(1);
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").ttl(60 * second).memory_ttl(second).build().is_ok());
    /// ```
    pub fn memory_ttl(mut self, ttl: Duration) -> Self {
        self.settings.memory_ttl = Some(ttl);
        self
    }

    /// Whether what is found in the storage goes to memory; see
    /// [`Builder::promote_on_hit`](crate::Builder::promote_on_hit).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").promote_on_hit(false).build().is_ok());
    /// ```
    pub fn promote_on_hit(mut self, promote: bool) -> Self {
        self.settings.promote_on_hit = Some(promote);
        self
    }

    /// How long a caller waits for another's load; see
    /// [`Builder::load_timeout`](crate::Builder::load_timeout).
    ///
    /// ```
    /// # let second = std::time::Duration::from_secs(1);
    /// # use cachefn_core::NamedCache;
    /// let error = NamedCache::builder("users").load_timeout(second).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: load_timeout needs a runtime, to measure the time");
    /// ```
    pub fn load_timeout(mut self, timeout: Duration) -> Self {
        self.settings.load_timeout = Some(timeout);
        self
    }

    /// [`Builder::soft_timeout`](crate::Builder::soft_timeout). The caller that began a fetch has the older
    /// value, too, if its function says `soft_timeout`, `refresh_after`, or `stale_while_revalidate` with a `runtime`.
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # let second = std::time::Duration::from_secs(1);
    /// let error = NamedCache::builder("users").soft_timeout(second).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: soft_timeout needs a runtime, to measure the time");
    /// ```
    pub fn soft_timeout(mut self, timeout: Duration) -> Self {
        self.settings.soft_timeout = Some(timeout);
        self
    }
}
