//! Collects what a cache of responses is to do.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{Builder, Bus, Cache, Clock, Error, Runtime, Storage, SystemClock};

use super::codec::KeptCodec;
use super::handle::HttpCache;
use super::inner::{SharedClock, SharedRuntime};
use super::kept::Kept;
use super::storable::Cookies;
use super::stored::Heuristic;
use super::wishes::Wishes;

/// The settings of an [`HttpCache`]; made by [`HttpCache::builder`].
///
/// ```
/// use cachefn::http::HttpCache;
/// use std::time::Duration;
///
/// let cache = HttpCache::builder("pages")
///     .max_bytes(256 << 20)
///     .scheme("https")
///     .stale_if_error(Duration::from_secs(600))
///     .cache_status("pages")
///     .build()?;
/// # drop(cache);
/// # Ok::<(), cachefn::Error>(())
/// ```
pub struct HttpCacheBuilder {
    store: Builder<Cache<String, Kept>>,
    stored: bool,
    clock: SharedClock,
    runtime: Option<SharedRuntime>,
    max_bytes: u64,
    wait: Option<Duration>,
    wishes: Wishes,
}

impl HttpCache {
    /// The settings of a new cache. The name is that of its entries in a storage: caches of one name share
    /// what is kept there.
    ///
    /// ```
    /// assert!(cachefn::http::HttpCache::builder("pages").build().is_ok());
    /// ```
    pub fn builder(name: &str) -> HttpCacheBuilder {
        HttpCacheBuilder::new(name)
    }
}

impl HttpCacheBuilder {
    fn new(name: &str) -> Self {
        HttpCacheBuilder {
            store: Cache::builder(name),
            stored: false,
            clock: SharedClock(Arc::new(SystemClock::new())),
            runtime: None,
            max_bytes: 64 << 20,
            wait: None,
            wishes: Wishes::default(),
        }
    }

    /// Keeps responses in a storage too, which other processes may share.
    pub fn storage(mut self, storage: impl Storage) -> Self {
        self.store = self.store.storage(storage);
        self.stored = true;
        self
    }

    /// Tells other processes what is not valid any more.
    pub fn bus(mut self, bus: impl Bus) -> Self {
        self.store = self.store.bus(bus);
        self
    }

    /// How long what is in memory answers while messages of the [`bus`](Self::bus) may be missed; 10 seconds
    /// unless said. It bounds `stale-if-error` while the servers of the bus are away.
    pub fn stale_while_lost(mut self, bound: Duration) -> Self {
        self.store = self.store.stale_while_lost(bound);
        self
    }

    /// The storage is that of others, who end it.
    #[cfg(feature = "config")]
    pub(crate) fn lent(mut self) -> Self {
        self.wishes.lent = true;
        self
    }

