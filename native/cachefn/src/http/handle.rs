//! A cache of responses as an application holds it.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cachefn_core::{Cache, Error, Glob, MemoryCache, Stats};
use http::Request;

use super::epochs::Epochs;
use super::inner::{Flown, Inner, Refreshing, SharedClock, SharedRuntime};
use super::kept::Kept;
use super::key::Target;
use super::layer::HttpCacheLayer;
use super::settings::Settings;

/// Responses that are kept by the rules of HTTP, as a cache that all clients share. Clones are the same.
///
/// ```
/// use axum::{Router, body::Body, http::{Request, header::CACHE_CONTROL}, routing::get};
/// use cachefn::http::HttpCache;
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// use tower::ServiceExt;
///
/// static ASKED: AtomicU32 = AtomicU32::new(0);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cache = HttpCache::builder("pages").build()?;
/// let answer = || async {
///     ASKED.fetch_add(1, Relaxed);
///     ([(CACHE_CONTROL, "max-age=60")], "hello")
/// };
/// let app = Router::new().route("/", get(answer)).layer(cache.layer());
/// for _ in 0..3 {
///     let request = Request::get("/").header("host", "example.com").body(Body::empty())?;
///     assert!(app.clone().oneshot(request).await?.status().is_success());
/// }
/// assert_eq!(ASKED.load(Relaxed), 1);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct HttpCache {
    inner: Arc<Inner>,
}

impl HttpCache {
    pub(super) fn new(
        store: Cache<String, Kept>,
        flights: Cache<String, Flown>,
        clock: SharedClock,
        runtime: Option<SharedRuntime>,
        settings: Settings,
    ) -> Result<Self, Error> {
        let unshared = MemoryCache::builder()
            .max_weight(UNSHARED)
            .weigher(|key: &String, ()| key.len() as u64 + 64)
            .ttl(UNSHARED_FOR)
            .clock(clock.clone())
            .build()?;
        let inner = Inner {
            store,
            flights,
            unshared,
            refreshing: Arc::<Refreshing>::default(),
            epochs: Epochs::new(),
            clock,
            runtime,
            settings,
            own: RandomState::new().build_hasher().finish(),
            places: AtomicU64::new(0),
        };
        Ok(HttpCache { inner: Arc::new(inner) })
    }

    /// The layer to put before a service. Services behind the layers of one cache share what is kept.
    pub fn layer(&self) -> HttpCacheLayer {
        HttpCacheLayer { cache: self.inner.clone() }
    }

    /// Removes all responses that named this tag in their `cache-tag`.
    ///
    /// # Errors
    /// When the storage did not do it. Memory has none of them then.
    ///
    /// ```
    /// # pollster::block_on(async {
    /// let cache = cachefn::http::HttpCache::builder("pages").build()?;
    /// cache.invalidate_by_tag("product:7").await?;
    /// # Ok::<(), cachefn::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_by_tag(&self, tag: &str) -> Result<(), Error> {
        self.invalidate_by_tags([tag]).await
    }

    /// Removes all responses that named one of these tags, in one step.
    ///
    /// # Errors
    /// As [`invalidate_by_tag`](Self::invalidate_by_tag).
    pub async fn invalidate_by_tags(
        &self,
        tags: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<(), Error> {
        let tags: Vec<String> = tags.into_iter().map(|tag| tag.as_ref().into()).collect();
        self.inner.invalidate(&tags).await
    }

    /// Removes all variants of a target, such as `https://example.com/users/7?full=1`.
    ///
    /// # Errors
    /// Of kind `config` when that is no absolute `http` or `https` URI, and as
    /// [`invalidate_by_tag`](Self::invalidate_by_tag).
    ///
    /// ```
    /// # pollster::block_on(async {
    /// let cache = cachefn::http::HttpCache::builder("pages").build()?;
    /// cache.invalidate_uri("http://example.com/a").await?;
    /// assert!(cache.invalidate_uri("/a").await.is_err());
    /// # Ok::<(), cachefn::Error>(()) }).unwrap();
    /// ```
    pub async fn invalidate_uri(&self, uri: &str) -> Result<(), Error> {
        let absolute = || {
            Error::config(
                "invalidate",
                format!("{uri:?} is no absolute URI such as http://host/path"),
            )
        };
        let request = Request::get(uri).body(()).map_err(|_| absolute())?;
        let (parts, ()) = request.into_parts();
        let target = Target::of(&parts, &self.inner.settings.scheme).ok_or_else(absolute)?;
        self.inner.invalidate(&[target.tag()]).await
    }

    /// Removes all responses whose target matches, such as `http://example.com/users/*`.
    ///
    /// # Errors
    /// When the storage did not do it, or cannot list its names.
    pub async fn invalidate_by_pattern(&self, glob: &Glob) -> Result<(), Error> {
        self.inner.invalidate_pattern(glob).await
    }

    /// Removes everything.
    ///
    /// # Errors
    /// When the storage did not do it.
    pub async fn clear(&self) -> Result<(), Error> {
        self.inner.clear().await
    }

    /// The numbers of the cache behind. Each response counts two entries: the list of its target's
    /// variants, and itself.
    ///
    /// ```
    /// let cache = cachefn::http::HttpCache::builder("pages").build()?;
    /// assert_eq!(cache.stats().size, 0);
    /// # Ok::<(), cachefn::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        self.inner.store.stats()
    }

    /// The cache behind, to listen to its events or to measure it. What is set into it by hand is not found.
    pub fn store(&self) -> &Cache<String, Kept> {
        &self.inner.store
    }

    /// Writes out what the storage has still to write, and ends; the cache of a registry ends with that.
    ///
    /// # Errors
    /// When the storage did not do it.
    pub async fn close(&self) -> Result<(), Error> {
        match self.inner.settings.lent {
            true => self.inner.store.flush().await,
            false => self.inner.store.close().await,
        }
    }
}

impl fmt::Debug for HttpCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCache").field("name", &self.inner.store.name()).finish_non_exhaustive()
    }
}

/// How many bytes remember flights that nobody should wait for, and how long.
const UNSHARED: u64 = 4 << 20;
const UNSHARED_FOR: Duration = Duration::from_secs(10);
