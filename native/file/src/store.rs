//! What the callers and the thread that commits share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use cachefn_core::Clock;

use crate::bell::Bell;
use crate::engine::{Engine, Limits, Snapshot};
use crate::pending::{Change, Pending};

/// Locks are taken in the order of the fields, and none is held while another caller is waited for,
/// but that of the engine.
pub(crate) struct Store {
    /// Held by those whose write depends on what is there.
    pub(crate) writers: Mutex<()>,
    pub(crate) engine: Mutex<Engine>,
    pub(crate) state: RwLock<State>,
    pub(crate) bell: Bell,
    pub(crate) settings: Settings,
}

/// The newest of everything: first what is not committed yet, then what is on its way, then the file.
pub(crate) struct State {
    pub(crate) active: Pending,
    pub(crate) committing: Option<Arc<Pending>>,
    /// None while the file cannot be opened.
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) generation: u64,
    pub(crate) is_closed: bool,
}

pub(crate) struct Settings {
    pub(crate) interval: Duration,
    pub(crate) batch_bytes: usize,
    pub(crate) limits: Limits,
    pub(crate) clock: Box<dyn Clock + Send + Sync>,
}

impl Store {
    pub(crate) fn new(engine: Engine, snapshot: Snapshot, settings: Settings) -> Self {
        let state = State {
            active: Pending::default(),
            committing: None,
            snapshot: Some(snapshot),
            generation: engine.generation,
            is_closed: false,
        };
        Store {
            writers: Mutex::new(()),
            engine: Mutex::new(engine),
            state: RwLock::new(state),
            bell: Bell::default(),
            settings,
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.settings.clock.wall_ms()
    }

    // Nothing panics under these locks but the engine, and then it is thrown away.

    pub(crate) fn writers(&self) -> MutexGuard<'_, ()> {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The last change of a name that is not in the file yet.
    pub(crate) fn change(&self, name: &[u8]) -> Option<&Change> {
        let committing = || self.committing.as_ref().and_then(|pending| pending.get(name));
        self.active.get(name).or_else(committing)
    }

    /// About how many bytes wait in memory.
    pub(crate) fn waiting(&self) -> usize {
        self.active.weight() + self.committing.as_ref().map_or(0, |pending| pending.weight())
    }
}
