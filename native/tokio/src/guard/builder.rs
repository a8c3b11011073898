//! Collects how long a storage may take and when it is given up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{Clock, Error, Runtime, Storage, SystemClock};

use super::breaker::{AnyClock, Breaker};
use super::guarded::{Guarded, Limits, Owner};
use super::machine::{Rate, Terms, milliseconds};

/// The settings of a [`Guarded`] storage.
///
/// ```
/// use cachefn_conformance::MapStorage;
/// use cachefn_tokio::{Guarded, TokioRuntime};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn_core::Error> {
/// let builder = Guarded::builder(MapStorage::new(), TokioRuntime::current()?);
/// let error = builder.timeout(Duration::ZERO).build().unwrap_err();
/// assert_eq!(error.to_string(), "build: a timeout is zero, so that every call would fail");
/// # Ok(()) }
/// ```
pub struct GuardedBuilder<S> {
    storage: S,
    runtime: Arc<dyn Runtime>,
    clock: AnyClock,
    timeout: Duration,
    read_timeout: Option<Duration>,
    long_timeout: Duration,
    failures: u32,
    rate: Option<(f64, u32, Duration)>,
    pause: Duration,
}

impl<S: Storage> Guarded<S> {
    /// A guarded storage with the settings that most need: calls of up to 500 ms, given up after 5 failures
    /// in a row or when half of 20 calls failed, asked again each second.
    pub fn new(storage: S, runtime: impl Runtime) -> Self {
        Guarded::builder(storage, runtime).build().expect("the settings that nobody changed work")
    }

    /// Another's settings. The runtime measures time, and does nothing else.
    pub fn builder(storage: S, runtime: impl Runtime) -> GuardedBuilder<S> {
        GuardedBuilder::new(storage, runtime)
    }
}

impl<S: Storage> GuardedBuilder<S> {
    fn new(storage: S, runtime: impl Runtime) -> Self {
        GuardedBuilder {
            storage,
            runtime: Arc::new(runtime),
            clock: Box::new(SystemClock::new()),
            timeout: TIMEOUT,
            read_timeout: None,
            long_timeout: LONG_TIMEOUT,
            failures: FAILURES,
            rate: Some(RATE),
            pause: PAUSE,
        }
    }

    /// How long a call may take; 500 ms unless it is said. A write that took longer may have happened or
    /// not.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a read may take, for which somebody waits: as long as any [call](Self::timeout) unless it
    /// is said.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// How long `flush`, `purge` and `close` may take; 30 s unless it is said.
    pub fn long_timeout(mut self, timeout: Duration) -> Self {
        self.long_timeout = timeout;
        self
    }

    /// After how many failures in a row the storage is not asked any more; 5 unless it is said.
    pub fn open_after(mut self, failures: u32) -> Self {
        self.failures = failures;
        self
    }

    /// Which part of at least so many calls within such a time must fail for the same; half of 20 within 10 s
    /// unless it is said. The time begins with a failure.
    pub fn open_at_rate(mut self, part: f64, calls: u32, within: Duration) -> Self {
        self.rate = Some((part, calls, within));
        self
    }

    /// How long it is left alone then, until one call finds out whether it answers; one second unless it is
    /// said.
    pub fn probe_every(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Where the time comes from by which it is left alone; the machine's clock unless it is said.
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The guarded storage.
    ///
    /// # Errors
    /// Of kind `config`, when a setting cannot work.
    pub fn build(self) -> Result<Guarded<S>, Error> {
        let read_timeout = self.read_timeout.unwrap_or(self.timeout);
        if [self.timeout, read_timeout, self.long_timeout].contains(&Duration::ZERO) {
            return Err(Error::config("build", "a timeout is zero, so that every call would fail"));
        }
        if self.failures == 0 {
            return Err(Error::config("build", "open_after is 0; it takes one failure at least"));
        }
        if self.rate.is_some_and(|(part, ..)| !(part > 0.0 && part <= 1.0)) {
            let text = "open_at_rate takes a part of the calls, above 0 and up to 1";
            return Err(Error::config("build", text));
        }
        let rate = self.rate.map(|(part, calls, window)| {
            let window_ms = milliseconds(window);
            Rate { part, calls, window_ms }
        });
        let pause_ms = milliseconds(self.pause);
        let terms = Terms { failures: self.failures, rate, pause_ms };
        let (call, long) = (self.timeout, self.long_timeout);
        let limits = Limits { call, read: read_timeout, long };
        let breaker = Arc::new(Breaker::new(terms, self.clock));
        let owner = Arc::new(Owner { breaker, runtime: self.runtime, limits });
        Ok(Guarded { storage: self.storage, owner })
    }
}

impl<S> fmt::Debug for GuardedBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedBuilder").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

const TIMEOUT: Duration = Duration::from_millis(500);
const LONG_TIMEOUT: Duration = Duration::from_secs(30);
const FAILURES: u32 = 5;
const RATE: (f64, u32, Duration) = (0.5, 20, Duration::from_secs(10));
const PAUSE: Duration = Duration::from_secs(1);
