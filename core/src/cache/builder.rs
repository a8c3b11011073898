//! Collects what the asynchronous cache has besides memory.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::future::Future;
use core::time::Duration;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::inner::Fetcher;
use super::peers::KeyTexts;
use super::traced::OwnTracer;
use super::witness::OwnWitness;
#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
use super::witness::Witness;
use crate::bus::Bus;
use crate::clock::Clock;
use crate::codec::Codec;
use crate::key::KeyText;
use crate::lease::Leases;
use crate::maybe_send::{MaybeSend, MaybeSync};
use crate::memory::{Builder, Face};
use crate::runtime::Runtime;
use crate::storage::{AnyStorage, Storage};

/// Appends the text of a key.
type WriteText<K> = fn(&K, &mut String);

/// The settings that only a [`Cache`] has.
pub struct Own<K, V> {
    pub(super) name: Box<str>,
    pub(super) storage: Option<(AnyStorage, WriteText<K>)>,
    pub(super) bus: Option<(Arc<dyn Bus>, KeyTexts<K>)>,
    pub(super) stale_while_lost: Option<Duration>,
    pub(super) leases: Option<Arc<dyn Leases>>,
    pub(super) lease_time: Option<Duration>,
    pub(super) codec: Option<Box<dyn Codec<V>>>,
    pub(super) compress_above: Option<usize>,
    pub(super) runtime: Option<Arc<dyn Runtime>>,
    pub(super) promote_on_hit: bool,
    pub(super) refresh_after: Option<f64>,
    pub(super) soft_timeout: Option<Duration>,
    pub(super) witness: Option<OwnWitness<K>>,
    pub(super) tracer: Option<OwnTracer<K>>,
}

impl<K, V> Default for Own<K, V> {
    fn default() -> Self {
        Own {
            name: Box::default(),
            storage: None,
            bus: None,
            stale_while_lost: None,
            leases: None,
            lease_time: None,
            codec: None,
            compress_above: None,
            runtime: None,
            promote_on_hit: true,
            refresh_after: None,
            soft_timeout: None,
            witness: None,
            tracer: None,
        }
    }
}

impl<K, V> Face for Cache<K, V> {
    type Value = V;
    type Clock = Box<dyn Clock + Send + Sync>;
    type Weigher = Box<dyn Fn(&K, &V) -> u64 + Send + Sync>;
    type Fetcher = Fetcher<K, V>;
    type Own = Own<K, V>;
}

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// The settings of a new cache. The name is the namespace of its entries in a storage: caches of
    /// one name, in whatever process, share what is kept there.
    ///
    /// ```
    /// let cache = cachefn_core::Cache::<u64, String>::builder("users").build()?;
    /// assert_eq!(cache.name(), "users");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn builder(name: impl Into<Box<str>>) -> Builder<Self> {
        Builder::named(name.into())
    }
}

impl<K, T> Builder<Cache<K, Option<T>>> {
    /// How long a `None` lives, unless its entry says otherwise.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let second = std::time::Duration::from_secs(1);
    /// let builder = Cache::<u32, Option<u32>>::builder("users").ttl(60 * second);
    /// assert!(builder.negative_ttl(second).build().is_ok());
    /// ```
    pub fn negative_ttl(mut self, ttl: Duration) -> Self {
        self.negative = Some((ttl, Option::is_none));
        self
    }
}

impl<K: CacheKey, V: CacheValue> Builder<Cache<K, V>> {
    pub(super) fn named(name: Box<str>) -> Self {
        let mut builder = Self::new();
        builder.own.name = name;
        builder
    }

    /// Keeps entries in a storage too, which needs a [`codec`](Builder::codec).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # fn example(storage: impl cachefn_core::Storage) -> Result<(), cachefn_core::Error> {
    /// let builder = Cache::<u64, String>::builder("users").storage(storage);
    /// let cache = builder.codec(cachefn_core::Postcard).build()?;
    /// # Ok(()) }
    /// ```
    pub fn storage(mut self, storage: impl Storage) -> Self
    where
        K: KeyText,
    {
        self.own.storage = Some((AnyStorage::new(storage), K::write_text));
        self
    }

    /// [`storage`](Self::storage) for one whose type is forgotten already.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(crate) fn any_storage(mut self, storage: AnyStorage) -> Self
    where
        K: KeyText,
    {
        self.own.storage = Some((storage, K::write_text));
        self
    }

    /// Who is told of the removals that its callers ask for.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(crate) fn witness(mut self, witness: Arc<dyn Witness>) -> Self
    where
        K: KeyText,
    {
        self.own.witness = Some(OwnWitness { witness, write: K::write_text });
        self
    }

