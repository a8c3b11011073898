//! The handle that everything of this crate comes from.

use std::fmt;

use crate::connection::Link;
use crate::names::Names;
use crate::storage::RedisStorage;

/// Connections to Redis. Clones share them; they close when the last one, and all that was made from it,
/// is dropped. A server that is lost is no error until something is asked of it, and is reached again
/// without being asked to.
///
/// ```no_run
/// # async fn example() -> Result<(), cachefn_core::Error> {
/// use cachefn_core::{Cache, Postcard};
/// use cachefn_redis::Redis;
///
/// let redis = Redis::connect("redis://127.0.0.1/").await?;
/// let users = Cache::<String, String>::builder("users")
///     .storage(redis.storage())
///     .codec(Postcard)
///     .build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Redis {
    link: Link,
    names: Names,
}

impl Redis {
    pub(crate) fn new(link: Link) -> Self {
        let names = Names::new(&link.settings().prefix, link.has_slots());
        Redis { link, names }
    }

    /// A storage for caches.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// use cachefn_core::Storage;
    /// let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// assert!(redis.storage().capabilities().scans);
    /// # Ok(()) }
    /// ```
    pub fn storage(&self) -> RedisStorage {
        RedisStorage::new(self.link.clone(), self.names.clone())
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("settings", self.link.settings()).finish()
    }
}
