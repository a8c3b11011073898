//! One service under observation: its counts are read when somebody asks for a report.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::counters::Counters;
use super::gauges::Size;
#[cfg(feature = "tokio")]
use super::gauges::{Waiting, health};
use super::names::{BUS, describe};
use super::observable::Observable;
use super::recording::{series, set};
#[cfg(feature = "tokio")]
use cachefn_core::Storage;
#[cfg(feature = "tokio")]
use cachefn_tokio::{Health, Outbox};
use metrics::Key;

/// Tells what a cache has counted under the name of a service: nothing by itself, and all of it with
/// each [`report`](Observation::report). The cache is not listened to, so that its hits cost what they
/// always did.
///
/// A service has one observation. Counters of a second one would be added, and sizes would overwrite
/// each other. What was told before an exporter is installed, nobody has heard: install it first.
///
/// ```
/// use cachefn::telemetry::observe;
/// use metrics_exporter_prometheus::PrometheusBuilder;
/// use std::sync::Arc;
///
/// let exporter = PrometheusBuilder::new().build_recorder(); // or `install()`, for the whole program
/// let text = exporter.handle();
/// metrics::with_local_recorder(&exporter, || {
///     let users = Arc::new(cachefn::MemoryCache::<u64, String>::builder().build()?);
///     let observation = observe(&users, "users");
///     users.set(7, "Ada".into())?;
///     users.get(&7);
///     observation.report(); // before each scrape, or now and then: see `Observations`
///     Ok::<(), cachefn::Error>(())
/// })?;
/// let line = r#"cache_requests_total{service="users",layer="l1",operation="get",result="hit"} 1"#;
/// assert!(text.render().lines().any(|found| found == line));
/// # Ok::<(), cachefn::Error>(())
/// ```
#[must_use = "an observation tells nothing until `report` is called, or it is added to `Observations`"]
pub struct Observation {
    service: Arc<str>,
    cache: Box<dyn Observable>,
    counters: Mutex<(Counters, Size)>,
    #[cfg(feature = "tokio")]
    health: Option<Health>,
    bus: Option<(Key, Box<dyn Fn() -> bool + Send + Sync>)>,
    #[cfg(feature = "tokio")]
    outbox: Option<Mutex<Waiting>>,
}

/// Observes a cache as a service. The observation keeps a clone of it.
///
/// ```
/// use cachefn::telemetry::observe;
///
/// #[cachefn::cachefn(ttl = "5m")]
/// fn square(number: u64) -> u64 {
///     number * number
/// }
/// let of_a_function = observe(&square::cache(), "squares");
/// let cache = cachefn::Cache::<u64, u64>::builder("numbers").build()?;
/// assert_eq!(observe(&cache, "numbers").service(), "numbers");
/// # Ok::<(), cachefn::Error>(())
/// ```
pub fn observe(cache: &(impl Observable + Clone), service: impl Into<Arc<str>>) -> Observation {
    describe();
    let service = service.into();
    Observation {
        cache: Box::new(cache.clone()),
        counters: Mutex::new((Counters::new(&service), Size::new(&service))),
        #[cfg(feature = "tokio")]
        health: None,
        bus: None,
        #[cfg(feature = "tokio")]
        outbox: None,
        service,
    }
}

impl Observation {
    /// The name of the service.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Tells the health of its storage, too: `cache_l2_health_status`.
    ///
    /// ```
    /// use cachefn::tokio::{Guarded, TokioRuntime};
    /// use cachefn::{Cache, Postcard, telemetry::observe};
    /// use cachefn_conformance::MapStorage;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cachefn::Error> {
    /// let storage = Guarded::new(MapStorage::new(), TokioRuntime::current()?);
    /// let health = storage.health();
    /// let users = Cache::<u64, String>::builder("users").storage(storage).codec(Postcard).build()?;
    /// let observation = observe(&users, "users").health(&health);
    /// observation.report();
    /// assert_eq!(observation.service(), "users");
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "tokio")]
    pub fn health(mut self, health: &Health) -> Self {
        self.health = Some(health.clone());
        self
    }

    /// Tells whether what other processes change is heard, too: `cache_bus_health_status`. It is asked with each
    /// report.
    ///
    /// ```no_run
    /// use cachefn::tokio::TokioRuntime;
    /// use cachefn::{Cache, Postcard, redis::Redis, telemetry::observe};
    ///
    /// # async fn example() -> Result<(), cachefn::Error> {
    /// let redis = Redis::connect("redis://127.0.0.1/").await?;
    /// let bus = redis.bus(TokioRuntime::current()?);
    /// let users = Cache::<u64, String>::builder("users").storage(redis.storage());
    /// let users = users.codec(Postcard).bus(bus.clone()).build()?;
    /// let observation = observe(&users, "users").bus(move || bus.failure().is_none());
    /// # Ok(()) }
    /// ```
    pub fn bus(mut self, is_heard: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.bus = Some((series(BUS, &self.service, &[]), Box::new(is_heard)));
        self
    }

    /// Tells what waits in its outbox, too: `cache_batch_write_buffer_size`.
    #[cfg(feature = "tokio")]
    pub fn outbox<S: Storage>(self, outbox: &Outbox<S>) -> Self {
        self.waiting(outbox, false)
    }

    /// As [`outbox`](Self::outbox), of one with a log on the disk: `cache_wal_entries` besides.
    #[cfg(feature = "tokio")]
    pub fn logged_outbox<S: Storage>(self, outbox: &Outbox<S>) -> Self {
        self.waiting(outbox, true)
    }

    /// Reads what the cache has counted, and tells what has come since the last report.
    pub fn report(&self) {
        {
            // Two reports at once would tell the same twice.
            let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
            let stats = self.cache.stats();
            counters.0.tell(&stats);
            counters.1.tell(&stats);
        }
        if let Some((key, is_heard)) = &self.bus {
            set(key, f64::from(u8::from(is_heard())));
        }
        #[cfg(feature = "tokio")]
        if let Some(known) = &self.health {
            health(&self.service, known.state());
        }
        #[cfg(feature = "tokio")]
        if let Some(outbox) = &self.outbox {
            outbox.lock().unwrap_or_else(PoisonError::into_inner).tell();
        }
    }

    #[cfg(feature = "tokio")]
    fn waiting<S: Storage>(mut self, outbox: &Outbox<S>, is_logged: bool) -> Self {
        let outbox = outbox.clone();
        let waiting = Waiting::new(&self.service, is_logged, move || outbox.pending());
        self.outbox = Some(Mutex::new(waiting));
        self
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation").field("service", &self.service).finish_non_exhaustive()
    }
}
