//! The state of a storage that many callers share: a look at one number while it is healthy.

use std::future::poll_fn;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::task::Poll;
use std::time::Duration;

use cachefn_core::{Clock, Error, ErrorKind};

use super::machine::{Machine, Step, Terms};
use crate::lock::Lock;
use crate::state::{State, Status};
use crate::wakers::Wakers;

pub(super) type AnyClock = Box<dyn Clock + Send + Sync>;

pub(super) struct Breaker {
    /// How often the state has changed, and whether it is healthy: the only thing a call reads then.
    gate: AtomicU64,
    /// Whether there were failures since the last success.
    is_marred: AtomicBool,
    /// Calls since the window began, and whether one has.
    calls: AtomicU32,
    has_window: AtomicBool,
    refused: AtomicU64,
    inner: Lock<Inner>,
    watchers: Wakers,
    clock: AnyClock,
}

struct Inner {
    machine: Machine,
    since_ms: u64,
    changes: u64,
    /// Since the last success.
    failing: u64,
    failures: u64,
    timeouts: u64,
    opened: u64,
    last_error: Option<Error>,
    /// No storage is behind it any more.
    is_gone: bool,
}

impl Breaker {
    pub(super) fn new(terms: Terms, clock: AnyClock) -> Self {
        let inner = Inner {
            machine: Machine::new(terms),
            since_ms: clock.mono_ms(),
            changes: 0,
            failing: 0,
            failures: 0,
            timeouts: 0,
            opened: 0,
            last_error: None,
            is_gone: false,
        };
        Breaker {
            gate: AtomicU64::new(HEALTHY),
            is_marred: AtomicBool::new(false),
            calls: AtomicU32::new(0),
            has_window: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            inner: Lock::new(inner),
            watchers: Wakers::default(),
            clock,
        }
    }

