//! How services are, as data for an endpoint.

use std::collections::BTreeMap;

use cachefn_tokio::State;
use serde::Serialize;

use super::ears::Ears;
use super::face::Registry;
use super::service::ServiceHandle;

/// How all services are. As JSON it is what a health endpoint returns.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// `healthy` if every service is, otherwise `degraded`: memory and functions serve.
    pub state: &'static str,
    /// Each service by its name.
    pub services: BTreeMap<String, ServiceHealth>,
    /// Names of caches for which functions asked and that nobody has set up: these have their memory alone.
    pub unknown_caches: Vec<String>,
}

/// How one service is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ServiceHealth {
    /// `healthy`, `degraded` or `recovering`.
    pub state: &'static str,
    /// For how many milliseconds it has been so; nothing for a service without a storage.
    pub since_ms: Option<u64>,
    /// Calls of its storage that failed, since the program started.
    pub calls_failed: u64,
    /// Those of them that took longer than they may.
    pub calls_timed_out: u64,
    /// Calls that were not made, because the storage was given up.
    pub calls_skipped: u64,
    /// What failed last; it may name a key, and never a value or a password.
    pub last_error: Option<String>,
    /// Why nothing is heard from other processes, if that is so.
    pub bus_failure: Option<String>,
    /// What waits for its storage.
    pub pending: Option<Pending>,
}

/// What waits for a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pending {
    /// Names whose last change waits.
    pub entries: usize,
    /// Bytes of memory that these take, about.
    pub bytes: usize,
    /// Messages to other processes that follow them.
    pub messages: usize,
    /// Sets that had no room and are lost, since the program started.
    pub sets_dropped: u64,
    /// Changes that the storage refused: sets are lost, removals are tried again.
    pub changes_refused: u64,
}

impl Registry {
    /// How every service is now. Storages are asked, so that one that is back is found to be.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = Registry::open(Config::read("[services.users]\n")?).await?;
    /// let health = serde_json::to_value(registry.health().await)?;
    /// assert_eq!(health["services"]["users"]["state"], "healthy");
    /// assert_eq!(health["services"]["users"]["calls_failed"], 0);
    /// # Ok(()) }
    /// ```
    pub async fn health(&self) -> Health {
        let mut services = BTreeMap::new();
        for (name, service) in &self.0.services {
            if let Some(link) = service.link() {
                // What it answers is in its health.
                let _ = link.probe().await;
            }
            services.insert(name.clone(), health(service));
        }
        let healthy = services.values().all(|service| service.state == State::Healthy.as_str());
        let state = if healthy { State::Healthy } else { State::Degraded };
        Health { state: state.as_str(), services, unknown_caches: self.0.unknown.names() }
    }
}

fn health(service: &ServiceHandle) -> ServiceHealth {
    let status = service.health().map(|health| health.status());
    let count = |read: fn(&cachefn_tokio::Status) -> u64| status.as_ref().map_or(0, read);
    ServiceHealth {
        state: status.as_ref().map_or(State::Healthy, |status| status.state).as_str(),
        since_ms: status.as_ref().map(|status| status.since.as_millis() as u64),
        calls_failed: count(|status| status.failures),
        calls_timed_out: count(|status| status.timeouts),
        calls_skipped: count(|status| status.refused),
        last_error: status
            .as_ref()
            .and_then(|status| status.last_error.as_ref())
            .map(ToString::to_string),
        bus_failure: service.link().and_then(|link| link.bus.as_ref()).and_then(Ears::failure),
        pending: service.pending().map(|pending| Pending {
            entries: pending.entries,
            bytes: pending.bytes,
            messages: pending.messages,
            sets_dropped: pending.dropped,
            changes_refused: pending.refused,
        }),
    }
}
