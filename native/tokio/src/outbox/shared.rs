//! What the clones of an outbox, its buses and its worker share.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, MutexGuard, Weak};

use cachefn_core::{Bus, Clock, Error, Notice, Runtime};

use super::bell::Bell;
use super::stage::Stage;
use super::state::State;
use super::told::Listener;
use crate::lock::Lock;

pub(crate) struct Shared<S> {
    pub(crate) storage: S,
    state: Lock<State>,
    /// Rung when the worker should look again.
    pub(crate) bell: Arc<Bell>,
    /// Rung when a call is over that others may wait for.
    pub(crate) freed: Bell,
    /// Rung when somebody has done draining.
    pub(crate) turns: Bell,
    pub(crate) buses: Lock<Vec<Arc<dyn Bus>>>,
    /// The caches that hear by these buses.
    pub(crate) hearers: Lock<Vec<Hearer>>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) clock: Arc<dyn Clock + Send + Sync>,
    pub(crate) health: Option<Health>,
    listener: Option<Listener>,
    pub(crate) name: Box<str>,
}

/// Gone when its subscription is.
pub(crate) type Hearer = Weak<dyn Fn(Notice) + Send + Sync>;

/// How the storage is, seen from elsewhere.
pub(crate) type Health = crate::guard::Health;

impl<S> Shared<S> {
    pub(crate) fn new(
        storage: S,
        state: State,
        runtime: Arc<dyn Runtime>,
        clock: Arc<dyn Clock + Send + Sync>,
        health: Option<Health>,
        listener: Option<Listener>,
        name: Box<str>,
    ) -> Self {
        let (bell, buses, state) = (Arc::default(), Lock::default(), Lock::new(state));
        let (freed, turns, hearers) = (Bell::default(), Bell::default(), Lock::default());
        Shared {
            storage,
            state,
            bell,
            freed,
            turns,
            hearers,
            buses,
            runtime,
            clock,
            health,
            listener,
            name,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.mono_ms()
    }

    /// Tells what has happened; nothing is locked meanwhile.
    pub(crate) fn tell(&self) {
        let events = std::mem::take(&mut self.state().events);
        if let Some(listener) = &self.listener {
            for event in &events {
                // A listener that panics harms neither the caller nor the worker.
                let _ = catch_unwind(AssertUnwindSafe(|| listener(event)));
            }
        }
    }

    pub(crate) fn must_be_open(&self, operation: &'static str) -> Result<(), Error> {
        match self.state().stage {
            Stage::Open => Ok(()),
            Stage::Ending | Stage::Ended => Err(closed(operation)),
        }
    }
}

impl<S> fmt::Debug for Shared<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("pending", &self.state().pending()).finish_non_exhaustive()
    }
}

impl<S> Drop for Shared<S> {
    /// The worker has nothing left to work for.
    fn drop(&mut self) {
        self.bell.ring();
    }
}

pub(crate) fn closed(operation: &'static str) -> Error {
    Error::unavailable(operation, "the outbox is closed; build it again to use it")
}
