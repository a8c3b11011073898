//! From a configuration to services that serve.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, ErrorKind, NamedCache, Runtime};
use cachefn_tokio::{Shutdown, State, TokioRuntime};

use super::assembling::{Assembled, assemble};
use super::auditing::process;
use super::ending::{Cached, Closing, Waiting};
use super::face::{Inner, Registry};
use super::links::Links;
use super::service::ServiceHandle;
use super::stop::Stop;
use super::unknown::Unknown;
use super::watching::{Stopping, states};
use crate::audit::{Audit, AuditEvent, What};
use crate::config::Config;

impl Registry {
    /// Opens every service: connects to its storage, replays its log, builds its cache. Services with the same
    /// storage share one connection.
    ///
    /// A server that is away is no error, unless the configuration says
    /// [`require_storage`](crate::config::Global::require_storage): its services are `degraded` until it comes.
    ///
    /// # Errors
    /// When some service cannot be opened, all that failed, each with its name; nothing is left open.
    pub async fn open(config: Config) -> Result<Self, Error> {
        Self::boxed(config, false).await
    }

    /// [`open`](Self::open), after which functions with `#[cachefn(cache = "…")]` of these names find the services. Of a
    /// function with another name a `tracing` event of level `warn` tells, once for each name.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when the program has a cache of such a name already.
    pub async fn open_everywhere(config: Config) -> Result<Self, Error> {
        Self::boxed(config, true).await
    }

    /// What opens a registry is deep: in a box it is compiled here, and not by each program.
    fn boxed(config: Config, everywhere: bool) -> BoxFuture<'static, Result<Self, Error>> {
        Box::pin(Self::open_where(config, everywhere))
    }

    async fn open_where(config: Config, everywhere: bool) -> Result<Self, Error> {
        let runtime = TokioRuntime::current()?;
        if config.global.metrics && cfg!(not(feature = "metrics")) {
            let lacking = "[global] metrics needs the feature metrics of cachefn; take the feature, or leave it out";
            return Err(Error::config("open", lacking));
        }
        let audit = Audit::of(&config.global.audit)?;
        let (links, mut failures) = (Links::open(&config, &runtime).await, Failures::default());
        let mut assembled: Vec<(String, Assembled)> = Vec::new();
        for (name, service) in &config.services {
            if everywhere && NamedCache::named(name).is_some() {
                failures.add(
                    name,
                    Error::config("register", "the program has a cache of that name already"),
                );
                continue;
            }
            let one = match links.of(service) {
                Ok(link) => assemble(name, service, &config, link, &runtime).await,
                Err(error) => Err(error),
            };
            match one {
                Ok(one) => assembled.push((name.clone(), one)),
                Err(error) => failures.add(name, error),
            }
        }
        failures.none()?;
        let shutdown = Shutdown::new(runtime.clone());
        let mut services = BTreeMap::new();
        for (name, one) in assembled {
            match one.finish(&name, everywhere, &audit, &config.global.audit) {
                Ok(service) => {
                    services.insert(name, service);
                }
                Err(error) => failures.add(&name, error),
            }
        }
        failures.none()?;
        // What is made before the bus hears is kept nowhere. A server that does not answer holds nobody up.
        within(runtime.sleep(EARS), hear(&services)).await.unwrap_or(Ok(()))?;
        for service in services.values() {
            shutdown.add(Cached(service.named().clone()));
        }
        shutdown.then();
        services.iter().for_each(|(name, service)| {
            service.outbox().into_iter().for_each(|outbox| {
                shutdown.add(Waiting { name: format!("{name}: outbox"), outbox });
            });
        });
        shutdown.then();
        let stop = Stop::default();
        shutdown.add(Stopping(stop.clone()));
        for link in links.opened() {
            let names = services
                .iter()
                .filter(|(_, service)| service.link().is_some_and(|own| Arc::ptr_eq(own, &link)));
            let names = names.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            runtime.spawn(states(&link, names, audit.clone(), stop.clone()));
            shutdown.add(Closing { link });
        }
        #[cfg(feature = "metrics")]
        let observations = {
            let (observations, reporting) =
                super::observing::observed(&config, &services, &runtime);
            if let Some(reporting) = reporting {
                shutdown.add(reporting);
            }
            observations
        };
        let names: Vec<String> = services.keys().cloned().collect();
        let opened = names.join(", ");
        let unknown = Unknown::heard(names, everywhere);
        let registry = Registry(Arc::new(Inner {
            config: Mutex::new(config),
            audit,
            runtime,
            services,
            shutdown,
            unknown,
            #[cfg(feature = "metrics")]
            observations,
        }));
        registry.audit().tell(AuditEvent::new(What::Open, opened, process()));
        Ok(registry)
    }
}

/// Waits until every service hears the others, but for those whose storage is away.
///
/// # Errors
/// When one is ended meanwhile.
async fn hear(services: &BTreeMap<String, ServiceHandle>) -> Result<(), Error> {
    for service in services.values() {
        if service.health().is_none_or(|health| health.state() == State::Healthy) {
            service.named().ready().await?;
        }
    }
    Ok(())
}

/// What the future brings, unless the limit is reached before.
async fn within<F: Future>(mut limit: BoxFuture<'static, ()>, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// How long the first moment may take in which a bus does not hear yet.
const EARS: Duration = Duration::from_secs(1);

/// What failed, of all services.
#[derive(Default)]
struct Failures(Vec<(String, Error)>);

impl Failures {
    fn add(&mut self, service: &str, error: Error) {
        self.0.push((service.into(), error));
    }

    /// # Errors
    /// One for all of them; retryable if each is.
    fn none(&self) -> Result<(), Error> {
        let Some((_, first)) = self.0.first() else { return Ok(()) };
        let each = self.0.iter().map(|(service, error)| format!("{service}: {error}"));
        let text = each.collect::<Vec<_>>().join("\n");
        let config = self.0.iter().any(|(_, error)| !error.is_retryable());
        Err(match first.kind() {
            _ if config => Error::config("open", text),
            ErrorKind::Timeout => Error::timeout("open", text),
            _ => Error::unavailable("open", text),
        })
    }
}
