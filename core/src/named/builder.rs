//! Collects what the functions of a named cache share, and what they have unless they say otherwise.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::part::NamedValue;
use super::{Inner, NamedCache, registry};
use crate::cache::{Cache, CacheKey};
use crate::clock::Clock;
use crate::codecs::AnyCodec;
use crate::error::{Error, ErrorKind};
use crate::key::KeyText;
use crate::maybe_send::BoxFuture;
use crate::memory::Builder;
use crate::policy::Policy;
use crate::runtime::Runtime;
use crate::storage::{AnyStorage, Storage};
use crate::sync::Mutex;

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
    settings: Settings,
}

/// What is said of a named cache.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) name: Box<str>,
    storage: Option<AnyStorage>,
    codec: Option<AnyCodec>,
    compress_above: Option<usize>,
    runtime: Option<Shared<dyn Runtime>>,
    clock: Option<Shared<dyn Clock + Send + Sync>>,
    max_entries: Option<usize>,
    policy: Option<Policy>,
    ttl: Option<Duration>,
    tti: Option<Duration>,
    jitter: Option<f64>,
    stale_while_revalidate: Option<Duration>,
    stale_if_error: Option<Duration>,
    load_timeout: Option<Duration>,
    refresh_after: Option<f64>,
}

impl NamedBuilder {
    pub(super) fn new(name: Box<str>) -> Self {
        let settings = Settings {
            name,
            storage: None,
            codec: None,
            compress_above: None,
            runtime: None,
            clock: None,
            max_entries: None,
            policy: None,
            ttl: None,
            tti: None,
            jitter: None,
            stale_while_revalidate: None,
            stale_if_error: None,
            load_timeout: None,
            refresh_after: None,
        };
        NamedBuilder { settings }
    }

    /// Where all its functions keep their entries too; see [`Builder::storage`].
    pub fn storage(mut self, storage: impl Storage) -> Self {
        self.settings.storage = Some(AnyStorage::new(storage));
        self
    }

    /// How values become bytes in the storage: `Postcard` unless said.
    pub fn codec(mut self, codec: impl Into<AnyCodec>) -> Self {
        self.settings.codec = Some(codec.into());
        self
    }

    /// Compresses values that have more bytes than this in the storage; see
    /// [`Builder::compress_above`].
    pub fn compress_above(mut self, bytes: usize) -> Self {
        self.settings.compress_above = Some(bytes);
        self
    }

    /// What runs loads in the background and measures time limits; see [`Builder::runtime`].
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.settings.runtime = Some(Shared(Arc::new(runtime)));
        self
    }

    /// Where time comes from; the machine's clock unless said.
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.settings.clock = Some(Shared(Arc::new(clock)));
        self
    }

    /// How many entries the memory of each function holds; see [`Builder::max_entries`].
    pub fn max_entries(mut self, max_entries: usize) -> Self {
        self.settings.max_entries = Some(max_entries);
        self
    }

    /// Which entry leaves a full memory; see [`Builder::policy`].
    pub fn policy(mut self, policy: Policy) -> Self {
        self.settings.policy = Some(policy);
        self
    }

    /// How long an entry lives; see [`Builder::ttl`].
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.settings.ttl = Some(ttl);
        self
    }

    /// How long an entry lives after each use; see [`Builder::tti`].
    pub fn tti(mut self, tti: Duration) -> Self {
        self.settings.tti = Some(tti);
        self
    }

    /// The random part, from 0 to this, by which each TTL is shortened; see [`Builder::jitter`].
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.settings.jitter = Some(jitter);
        self
    }

    /// How long a stale entry may be returned while one caller loads; see
    /// [`Builder::stale_while_revalidate`].
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.settings.stale_while_revalidate = Some(window);
        self
    }

    /// How long a stale entry may be returned when a function fails; see [`Builder::stale_if_error`].
    pub fn stale_if_error(mut self, window: Duration) -> Self {
        self.settings.stale_if_error = Some(window);
        self
    }

    /// How long a caller waits for another's load; see [`Builder::load_timeout`].
    pub fn load_timeout(mut self, timeout: Duration) -> Self {
        self.settings.load_timeout = Some(timeout);
        self
    }

    /// From which part of its TTL on an entry is renewed in the background; see
    /// [`Builder::refresh_after`].
    pub fn refresh_after(mut self, part: f64) -> Self {
        self.settings.refresh_after = Some(part);
        self
    }

    /// The cache, known to nobody: for [`with_cache`](super::with_cache), or to be used by hand.
    ///
    /// # Errors
    /// Of kind `config`, with what would work, when a setting cannot.
    ///
    /// ```
    /// use cachefn_core::{ErrorKind, NamedCache};
    /// let error = NamedCache::builder("a/b").build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// ```
    pub fn build(self) -> Result<NamedCache, Error> {
        let mut settings = self.settings;
        if settings.name.is_empty() || settings.name.contains('/') {
            return Err(config(
                "the name of a named cache has at least one letter and no `/`, which stands between it \
                 and the name of a function",
            ));
        }
        if settings.storage.is_some() && settings.codec.is_none() {
            settings.codec = default_codec();
        }
        // What no function could be built with is told now.
        settings.apply(Cache::<u8, u8>::builder("")).build()?;
        Ok(NamedCache { inner: Arc::new(Inner { settings, parts: Mutex::default() }) })
    }

    /// The cache, from now on that of all functions with its name.
    ///
    /// # Errors
    /// As [`build`](Self::build), and when the name is taken.
    ///
    /// ```
    /// use cachefn_core::{ErrorKind, NamedCache};
    /// let books = NamedCache::builder("books").register()?;
    /// let error = NamedCache::builder("books").register().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn register(self) -> Result<NamedCache, Error> {
        let cache = self.build()?;
        registry::register(&cache)?;
        Ok(cache)
    }
}

impl Settings {
    pub(super) fn has_storage(&self) -> bool {
        self.storage.is_some()
    }

    /// These settings for one function.
    pub(super) fn apply<K, V>(&self, mut builder: Builder<Cache<K, V>>) -> Builder<Cache<K, V>>
    where
        K: CacheKey + KeyText,
        V: NamedValue,
    {
        macro_rules! pass_on {
            ($($setting:ident)*) => {
                $(if let Some(given) = self.$setting.clone() {
                    builder = builder.$setting(given);
                })*
            };
        }
        pass_on!(codec compress_above runtime clock max_entries policy ttl tti jitter);
        pass_on!(stale_while_revalidate stale_if_error load_timeout refresh_after);
        match &self.storage {
            Some(storage) => builder.any_storage(storage.clone()),
            None => builder,
        }
    }
}

/// One for all functions.
struct Shared<T: ?Sized>(Arc<T>);

impl<T: ?Sized> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl Runtime for Shared<dyn Runtime> {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

impl Clock for Shared<dyn Clock + Send + Sync> {
    fn mono_ms(&self) -> u64 {
        self.0.mono_ms()
    }
    fn wall_ms(&self) -> u64 {
        self.0.wall_ms()
    }
}

#[cfg(feature = "postcard")]
fn default_codec() -> Option<AnyCodec> {
    Some(AnyCodec::Postcard)
}

#[cfg(not(feature = "postcard"))]
fn default_codec() -> Option<AnyCodec> {
    None
}

fn config(detail: &str) -> Error {
    Error::new(ErrorKind::Config, "build", detail)
}
