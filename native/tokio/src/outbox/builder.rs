//! How an outbox is set up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{Clock, Error, Runtime, Storage, SystemClock};

use super::journal::Journal;
use super::options::{Mode, Options};
use super::outbox::Outbox;
use super::shared::{Health, Shared};
use super::state::State;
use super::told::{Listener, OutboxEvent};
use crate::log::Log;

impl<S: Storage> Outbox<S> {
    /// Before this storage. The runtime runs one task while something waits, and none otherwise.
    #[allow(clippy::new_ret_no_self, reason = "it is built")]
    pub fn new(storage: S, runtime: impl Runtime) -> Builder<S> {
        Builder::new(storage, Arc::new(runtime))
    }
}

/// Sets up an [`Outbox`].
///
/// ```
/// use cachefn_conformance::MapStorage;
/// use cachefn_tokio::{Outbox, TokioRuntime};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn_core::Error> {
/// let outbox = Outbox::new(MapStorage::new(), TokioRuntime::current()?)
///     .write_behind()
///     .batch(500, Duration::from_millis(5))
///     .max_entries(10_000)
///     .max_bytes(16 << 20)
///     .build()
///     .await?;
/// assert_eq!(outbox.pending().entries, 0);
/// # Ok(()) }
/// ```
pub struct Builder<S> {
    storage: S,
    runtime: Arc<dyn Runtime>,
    options: Options,
    clock: Option<Arc<dyn Clock + Send + Sync>>,
    health: Option<Health>,
    listener: Option<Listener>,
    name: Box<str>,
    log: Option<Log>,
}

impl<S: Storage> Builder<S> {
    pub(super) fn new(storage: S, runtime: Arc<dyn Runtime>) -> Self {
        let (options, name) = (Options::default(), "outbox".into());
        let (clock, health, listener, log) = (None, None, None, None);
        Builder { storage, runtime, options, clock, health, listener, name, log }
    }

    /// Every set waits for a batch, whether the storage works or not: faster by as much as a batch is than single
    /// calls, and other processes see it later by as much as the interval of [`batch`](Self::batch).
    #[must_use]
    pub fn write_behind(mut self) -> Self {
        self.options.mode = Mode::Behind;
        self
    }

    /// So many changes go to the storage in one call, 1,024 by default; and, with
    /// [`write_behind`](Self::write_behind), a set waits for others for so long, 10 ms by default.
    #[must_use]
    pub fn batch(mut self, entries: usize, interval: Duration) -> Self {
        (self.options.batch, self.options.interval) = (entries, interval);
        self
    }

    /// So many sets may wait in memory, and as many removals; 100,000 by default. With a [`log`](Self::log), more sets
    /// wait on the disk alone.
    #[must_use]
    pub fn max_entries(mut self, entries: usize) -> Self {
        self.options.max_entries = entries;
        self
    }

    /// What waits may take so many bytes of memory, about; 64 MiB by default. With a [`log`](Self::log), a quarter of
    /// them is for sets that wait in memory, and the others wait on the disk alone and take 44 bytes each.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.options.max_bytes = bytes;
        self
    }

    /// How long it waits after a failure until it tries again: at first so long, 50 ms by default, then twice as
    /// long each time, and never longer than the second, 5 s by default.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.options.first_pause, self.options.longest_pause) = (first, longest);
        self
    }

    /// Whose change ends a pause early: that of the [`Guarded`](crate::Guarded) storage behind.
    #[must_use]
    pub fn health(mut self, health: &Health) -> Self {
        self.health = Some(health.clone());
        self
    }

    /// Called for every event, by whoever made it happen; nothing is locked meanwhile.
    #[must_use]
    pub fn listener(mut self, listener: impl Fn(&OutboxEvent) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    /// The time by which lives end. For tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// What it is called where errors are reported; `outbox` by default.
    #[must_use]
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.name = name.into();
        self
    }

    /// What waits is kept in this log as well, and what it kept of the process before goes to the storage first. Sets
    /// that find no room in memory are kept in it alone, for as long as they take less than half of its bound.
    #[must_use]
    pub fn log(mut self, log: Log) -> Self {
        self.log = Some(log);
        self
    }

    /// Begins, with what the log has.
    ///
    /// # Errors
    /// Of kind `config` when a bound is 0 or the pauses are none; of kind `unavailable` when the log cannot be read.
    pub async fn build(self) -> Result<Outbox<S>, Error> {
        let options = self.options;
        let wrong = |detail: &str| Err(Error::config("build", detail));
        if options.batch == 0 {
            return wrong("batch is 0 entries; the least is 1, which is one call for each set");
        }
        if options.max_entries == 0 || options.max_bytes == 0 {
            return wrong(
                "max_entries or max_bytes is 0; without room for a single set use no outbox",
            );
        }
        if options.first_pause.is_zero() || options.longest_pause < options.first_pause {
            return wrong("pauses: the first is more than 0, and the longest is not shorter");
        }
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let mut state = State::new(options, Journal::new(self.log, Arc::clone(&clock)));
        state.restore()?;
        let shared = Shared::new(
            self.storage,
            state,
            self.runtime,
            clock,
            self.health,
            self.listener,
            self.name,
        );
        let shared = Arc::new(shared);
        shared.after();
        Ok(Outbox(shared))
    }
}

impl<S> fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("options", &self.options).finish_non_exhaustive()
    }
}