    /// Without what this builder has no runtime for.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(crate) fn limited_to_its_runtime(mut self) -> Self {
        if self.own.runtime.is_none() {
            (self.load_timeout, self.own.refresh_after) = (None, None);
            self.own.soft_timeout = None;
        }
        self
    }

    /// How values become bytes in the storage.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Postcard};
    /// let builder = Cache::<u64, String>::builder("users").codec(Postcard);
    /// let error = builder.build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: a codec needs a storage; give one, or no codec");
    /// ```
    pub fn codec(mut self, codec: impl Codec<V>) -> Self {
        self.own.codec = Some(Box::new(codec));
        self
    }

    /// Compresses values that have more bytes than this in the storage. Needs the feature `lz4`.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let builder = Cache::<u64, String>::builder("users").compress_above(4096);
    /// assert_eq!(builder.build().is_ok(), cfg!(feature = "lz4"));
    /// ```
    pub fn compress_above(mut self, bytes: usize) -> Self {
        self.own.compress_above = Some(bytes);
        self
    }

    /// What runs fetchers in the background and measures time limits. Without one, callers do the
    /// first, and nobody the second.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # fn example(runtime: impl cachefn_core::Runtime) -> Result<(), cachefn_core::Error> {
    /// let builder = Cache::<u64, String>::builder("users").runtime(runtime);
    /// let cache = builder.load_timeout(std::time::Duration::from_secs(5)).build()?;
    /// # Ok(()) }
    /// ```
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.own.runtime = Some(Arc::new(runtime));
        self
    }

    /// Makes the value of a key that no tier has, so that a plain `get` reads through.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let builder = Cache::<u64, u64>::builder("squares").fetcher(|n| async move { n * n });
    /// let squares = builder.build()?;
    /// assert_eq!(squares.get(&9).await?, Some(81));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn fetcher<F, Fut>(mut self, fetcher: F) -> Self
    where
        F: Fn(K) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = V> + MaybeSend + 'static,
    {
        let fetcher: Fetcher<K, V> = Arc::new(move |key| Box::pin(fetcher(key)));
        self.fetcher = Some(fetcher);
        self
    }

    /// From which part of its TTL on (0 to 1) a hit fetches an entry anew in the background. Needs a
    /// [`runtime`](Builder::runtime), a TTL, and a fetcher that owns what it uses: the cache's own, or
    /// that of [`get_or_fetch_shared`](Cache::get_or_fetch_shared).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let builder = Cache::<u64, u64>::builder("squares").refresh_after(0.8);
    /// let error = builder.build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: refresh_after needs a runtime and a ttl");
    /// ```
    pub fn refresh_after(mut self, part: f64) -> Self {
        self.own.refresh_after = Some(part);
        self
    }

    /// How long a caller waits for another caller's fetcher; then it fetches by itself, and what the
    /// other brings is not stored. Needs a [`runtime`](Builder::runtime).
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let second = std::time::Duration::from_secs(1);
    /// let error = Cache::<u64, u64>::builder("n").load_timeout(second).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: load_timeout needs a runtime, to measure the time");
    /// ```
    pub fn load_timeout(mut self, timeout: Duration) -> Self {
        self.load_timeout = Some(timeout);
        self
    }

    /// How long a fetch may take before its callers have an older value instead, where there is one within
    /// `stale_if_error`; the fetch goes on, and its value is stored. Needs a [`runtime`](Builder::runtime).
    ///
    /// The caller that began the fetch has the older value, too, if its fetcher owns what it uses: the cache's
    /// own, or that of [`get_or_fetch_shared`](Cache::get_or_fetch_shared). Otherwise it drives the fetch to
    /// its end, and only the others go on.
    ///
    /// This bounds fetchers, and not the look into a storage before them: for that a storage has limits of its
    /// own, or those of `Guarded` in the crate `cachefn-tokio`.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # let ms = std::time::Duration::from_millis;
    /// let builder = Cache::<u64, u64>::builder("n").stale_if_error(ms(60_000));
    /// let error = builder.soft_timeout(ms(200)).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: soft_timeout needs a runtime, to measure the time");
    /// ```
    pub fn soft_timeout(mut self, timeout: Duration) -> Self {
        self.own.soft_timeout = Some(timeout);
        self
    }

    /// What an entry weighs in memory, in the unit of [`max_weight`](Builder::max_weight). It is asked
    /// once per write, outside all locks.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let builder = Cache::<u32, String>::builder("texts").max_weight(10);
    /// assert!(builder.weigher(|_, text| text.len() as u64).build().is_ok());
    /// ```
    pub fn weigher(mut self, weigher: impl Fn(&K, &V) -> u64 + Send + Sync + 'static) -> Self {
        self.weigher = Some(Box::new(weigher));
        self
    }

    /// Where time comes from; the machine's clock unless said.
    ///
    /// ```
    /// # use cachefn_core::{Cache, ManualClock};
    /// let builder = Cache::<u32, u32>::builder("numbers").clock(ManualClock::new());
    /// assert!(builder.build().is_ok());
    /// ```
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }
}
