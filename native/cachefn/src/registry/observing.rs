//! What services tell of themselves where `[global] metrics` says so.

use std::collections::BTreeMap;
use std::time::Duration;

use cachefn_tokio::TokioRuntime;

use super::service::ServiceHandle;
use crate::config::Config;
use crate::telemetry::{Observations, Reporting, observe};

/// The observations of all services, and their reports until a registry ends: nothing unless the configuration wants
/// it.
pub(super) fn observed(
    config: &Config,
    services: &BTreeMap<String, ServiceHandle>,
    runtime: &TokioRuntime,
) -> (Observations, Option<Reporting>) {
    let observations = Observations::default();
    if !config.global.metrics {
        return (observations, None);
    }
    for (name, service) in services {
        let mut observation = observe(service.named(), name.as_str());
        if let Some(health) = service.health() {
            observation = observation.health(health);
        }
        if let Some(ears) = service.link().and_then(|link| link.bus.clone()) {
            observation = observation.bus(move || ears.failure().is_none());
        }
        observation = match service.outbox() {
            Some(outbox) if service.is_logged() => observation.logged_outbox(&outbox),
            Some(outbox) => observation.outbox(&outbox),
            None => observation,
        };
        observations.add(observation);
    }
    let reporting = observations.report_every(INTERVAL, runtime.clone());
    (observations, Some(reporting))
}

const INTERVAL: Duration = Duration::from_secs(10);
