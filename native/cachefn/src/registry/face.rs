//! The registry: services by their names.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cachefn_core::{BoxFuture, Cache, Error, NamedCache, NamedValue};
use cachefn_tokio::{Ended, Shutdown, TokioRuntime};

use super::auditing::process;
use super::service::ServiceHandle;
use super::unknown::{Unknown, unknown};
use crate::audit::{Audit, AuditEvent, What};
use crate::config::Config;

/// The caches of a configuration. Clones are the same registry; several registries know nothing of each other, so
/// that each test has its own.
///
/// ```
/// use cachefn::config::Config;
/// use cachefn::registry::Registry;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::read("[services.users]\nttl = \"10m\"\n")?;
/// let registry = Registry::open(config).await?;
/// let users = registry.cache::<String>("users")?;
/// users.set("user:7".into(), "Ada".into()).await?;
/// assert_eq!(users.get("user:7").await?.as_deref(), Some("Ada"));
///
/// let ended = registry.shutdown_all(std::time::Duration::from_secs(10)).await;
/// assert!(ended.is_clean(), "{ended}");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Registry(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) config: Mutex<Config>,
    pub(super) audit: Audit,
    pub(super) runtime: TokioRuntime,
    pub(super) services: BTreeMap<String, ServiceHandle>,
    pub(super) shutdown: Shutdown,
    pub(super) unknown: Unknown,
    #[cfg(feature = "metrics")]
    pub(super) observations: crate::telemetry::Observations,
}

impl Registry {
    /// A service's cache. Functions with `#[cachefn(cache = "…", key = "…")]` of its name share its entries.
    ///
    /// # Errors
    /// Of kind `config` when no service has the name, with those that there are, or when it holds values of another
    /// type.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = Registry::open(Config::read("[services.users]\n")?).await?;
    /// let error = registry.cache::<String>("usres").unwrap_err();
    /// assert_eq!(error.to_string(), "cache: there is no service usres; did you mean users?");
    /// # Ok(()) }
    /// ```
    pub fn cache<V: NamedValue>(&self, name: &str) -> Result<Cache<String, V>, Error> {
        self.named(name)?.cache()
    }

    /// A service as a named cache, for [`with_cache`](crate::with_cache) and whatever concerns all its functions.
    ///
    /// # Errors
    /// As [`cache`](Self::cache).
    pub fn named(&self, name: &str) -> Result<NamedCache, Error> {
        match self.service(name) {
            Some(service) => Ok(service.named().clone()),
            None => Err(Error::config("cache", unknown(name, self.services()))),
        }
    }

    /// What a tool needs of a service: its storage, its health, what waits.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = Registry::open(Config::read("[services.users]\n")?).await?;
    /// let users = registry.service("users").expect("it is configured");
    /// assert!(users.storage().is_none()); // it has memory only
    /// # Ok(()) }
    /// ```
    pub fn service(&self, name: &str) -> Option<&ServiceHandle> {
        self.0.services.get(name)
    }

    /// The names of the services, sorted.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.0.services.keys().map(String::as_str)
    }

    /// What it was opened with, and what [`reload`](Self::reload) changed since.
    pub fn config(&self) -> Config {
        self.lock_config().clone()
    }

    /// Where changes are written down.
    pub fn audit(&self) -> &Audit {
        &self.0.audit
    }

    pub(super) fn lock_config(&self) -> MutexGuard<'_, Config> {
        self.0.config.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The observations of all services, where `[global] metrics` is true; otherwise none. They are reported every
    /// 10 seconds; who answers a scrape reports them just before.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let config = Config::read("[global]\nmetrics = true\n[services.users]\n")?;
    /// let registry = Registry::open(config).await?;
    /// assert_eq!(registry.observations().services(), ["users"]);
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "metrics")]
    pub fn observations(&self) -> &crate::telemetry::Observations {
        &self.0.observations
    }

    /// Ends all services in order: what waits is written, within the deadline if it can, storages are closed, tasks
    /// stop. Every error is told, and what was left.
    pub async fn shutdown_all(&self, deadline: Duration) -> Ended {
        let end: BoxFuture<'_, Ended> = Box::pin(self.0.shutdown.end(deadline));
        let ended = end.await;
        let event = AuditEvent::new(What::End, "", process());
        self.0.audit.tell(event.detail(if ended.is_clean() {
            String::new()
        } else {
            ended.to_string()
        }));
        ended
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("services", &self.0.services).finish_non_exhaustive()
    }
}
