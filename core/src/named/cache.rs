//! What a program does with a named cache.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::type_name;
use core::fmt;

use super::part::{Erased, NamedValue, Part};
use super::presence::Presence;
use super::settings::Settings;
use crate::cache::{Cache, CacheKey};
use crate::error::Error;
use crate::key::KeyText;
use crate::memory::{Builder, Limits};
use crate::sync::Mutex;
use crate::sync::atomic::AtomicBool;

/// One storage, and one set of defaults, for all functions with `#[cachefn(cache = "…")]` of its name.
/// Clones are the same cache.
///
/// Set up before the first call of such a function:
///
/// ```
/// use cachefn_core::{NamedCache, cachefn};
/// use std::time::Duration;
/// # struct Nothing;
/// # impl cachefn_core::Storage for Nothing {
/// #     async fn get(&self, _: &[u8]) -> Result<Option<cachefn_core::Found>, cachefn_core::Error> { Ok(None) }
/// #     async fn set(&self, _: &[u8], _: bytes::Bytes, _: cachefn_core::Keep<'_>) -> Result<(), cachefn_core::Error> { Ok(()) }
/// #     async fn delete(&self, _: &[u8]) -> Result<bool, cachefn_core::Error> { Ok(false) }
/// # }
/// # let storage = Nothing;
///
/// #[cachefn(cache = "users", tags = ["user:{id}"])]
/// async fn name(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// # pollster::block_on(async {
/// let users = NamedCache::builder("users").storage(storage).ttl(Duration::from_secs(60)).register()?;
/// assert_eq!((name(7).await, name(7).await), ("user 7".into(), "user 7".into()));
/// assert_eq!(name::cache().stats().hits, 1);
/// users.invalidate_by_tag("user:7").await?; // of all functions in it
/// assert_eq!(name::cache().len(), 0);
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
///
/// Each function in it has a memory of its own, with the limits of the named cache or those of its
/// attribute, and in the storage the namespace `{cache}/{id}`. Functions with a `key` share the
/// namespace `{cache}`, and those with the same type of value one memory; another type of value there
/// is an error.
#[derive(Clone)]
pub struct NamedCache {
    pub(super) inner: Arc<Inner>,
    /// Its removals are told to nobody.
    pub(super) is_quiet: bool,
}

pub(super) struct Inner {
    pub(super) settings: Settings,
    parts: Mutex<Vec<Part>>,
    /// The settings that may have become others since.
    pub(super) limits: Mutex<Limits>,
    presence: Presence,
    closed: AtomicBool,
}

impl NamedCache {
    /// Its name.
    ///
    /// ```
    /// let cache = cachefn_core::NamedCache::builder("users").build()?;
    /// assert_eq!(cache.name(), "users");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.inner.settings.name
    }

    /// The entries that functions with a `key` have in it, for use by hand.
    ///
    /// # Errors
    /// Of kind `config` when functions have values of another type there; both are named.
    ///
    /// ```
    /// # use cachefn_core::{ErrorKind, NamedCache, cachefn, with_cache};
    /// #[cachefn(cache = "users", key = "user:{id}")]
    /// fn name(id: u64) -> String {
    ///     format!("user {id}")
    /// }
    /// let users = NamedCache::builder("users").build()?;
    /// with_cache("users", &users, || name(7));
    /// let cache = users.cache::<String, String>()?;
    /// assert_eq!(pollster::block_on(cache.get("user:7"))?.as_deref(), Some("user 7"));
    /// let error = users.cache::<String, u64>().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn cache<K, V>(&self) -> Result<Cache<K, V>, Error>
    where
        K: CacheKey + KeyText,
        V: NamedValue,
    {
        self.part(None, "", |builder| builder)
    }

    /// The cache known to nobody that these settings make.
    pub(super) fn of(settings: Settings) -> Self {
        let Settings { ttl, memory_ttl, max_entries, .. } = settings;
        let limits = Mutex::new(Limits { ttl, memory_ttl, max_entries });
        let (parts, presence) = (Mutex::default(), Presence::on(settings.bus.as_ref()));
        let closed = AtomicBool::new(false);
        let inner = Inner { settings, parts, limits, presence, closed };
        NamedCache { inner: Arc::new(inner), is_quiet: false }
    }

    pub(super) fn presence(&self) -> &Presence {
        &self.inner.presence
    }

    pub(super) fn closed(&self) -> &AtomicBool {
        &self.inner.closed
    }

    /// The cache of the function of this id, which stands at `owner`, or of all that have no id.
    ///
    /// # Errors
    /// Of kind `config` when the types are others than before, another function has the id, or a
    /// setting cannot work.
    pub(super) fn part<K, V>(
        &self,
        id: Option<&str>,
        owner: &'static str,
        settings: impl FnOnce(Builder<Cache<K, V>>) -> Builder<Cache<K, V>>,
    ) -> Result<Cache<K, V>, Error>
    where
        K: CacheKey + KeyText,
        V: NamedValue,
    {
        let name = self.name();
        let namespace = match id {
            Some(id) => format!("{name}/{id}"),
            None => name.into(),
        };
        let known = |parts: &[Part]| {
            parts.iter().find(|part| part.namespace == namespace).map(|part| part.open(owner))
        };
        if let Some(cache) = known(&self.inner.parts.lock()) {
            return cache;
        }
        // Built outside the lock: the settings are foreign code.
        let builder = Cache::<K, V>::builder(&*namespace);
        let cache = settings(self.inner.settings.apply(builder)).build()?;
        // Under the lock, so that no change passes by between this and the list of parts.
        let limits = self.inner.limits.lock();
        let Settings { ttl, memory_ttl, max_entries, .. } = self.inner.settings;
        cache.change_limits(Limits { ttl, memory_ttl, max_entries }, *limits);
        let mut parts = self.inner.parts.lock();
        if let Some(cache) = known(&parts) {
            return cache;
        }
        parts.push(Part {
            namespace,
            owner,
            types: [type_name::<K>(), type_name::<V>()],
            cache: Arc::new(cache.clone()),
        });
        drop(parts);
        // Whoever closed it meanwhile may have found all parts but this.
        if self.is_closed() {
            cache.shut();
        }
        Ok(cache)
    }

    /// All its caches.
    pub(super) fn erased(&self) -> Vec<Arc<dyn Erased>> {
        self.inner.parts.lock().iter().map(|part| part.cache.clone()).collect()
    }
}

impl fmt::Debug for NamedCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedCache").field("name", &self.name()).finish_non_exhaustive()
    }
}
