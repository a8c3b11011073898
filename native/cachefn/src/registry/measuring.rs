//! Services that are measured, where the configuration says so.

use std::collections::BTreeMap;

use cachefn_core::Error;
use cachefn_tokio::{Shutdown, TokioRuntime};

use super::service::ServiceHandle;

/// Reports what each service counts, until the registry ends.
#[cfg(feature = "metrics")]
pub(super) fn measure(
    services: &BTreeMap<String, ServiceHandle>,
    runtime: &TokioRuntime,
    shutdown: &Shutdown,
) -> Result<(), Error> {
    use crate::telemetry::{Observations, observe};

    let observations = Observations::default();
    for (name, service) in services {
        let mut observation = observe(service.named(), name.as_str());
        if let (Some(health), Some(outbox)) = (service.health(), service.outbox()) {
            observation = observation.health(health);
            observation = match service.is_logged() {
                true => observation.logged_outbox(&outbox),
                false => observation.outbox(&outbox),
            };
        }
        observations.add(observation);
    }
    let reporting = observations.report_every(EVERY, runtime.clone());
    shutdown.add(ending::Measuring::new(observations, reporting));
    Ok(())
}

/// # Errors
/// Of kind `unsupported`: nobody would measure.
#[cfg(not(feature = "metrics"))]
pub(super) fn measure(
    _: &BTreeMap<String, ServiceHandle>,
    _: &TokioRuntime,
    _: &Shutdown,
) -> Result<(), Error> {
    Err(Error::unsupported("open", "global.metrics = true needs the feature metrics of cachefn"))
}

#[cfg(feature = "metrics")]
const EVERY: std::time::Duration = std::time::Duration::from_secs(10);

#[cfg(feature = "metrics")]
mod ending {
    //! The last report.

    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use cachefn_core::{BoxFuture, Error};
    use cachefn_tokio::Ends;

    use crate::telemetry::{Observations, Reporting};

    pub(super) struct Measuring {
        observations: Observations,
        reporting: Mutex<Option<Reporting>>,
    }

    impl Measuring {
        pub(super) fn new(observations: Observations, reporting: Reporting) -> Self {
            Measuring { observations, reporting: Mutex::new(Some(reporting)) }
        }
    }

    impl Ends for Measuring {
        fn name(&self) -> &str {
            "measuring"
        }

        fn end<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
            self.observations.report();
            self.reporting.lock().unwrap_or_else(PoisonError::into_inner).take();
            Box::pin(async { Vec::new() })
        }
    }
}
