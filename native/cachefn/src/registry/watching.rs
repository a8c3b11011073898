//! A configuration that is read again when its file changes, and storages whose states are written down.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, Runtime};
use cachefn_tokio::{Ends, State};

use super::auditing::process;
use super::face::Registry;
use super::link::Link;
use super::reloading::Reloaded;
use super::stop::Stop;
use crate::audit::{Audit, AuditEvent, What};
use crate::config::ConfigError;

impl Registry {
    /// Reads the configuration again whenever its file has changed, looked at each `every`, and
    /// [reloads](Self::reload) it; what came of it is told to `told`. It is read as it was at first, with the same
    /// profile or none and the environment that was given, if one was. A file with faults changes nothing. It ends with
    /// the registry, or when what is returned is dropped.
    ///
    /// # Errors
    /// Of kind `config` when the configuration was not read from a file.
    pub fn watch(
        &self,
        every: Duration,
        told: impl Fn(Result<Reloaded, ConfigError>) + Send + Sync + 'static,
    ) -> Result<Watch, Error> {
        let config = self.config();
        let (Some(file), Some(loader)) = (config.file.clone(), config.again()) else {
            return Err(Error::config("watch", "the configuration was not read from a file"));
        };
        let stop = Stop::default();
        let (registry, ended, runtime) =
            (Arc::downgrade(&self.0), stop.clone(), self.0.runtime.clone());
        let sleeper = runtime.clone();
        // What is there now is what was read, or is read once more.
        let mut seen = None;
        let task = async move {
            while ended.or(sleeper.sleep(every)).await.is_some() {
                let Some(registry) = registry.upgrade().map(Registry) else { return };
                let text = std::fs::read(&file).ok();
                if seen.as_ref() == Some(&text) {
                    continue;
                }
                let is_first = seen.is_none();
                seen = Some(text);
                let read = loader.clone().load();
                if let Err(error) = &read {
                    let event = AuditEvent::new(What::Refuse, "", process());
                    registry.audit().warn(event.detail(error.to_string()));
                }
                let came = read.map(|config| registry.reload(&config));
                // As a rule the first look finds what was read when the program started.
                if !(is_first && came.as_ref().is_ok_and(Reloaded::is_empty)) {
                    told(came);
                }
            }
        };
        runtime.spawn(Box::pin(task));
        self.0.shutdown.add(Stopping(stop.clone()));
        Ok(Watch(stop))
    }
}

/// As long as it is there, the file is looked at.
#[must_use = "dropped, it ends the watching"]
pub struct Watch(Stop);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Writes down when a storage is given up, and when it is back.
pub(super) fn states(
    link: &Link,
    names: String,
    audit: Audit,
    stop: Stop,
) -> BoxFuture<'static, ()> {
    let health = link.health.clone();
    Box::pin(async move {
        // That the storage was away from the beginning is a change, too.
        let (mut changes, mut outages, mut is_away) = (0, 0, false);
        let event = |detail| AuditEvent::new(What::State, names.clone(), "cachefn").detail(detail);
        while let Some(Some(next)) = stop.or(health.changed(changes)).await {
            changes = next.changes;
            // An outage is one event, however often it is found not to be over; and it is one when it is over already.
            if next.opened > outages {
                if is_away {
                    audit.tell(event(State::Healthy.to_string()));
                }
                let why = next.last_error.map_or(String::new(), |error| format!(": {error}"));
                audit.warn(event(format!("{}{why}", State::Degraded)));
                (outages, is_away) = (next.opened, true);
            }
            if is_away && next.state == State::Healthy {
                audit.tell(event(State::Healthy.to_string()));
                is_away = false;
            }
        }
    })
}

/// Ends a task with the registry.
pub(super) struct Stopping(pub(super) Stop);

impl Ends for Stopping {
    fn name(&self) -> &str {
        "watching"
    }

    fn end<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
        self.0.stop();
        Box::pin(async { Vec::new() })
    }
}