    /// Whether the storage may be asked.
    ///
    /// # Errors
    /// Of kind `unavailable` while it may not.
    pub(super) fn admit(&self, operation: &'static str) -> Result<Permit<'_>, Error> {
        let gate = self.gate.load(Acquire);
        if gate & HEALTHY != 0 {
            return Ok(Permit { breaker: self, gate, is_open: true });
        }
        let now = self.clock.mono_ms();
        let mut inner = self.inner.lock();
        if inner.machine.state == State::Healthy {
            return Ok(Permit { breaker: self, gate: inner.gate(), is_open: true });
        }
        if inner.machine.probes(now) {
            self.changed(&mut inner, now);
            let gate = inner.gate();
            drop(inner);
            self.watchers.wake();
            return Ok(Permit { breaker: self, gate, is_open: true });
        }
        let last = inner.last_error.clone();
        drop(inner);
        self.refused.fetch_add(1, Relaxed);
        let last = last.map_or_else(String::new, |error| format!(", after {error}"));
        Err(Error::unavailable(operation, format!("the storage is not asked for now{last}")))
    }

    pub(super) fn status(&self) -> Status {
        let now = self.clock.mono_ms();
        self.status_of(&self.inner.lock(), now)
    }

    pub(super) fn state(&self) -> State {
        if self.gate.load(Acquire) & HEALTHY != 0 {
            return State::Healthy;
        }
        self.inner.lock().machine.state
    }

    /// The status once the state has changed so often; nothing when no storage is there any more.
    pub(super) async fn changed_since(&self, changes: u64) -> Option<Status> {
        let mut seat = self.watchers.seat();
        poll_fn(|context| {
            seat.take(context);
            let now = self.clock.mono_ms();
            let inner = self.inner.lock();
            if inner.changes != changes {
                return Poll::Ready(Some(self.status_of(&inner, now)));
            }
            if inner.is_gone { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }

    /// Nobody will ask any more.
    pub(super) fn goes(&self) {
        self.inner.lock().is_gone = true;
        self.watchers.wake();
    }

    fn status_of(&self, inner: &Inner, now: u64) -> Status {
        Status {
            state: inner.machine.state,
            since: Duration::from_millis(now.saturating_sub(inner.since_ms)),
            changes: inner.changes,
            failing: inner.failing,
            failures: inner.failures,
            timeouts: inner.timeouts,
            refused: self.refused.load(Relaxed),
            opened: inner.opened,
            last_error: inner.last_error.clone(),
        }
    }

    /// To be called with every change of state; the watchers are woken when nothing is locked.
    fn changed(&self, inner: &mut Inner, now: u64) {
        inner.changes += 1;
        inner.since_ms = now;
        self.gate.store(inner.gate(), Release);
    }

    fn answered(&self, gate: u64) {
        if self.has_window.load(Relaxed) {
            self.calls.fetch_add(1, Relaxed);
        }
        if gate & HEALTHY != 0 && !self.is_marred.load(Relaxed) {
            return;
        }
        let now = self.clock.mono_ms();
        let mut inner = self.inner.lock();
        // What began before the last change tells nothing about now.
        if inner.gate() != gate {
            return;
        }
        inner.failing = 0;
        match inner.machine.state {
            State::Recovering => {
                inner.machine.close();
                self.is_marred.store(false, Relaxed);
                self.changed(&mut inner, now);
                drop(inner);
                self.watchers.wake();
            }
            _ => {
                inner.machine.answers();
                self.is_marred.store(false, Relaxed);
            }
        }
    }

    fn failed(&self, gate: u64, error: &Error) {
        let now = self.clock.mono_ms();
        let (error, mut inner) = (Some(error.clone()), self.inner.lock());
        inner.failures += 1;
        inner.timeouts +=
            u64::from(error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Timeout));
        let before = std::mem::replace(&mut inner.last_error, error);
        if inner.gate() == gate {
            self.decide(&mut inner, now);
        }
        let has_changed = inner.gate() != gate;
        drop(inner);
        drop(before);
        if has_changed {
            self.watchers.wake();
        }
    }

    fn decide(&self, inner: &mut Inner, now: u64) {
        inner.failing += 1;
        if inner.machine.state == State::Recovering {
            inner.machine.probe_ends(now, true);
            return self.changed(inner, now);
        }
        self.is_marred.store(true, Relaxed);
        match inner.machine.fails(now, self.calls.load(Relaxed)) {
            Step::Stays => {
                self.calls.fetch_add(1, Relaxed);
            }
            Step::BeginsWindow => {
                self.calls.store(1, Relaxed);
                self.has_window.store(true, Relaxed);
            }
            Step::Opens => {
                self.has_window.store(false, Relaxed);
                inner.opened += 1;
                self.changed(inner, now);
            }
        }
    }

    /// A call ended without telling anything: given up by its caller, or about something else.
    fn said_nothing(&self, gate: u64) {
        if gate & HEALTHY != 0 {
            return;
        }
        let now = self.clock.mono_ms();
        let mut inner = self.inner.lock();
        if inner.gate() == gate && inner.machine.state == State::Recovering {
            inner.machine.probe_ends(now, false);
            self.changed(&mut inner, now);
            drop(inner);
            self.watchers.wake();
        }
    }
}

impl Inner {
    fn gate(&self) -> u64 {
        let healthy = if self.machine.state == State::Healthy { HEALTHY } else { 0 };
        self.changes << 1 | healthy
    }
}

/// The permission to ask the storage once. Dropped, it has told nothing.
pub(super) struct Permit<'a> {
    breaker: &'a Breaker,
    gate: u64,
    is_open: bool,
}

impl Permit<'_> {
    /// What came of it. A refusal that is the storage's answer tells neither way, because the storage may
    /// not have been asked for it; nor does a success that `proves` nothing.
    pub(super) fn ends<T>(mut self, result: &Result<T, Error>, proves: bool) {
        match result {
            Ok(_) if !proves => return,
            Ok(_) => self.breaker.answered(self.gate),
            Err(error) if error.is_retryable() => self.breaker.failed(self.gate, error),
            Err(_) => return,
        }
        self.is_open = false;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.is_open {
            return;
        }
        if std::thread::panicking() {
            let error = Error::unavailable("storage", "it panicked");
            return self.breaker.failed(self.gate, &error);
        }
        self.breaker.said_nothing(self.gate);
    }
}

/// The lowest bit of the gate.
const HEALTHY: u64 = 1;
