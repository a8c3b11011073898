//! Where events go.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cachefn_core::{Clock, Error, SystemClock};

use super::event::AuditEvent;
use super::file::Rotating;
use crate::config;

/// Writes events down: as `tracing` events with the target `cachefn::audit`, and in a file if there is one. Clones
/// write to the same place.
///
/// ```
/// use cachefn::audit::{Audit, AuditEvent, What};
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("audit.log");
/// let audit = Audit::to_file(&path, 1 << 20, 4)?;
/// audit.tell(AuditEvent::new(What::Clear, "users", "ada"));
/// assert!(std::fs::read_to_string(&path)?.contains(r#""what":"clear","service":"users","who":"ada""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

struct Inner {
    file: Option<Mutex<Rotating>>,
    clock: Box<dyn Clock + Send + Sync>,
}

impl Audit {
    /// To `tracing` alone.
    pub fn new() -> Self {
        Audit(Arc::new(Inner { file: None, clock: Box::new(SystemClock::new()) }))
    }

    /// To a file as well, that is begun anew before it is longer than `max_bytes`; so many older ones are kept.
    ///
    /// # Errors
    /// Of kind `config` when the file cannot be opened or made.
    pub fn to_file(path: impl AsRef<Path>, max_bytes: u64, keep: u32) -> Result<Self, Error> {
        Self::with_clock(path.as_ref(), max_bytes, keep, SystemClock::new())
    }

    /// The same with another clock.
    ///
    /// # Errors
    /// As [`to_file`](Self::to_file).
    pub fn with_clock(
        path: &Path,
        max_bytes: u64,
        keep: u32,
        clock: impl Clock + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let file = Rotating::open(path, max_bytes, keep).map_err(|error| {
            let what = "create its folder first, or name another file";
            Error::config("audit", format!("{} cannot be written: {error}; {what}", path.display()))
        })?;
        let (file, clock) = (Some(Mutex::new(file)), Box::new(clock));
        Ok(Audit(Arc::new(Inner { file, clock })))
    }

    /// As a configuration says.
    ///
    /// # Errors
    /// As [`to_file`](Self::to_file).
    pub(crate) fn of(settings: &config::Audit) -> Result<Self, Error> {
        let Some(path) = &settings.file else { return Ok(Self::new()) };
        let most = settings.max_bytes.map_or(MAX_BYTES, |size| size.0);
        Self::to_file(path, most, settings.keep.unwrap_or(KEEP))
    }

    /// Writes an event down, with the time of now. A file that refuses it is told to `tracing`: nothing stops
    /// working for that.
    pub fn tell(&self, event: AuditEvent) {
        self.write(event, |AuditEvent { at_ms, what, service, who, detail }| {
            let what = what.as_str();
            tracing::info!(target: TARGET, at_ms, what, %service, %who, %detail, "cache changed");
        });
    }

    /// The same for what somebody should look at: `tracing` has it as a warning.
    pub(crate) fn warn(&self, event: AuditEvent) {
        self.write(event, |AuditEvent { at_ms, what, service, who, detail }| {
            let what = what.as_str();
            tracing::warn!(target: TARGET, at_ms, what, %service, %who, %detail, "cache changed");
        });
    }

    fn write(&self, event: AuditEvent, trace: impl Fn(&AuditEvent)) {
        let event = AuditEvent { at_ms: self.0.clock.wall_ms(), ..event };
        trace(&event);
        let Some(file) = &self.0.file else { return };
        let line = serde_json::to_string(&event).expect("texts and numbers are always JSON");
        let written = file.lock().unwrap_or_else(PoisonError::into_inner).write(&line);
        if let Err(error) = written {
            tracing::error!(target: TARGET, %error, "the audit file cannot be written");
        }
    }
}

impl Default for Audit {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").field("has_file", &self.0.file.is_some()).finish()
    }
}

/// The target of the `tracing` events.
const TARGET: &str = "cachefn::audit";
const MAX_BYTES: u64 = 16 << 20;
const KEEP: u32 = 4;
