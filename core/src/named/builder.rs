//! Collects the settings of a named cache.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::time::Duration;

use super::cache::NamedCache;
use super::settings::{Settings, Shared};
use crate::cache::Tracer;
use crate::clock::Clock;
use crate::codecs::AnyCodec;
use crate::policy::Policy;
use crate::runtime::Runtime;
use crate::storage::{AnyStorage, Storage};

impl NamedCache {
    /// The settings of a new cache of that name.
    ///
    /// ```
    /// let sessions = cachefn_core::NamedCache::builder("sessions").max_entries(100).build()?;
    /// assert_eq!(sessions.name(), "sessions");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn builder(name: impl Into<Box<str>>) -> NamedBuilder {
        NamedBuilder::new(name.into())
    }
}

/// Settings of a [`NamedCache`]; `build` and `register` check them.
///
/// ```
/// use cachefn_core::{NamedCache, Policy};
/// use std::time::Duration;
///
/// let cache = NamedCache::builder("users")
///     .max_entries(1_000)
///     .policy(Policy::Lru)
///     .ttl(Duration::from_secs(300))
///     .build()?;
/// assert_eq!(cache.name(), "users");
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[must_use]
#[derive(Debug)]
pub struct NamedBuilder {
    pub(super) settings: Settings,
}

impl NamedBuilder {
    fn new(name: Box<str>) -> Self {
        let settings = Settings {
            name,
            storage: None,
            bus: None,
            stale_while_lost: None,
            leases: None,
            lease_time: None,
            codec: None,
            compress_above: None,
            runtime: None,
            clock: None,
            max_entries: None,
            policy: None,
            ttl: None,
            memory_ttl: None,
            promote_on_hit: None,
            tti: None,
            jitter: None,
            stale_while_revalidate: None,
            stale_if_error: None,
            load_timeout: None,
            soft_timeout: None,
            witness: None,
            tracer: None,
        };
        NamedBuilder { settings }
    }

    /// Where all its functions keep their entries too; see
    /// [`Builder::storage`](crate::Builder::storage).
    ///
    /// ```
    /// # struct Nothing;
    /// # impl cachefn_core::Storage for Nothing {
    /// #     async fn get(&self, _: &[u8]) -> Result<Option<cachefn_core::Found>, cachefn_core::Error> { Ok(None) }
    /// #     async fn set(&self, _: &[u8], _: bytes::Bytes, _: cachefn_core::Keep<'_>) -> Result<(), cachefn_core::Error> { Ok(()) }
    /// #     async fn delete(&self, _: &[u8]) -> Result<bool, cachefn_core::Error> { Ok(false) }
    /// # }
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").storage(Nothing).build().is_ok());
    /// ```
    pub fn storage(mut self, storage: impl Storage) -> Self {
        self.settings.storage = Some(AnyStorage::new(storage));
        self
    }

    /// How values become bytes in the storage: `Postcard` unless said.
    ///
    /// ```
    /// # use cachefn_core::{NamedCache, Postcard};
    /// let error = NamedCache::builder("users").codec(Postcard).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: a codec needs a storage; give one, or no codec");
    /// ```
    pub fn codec(mut self, codec: impl Into<AnyCodec>) -> Self {
        self.settings.codec = Some(codec.into());
        self
    }

    /// Compresses values that have more bytes than this in the storage; see
    /// [`Builder::compress_above`](crate::Builder::compress_above).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// let builder = NamedCache::builder("users").compress_above(4096);
    /// assert_eq!(builder.build().is_ok(), cfg!(feature = "lz4"));
    /// ```
    pub fn compress_above(mut self, bytes: usize) -> Self {
        self.settings.compress_above = Some(bytes);
        self
    }

    /// What measures time limits, and runs loads in the background for functions with `refresh_after`
    /// in their attribute; see [`Builder::runtime`](crate::Builder::runtime).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # fn example(runtime: impl cachefn_core::Runtime, second: std::time::Duration) {
    /// let builder = NamedCache::builder("users").runtime(runtime).load_timeout(5 * second);
    /// assert!(builder.build().is_ok());
    /// # }
    /// ```
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.settings.runtime = Some(Shared(Arc::new(runtime)));
        self
    }

    /// Where time comes from; the machine's clock unless said.
    ///
    /// ```
    /// # use cachefn_core::{ManualClock, NamedCache};
    /// assert!(NamedCache::builder("users").clock(ManualClock::new()).build().is_ok());
    /// ```
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.settings.clock = Some(Shared(Arc::new(clock)));
        self
    }

    /// Who makes spans of the loads of all its functions; see [`Builder::tracer`](crate::Builder::tracer).
    ///
    /// ```
    /// # use cachefn_core::{NamedCache, Tracer};
    /// # fn example(tracer: impl Tracer) {
    /// assert!(NamedCache::builder("users").tracer(tracer).build().is_ok());
    /// # }
    /// ```
    pub fn tracer(mut self, tracer: impl Tracer) -> Self {
        self.settings.tracer = Some(Shared(Arc::new(tracer)));
        self
    }

    /// How many entries the memory of each function holds; see
    /// [`Builder::max_entries`](crate::Builder::max_entries).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").max_entries(0).build().is_err());
    /// ```
    pub fn max_entries(mut self, max_entries: usize) -> Self {
        self.settings.max_entries = Some(max_entries);
        self
    }

    /// Which entry leaves a full memory; see [`Builder::policy`](crate::Builder::policy).
    ///
    /// ```
    /// # use cachefn_core::{NamedCache, Policy};
    /// assert!(NamedCache::builder("users").policy(Policy::Lru).build().is_ok());
    /// ```
    pub fn policy(mut self, policy: Policy) -> Self {
        self.settings.policy = Some(policy);
        self
    }

    /// How long an entry lives; see [`Builder::ttl`](crate::Builder::ttl).
    ///
    /// ```
    /// # let second = std::time::Duration::from_secs(1);
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").ttl(60 * second).build().is_ok());
    /// ```
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.settings.ttl = Some(ttl);
        self
    }

    /// How long an entry lives after each use; see [`Builder::tti`](crate::Builder::tti).
    ///
    /// ```
    /// # let second = std::time::Duration::from_secs(1);
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").ttl(second).tti(2 * second).build().is_err());
    /// ```
    pub fn tti(mut self, tti: Duration) -> Self {
        self.settings.tti = Some(tti);
        self
    }

    /// The random part, from 0 to this, by which each TTL is shortened; see
    /// [`Builder::jitter`](crate::Builder::jitter).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").jitter(1.5).build().is_err());
    /// ```
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.settings.jitter = Some(jitter);
        self
    }

    /// How long a stale entry may be returned while one caller loads; see
    /// [`Builder::stale_while_revalidate`](crate::Builder::stale_while_revalidate).
    ///
    /// ```
    /// # let second = std::time::Duration::from_secs(1);
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").stale_while_revalidate(60 * second).build().is_ok());
    /// ```
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.settings.stale_while_revalidate = Some(window);
        self
    }

    /// How long a stale entry may be returned when a function fails; see
    /// [`Builder::stale_if_error`](crate::Builder::stale_if_error).
    ///
    /// ```
    /// # let second = std::time::Duration::from_secs(1);
    /// # use cachefn_core::NamedCache;
    /// assert!(NamedCache::builder("users").stale_if_error(60 * second).build().is_ok());
    /// ```
    pub fn stale_if_error(mut self, window: Duration) -> Self {
        self.settings.stale_if_error = Some(window);
        self
    }
}
