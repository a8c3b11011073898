//! What the functions in a named cache have counted together.

use super::cache::NamedCache;
use crate::stats::Stats;

impl NamedCache {
    /// The sums over all its functions that were called: each has its own
    /// [`stats`](crate::Cache::stats), of slightly different moments.
    ///
    /// ```
    /// # use cachefn_core::{NamedCache, cachefn, with_cache};
    /// #[cachefn(cache = "users", key = "user:{id}")]
    /// fn name(id: u64) -> String {
    ///     format!("user {id}")
    /// }
    /// #[cachefn(cache = "users")]
    /// fn age(id: u64) -> u64 {
    ///     id * 7
    /// }
    /// let users = NamedCache::builder("users").build()?;
    /// with_cache("users", &users, || (name(7), name(7), age(7)));
    /// assert_eq!((users.stats().hits, users.stats().loads, users.stats().size), (1, 2, 2));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        let mut stats = Stats::default();
        for part in self.erased() {
            stats.add(&part.stats());
        }
        stats
    }
}
