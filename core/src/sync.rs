//! The locks of the thread-safe face. A lock whose holder panicked stays usable: every change under
//! a lock is complete before foreign code can panic.

use core::time::Duration;
use std::sync::{PoisonError, TryLockError};
use std::time::Instant;

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
    /// Waits while the condition holds, for as long as the limit allows. (That of the standard library returns at
    /// the first wake-up where a holder has panicked, whatever the condition.)
    pub(crate) fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        limit: Option<Duration>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        // Later than any clock tells is never.
        let end = limit.and_then(|limit| Instant::now().checked_add(limit));
        while condition(&mut guard) {
            guard = match end.map(|end| end.saturating_duration_since(Instant::now())) {
                None => self.0.wait(guard).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => break,
                Some(left) => {
                    let waited = self.0.wait_timeout(guard, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        guard
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

// WASI has no threads.
#[cfg(all(test, not(shuttle), not(target_family = "wasm")))]
mod tests {
    use super::*;
    use alloc::boxed::Box;
    use alloc::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    #[test]
    fn s_16_who_waits_waits_on_after_a_holder_has_panicked() {
        for limit in [None, Some(Duration::from_secs(3_600)), Some(Duration::MAX)] {
            let (both, looks) =
                (Arc::new((Mutex::new(0), Condvar::default())), AtomicUsize::new(0));
            let shared = both.clone();
            let holder = thread::spawn(move || {
                let _guard = shared.0.lock();
                std::panic::resume_unwind(Box::new(()));
            });
            assert!(holder.join().is_err());
            let seen = thread::scope(|scope| {
                let waiter = scope.spawn(|| {
                    let is_little = |number: &mut u32| {
                        looks.fetch_add(1, SeqCst);
                        *number < 2
                    };
                    *both.1.wait_while(both.0.lock(), limit, is_little)
                });
                for number in 1..=2 {
                    // Who has looked so often waits, or is about to while it holds the lock.
                    while looks.load(SeqCst) < number as usize && !waiter.is_finished() {
                        thread::yield_now();
                    }
                    *both.0.lock() = number;
                    both.1.notify_all();
                }
                waiter.join().expect("it waits")
            });
            assert_eq!(seen, 2, "{limit:?}");
        }
    }
}
