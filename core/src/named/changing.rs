//! Limits of a named cache that become others while it is used.

use core::time::Duration;

use super::cache::NamedCache;
use crate::engine::MAX_ENTRIES;
use crate::error::Error;
use crate::memory::Limits;

impl NamedCache {
    /// Changes how long entries live and how many memory holds, for all its functions but those whose attributes say
    /// it themselves. Entries that are there keep their lives; those that are too many leave at once. What is `None`
    /// stays as it is.
    ///
    /// # Errors
    /// Of kind `config`, and nothing is changed, when the cache was built without what is to change, or a limit is
    /// zero or too large.
    ///
    /// ```
    /// use cachefn_core::NamedCache;
    /// use std::time::Duration;
    ///
    /// # pollster::block_on(async {
    /// let users = NamedCache::builder("users").ttl(Duration::from_secs(60)).max_entries(10).build()?;
    /// let cache = users.cache::<String, u64>()?;
    /// for number in 0..10 {
    ///     cache.set(number.to_string(), number).await?;
    /// }
    /// users.change_limits(Some(Duration::from_secs(5)), None, Some(3))?;
    /// assert_eq!(cache.len(), 3);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn change_limits(
        &self,
        ttl: Option<Duration>,
        memory_ttl: Option<Duration>,
        max_entries: Option<usize>,
    ) -> Result<(), Error> {
        let mut limits = self.inner.limits.lock();
        let (before, wrong) = (*limits, |text: &str| Err(Error::config("change", text)));
        if ttl.is_some() && before.ttl.is_none() {
            return wrong("it was built without a ttl, and entries without one never get one");
        }
        if memory_ttl.is_some() && before.memory_ttl.is_none() {
            return wrong(
                "it was built without a memory_ttl, and entries without one never get one",
            );
        }
        if max_entries.is_some() && before.max_entries.is_none() {
            return wrong("it was built without max_entries; say it when it is built");
        }
        if [ttl, memory_ttl].contains(&Some(Duration::ZERO)) {
            return wrong("a ttl is 0, so that nothing would be stored");
        }
        if max_entries.is_some_and(|most| most == 0 || most > MAX_ENTRIES) {
            return wrong("max_entries is 0, or more than memory can hold");
        }
        if let (Some(tti), Some(ttl)) = (self.inner.settings.tti, ttl) {
            if tti > ttl {
                return wrong("the ttl is shorter than the tti");
            }
        }
        let after = Limits {
            ttl: ttl.or(before.ttl),
            memory_ttl: memory_ttl.or(before.memory_ttl),
            max_entries: max_entries.or(before.max_entries),
        };
        *limits = after;
        // Under the lock, so that two changes have one order in all parts.
        self.erased().iter().for_each(|part| part.change_limits(before, after));
        Ok(())
    }
}
