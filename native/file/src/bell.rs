//! How the thread that commits is woken.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Rung by writers, heard by one thread.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    call: Mutex<Call>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Call {
    /// Something waits, for so long already.
    since: Option<Instant>,
    is_urgent: bool,
    is_over: bool,
}

/// What the thread is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Commit,
    End,
}

impl Bell {
    /// Something was written.
    pub(crate) fn ring(&self) {
        let mut call = self.call();
        if call.since.is_none() {
            call.since = Some(Instant::now());
            self.changed.notify_all();
        }
    }

    /// Much was written: a batch is full.
    pub(crate) fn ring_loud(&self) {
        let mut call = self.call();
        if !call.is_urgent {
            call.is_urgent = true;
            call.since.get_or_insert_with(Instant::now);
            self.changed.notify_all();
        }
    }

    pub(crate) fn end(&self) {
        self.call().is_over = true;
        self.changed.notify_all();
    }

    /// Waits until something was written `interval` ago, or much, or all is over.
    pub(crate) fn hear(&self, interval: Duration) -> Heard {
        let mut call = self.call();
        loop {
            if call.is_over {
                return Heard::End;
            }
            let waited = call.since.map(|since| since.elapsed());
            call = match waited {
                Some(waited) if call.is_urgent || waited >= interval => {
                    (call.since, call.is_urgent) = (None, false);
                    return Heard::Commit;
                }
                Some(waited) => {
                    let rest = self.changed.wait_timeout(call, interval - waited);
                    rest.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(call).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Waits for so long, or until all is over.
    pub(crate) fn rest(&self, duration: Duration) {
        let call = self.call();
        // Whoever knows that it is over may have said so already.
        let rest = self.changed.wait_timeout_while(call, duration, |call| !call.is_over);
        drop(rest.unwrap_or_else(PoisonError::into_inner));
    }

    fn call(&self) -> MutexGuard<'_, Call> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
