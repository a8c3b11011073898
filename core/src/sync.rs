//! The locks of the thread-safe face. A lock whose holder panicked stays usable: every change under
//! a lock is complete before foreign code can panic.

use core::time::Duration;
use std::sync::{PoisonError, TryLockError};

// With `--cfg shuttle` a scheduler decides which thread takes the next step, so that a test can try
// many orders; see tests/interleavings.rs.
#[cfg(shuttle)]
use shuttle::sync;
#[cfg(shuttle)]
pub(crate) use shuttle::{sync::atomic, thread, thread_local};
#[cfg(not(shuttle))]
use std::sync;
#[cfg(not(shuttle))]
pub(crate) use std::{sync::atomic, thread, thread_local};

pub(crate) use sync::MutexGuard;

#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Mutex(sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock if nobody holds it.
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Condvar(sync::Condvar);

impl Condvar {
    /// Waits while the condition holds, for as long as the limit allows.
    pub(crate) fn wait_while<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Option<Duration>,
        condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        match limit {
            None => self.0.wait_while(guard, condition).unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                let waited = self.0.wait_timeout_while(guard, limit, condition);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}