    /// What asks in the background. Without one, `stale-while-revalidate` lets one client wait, and the
    /// others not.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(SharedRuntime(Arc::new(runtime)));
        self
    }

    /// How long a client waits for another client's fetch; then it asks by itself. Needs a
    /// [`runtime`](Self::runtime). Without a limit a service that hangs holds up all who ask alike.
    pub fn wait_at_most(mut self, time: Duration) -> Self {
        self.wait = Some(time);
        self
    }

    /// Where time comes from, for ages and dates too; the machine's clock unless said.
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = SharedClock(Arc::new(clock));
        self
    }

    /// How many bytes of responses stay in memory; 64 MiB unless said.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// The longest body that is kept; 1 MiB unless said. A longer one passes through as it comes.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.wishes.limits.max_body = bytes;
        self
    }

    /// How many bytes the headers of a response may have to be kept; 16 KiB unless said.
    pub fn max_headers(mut self, bytes: usize) -> Self {
        self.wishes.limits.max_headers = bytes;
        self
    }

    /// How many variants (by `Vary`) one target may have; 16 unless said. The oldest leaves.
    pub fn max_variants(mut self, variants: usize) -> Self {
        self.wishes.max_variants = variants;
        self
    }

    /// The longest time that anything is kept, whatever it says; seven days unless said.
    pub fn keep_at_most(mut self, life: Duration) -> Self {
        self.wishes.keep_at_most = life;
        self
    }

    /// How long a stale response with a validator is kept, to be validated; ten minutes unless said.
    pub fn keep_for_validation(mut self, life: Duration) -> Self {
        self.wishes.validation = life;
        self
    }

    /// Gives responses with `Last-Modified` and nothing else this fraction of their age as their lifetime,
    /// and never more than `most`. Off unless said: what says nothing is not kept.
    pub fn heuristic(mut self, fraction: f64, most: Duration) -> Self {
        self.wishes.limits.heuristic = Some(Heuristic { fraction, most });
        self
    }

    /// `stale-while-revalidate` for responses that do not say it.
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.wishes.leeway.stale_while_revalidate = window.as_secs();
        self
    }

    /// `stale-if-error` for responses that do not say it.
    pub fn stale_if_error(mut self, window: Duration) -> Self {
        self.wishes.leeway.stale_if_error = window.as_secs();
        self
    }

    /// Lets `stale-while-revalidate` and `stale-if-error` count beside `s-maxage`, as many caches do.
    /// The standard says that a shared cache must not use what is stale by `s-maxage`.
    pub fn stale_beyond_s_maxage(mut self) -> Self {
        self.wishes.leeway.beyond_s_maxage = true;
        self
    }

    /// How clients come here, `http` unless said; say `https` behind what ends TLS. It is a part of every key.
    pub fn scheme(mut self, scheme: &str) -> Self {
        self.wishes.scheme = scheme.to_ascii_lowercase();
        self
    }

    /// Makes a header of requests a part of every key, because responses depend on it and do not say so.
    pub fn key_header(mut self, name: &str) -> Self {
        self.wishes.keyed.push(name.to_ascii_lowercase());
        self
    }

    /// Says that no response depends on a header that is a part of keys unless said, such as `forwarded`.
    pub fn ignore_header(mut self, name: &str) -> Self {
        self.wishes.keyed.retain(|keyed| !keyed.eq_ignore_ascii_case(name));
        self
    }

    /// What becomes of responses with `Set-Cookie`.
    pub fn cookies(mut self, cookies: Cookies) -> Self {
        self.wishes.limits.cookies = cookies;
        self
    }

    /// The header by which a response names its tags, `cache-tag` unless said. Clients never see it.
    pub fn tag_header(mut self, name: &str) -> Self {
        self.wishes.tag_header = name.to_ascii_lowercase();
        self
    }

    /// Lets whoever sends `authorization: Bearer <token>` purge, by the method `PURGE`. Without a token that
    /// is a method like any other.
    pub fn purge_token(mut self, token: &str) -> Self {
        self.wishes.token = Some(token.into());
        self
    }

    /// Takes orders to purge by `POST` to this path, too.
    pub fn purge_path(mut self, path: &str) -> Self {
        self.wishes.path = Some(path.into());
        self
    }

    /// Says in `Cache-Status`, under this name, what became of each request.
    pub fn cache_status(mut self, name: &str) -> Self {
        self.wishes.status = Some(name.into());
        self
    }

    /// Answers clients that ask for something newer (`no-cache`, `max-age`, `min-fresh`) or older
    /// (`max-stale`) like all others.
    pub fn ignore_client_directives(mut self) -> Self {
        self.wishes.obeys_clients = false;
        self
    }

    /// The cache.
    ///
    /// # Errors
    /// Of kind `config`, when a setting cannot work; the text says which and what would.
    ///
    /// ```
    /// let error = cachefn::http::HttpCache::builder("pages").scheme("ftp").build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: the scheme is ftp; say http or https");
    /// ```
    pub fn build(self) -> Result<HttpCache, Error> {
        let settings = self.wishes.checked()?;
        let mut store = self.store.clock(self.clock.clone()).ttl(self.wishes.keep_at_most);
        store = store
            .max_weight(self.max_bytes)
            .weigher(|key: &String, kept: &Kept| kept.weight() + key.len() as u64);
        if self.stored {
            store = store.codec(KeptCodec { heuristic: self.wishes.limits.heuristic });
        }
        let mut flights = Cache::builder("flights").clock(self.clock.clone()).ttl(Duration::ZERO);
        if let Some(runtime) = &self.runtime {
            store = store.runtime(runtime.clone());
            flights = flights.runtime(runtime.clone());
        }
        if let Some(wait) = self.wait {
            if self.runtime.is_none() {
                let text = "wait_at_most needs a runtime, to measure the time";
                return Err(Error::config("build", text));
            }
            flights = flights.load_timeout(wait);
        }
        HttpCache::new(store.build()?, flights.build()?, self.clock, self.runtime, settings)
    }
}

impl fmt::Debug for HttpCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCacheBuilder")
            .field("scheme", &self.wishes.scheme)
            .finish_non_exhaustive()
    }
}
