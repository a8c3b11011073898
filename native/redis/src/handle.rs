//! The handle that everything of this crate comes from.

use std::fmt;
use std::sync::Arc;

use cachefn_core::{Error, Runtime};

use crate::bus::RedisBus;
use crate::connection::Link;
use crate::lease::RedisLeases;
use crate::names::Names;
use crate::storage::RedisStorage;
use crate::tracking::RedisTracking;

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

    /// Asks a server whether it answers, and connects to it if there is no connection.
    ///
    /// # Errors
    /// Those of [`Builder::connect`](crate::Builder::connect).
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// let redis = cachefn_redis::Redis::builder("redis://127.0.0.1/").open()?;
    /// if redis.ping().await.is_err_and(|error| error.is_retryable()) {
    ///     // It is away, and may come.
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn ping(&self) -> Result<(), Error> {
        self.link.run("connect", self.link.request(b"", redis::cmd("PING"))).await.map(drop)
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

    /// Leases for caches: of all processes one makes a value.
    ///
    /// ```no_run
    /// # async fn example(runtime: impl cachefn_core::Runtime) -> Result<(), cachefn_core::Error> {
    /// # use cachefn_core::{Cache, Postcard};
    /// let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// let users = Cache::<String, String>::builder("users")
    ///     .storage(redis.storage())
    ///     .codec(Postcard)
    ///     .runtime(runtime)
    ///     .leases(redis.leases())
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn leases(&self) -> RedisLeases {
        RedisLeases::new(self.link.clone(), self.names.clone())
    }
}

impl Redis {
    /// A bus for caches: what one process changes, all others hear of. Clones of it share one connection
    /// more; `runtime` runs the one task that reads it, as long as a cache hears.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// use cachefn_core::{Cache, Postcard};
    /// use cachefn_tokio::TokioRuntime;
    ///
    /// let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// let bus = redis.bus(TokioRuntime::current()?);
    /// let users = Cache::<String, String>::builder("users")
    ///     .storage(redis.storage())
    ///     .codec(Postcard)
    ///     .bus(bus.clone()) // other caches of this process take a clone, too
    ///     .build()?;
    /// assert_eq!(users.len(), 0);
    /// # Ok(()) }
    /// ```
    pub fn bus(&self, runtime: impl Runtime) -> RedisBus {
        RedisBus::new(self.link.clone(), Arc::new(runtime))
    }

    /// A bus on which the servers themselves tell what changes, whoever changes it. Its caches keep their
    /// entries in [its storage](RedisTracking::storage), not in [`storage`](Self::storage).
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// use cachefn_core::{Cache, Postcard};
    /// use cachefn_tokio::TokioRuntime;
    ///
    /// let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// let tracking = redis.tracking(TokioRuntime::current()?);
    /// let users = Cache::<String, String>::builder("users")
    ///     .storage(tracking.storage())
    ///     .codec(Postcard)
    ///     .bus(tracking.clone())
    ///     .build()?;
    /// assert_eq!(users.len(), 0);
    /// # Ok(()) }
    /// ```
    pub fn tracking(&self, runtime: impl Runtime) -> RedisTracking {
        RedisTracking::new(self.link.clone(), self.names.clone(), Arc::new(runtime))
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("settings", self.link.settings()).finish()
    }
}
