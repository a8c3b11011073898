//! Whether a bus is heard, and who waits for that.

use core::future::poll_fn;
use core::task::Poll;

use crate::sync::Mutex;
use crate::wakers::{Wakers, wake};

/// Heard, until it is said that it is not.
#[derive(Debug)]
pub(crate) struct Readiness(Mutex<State>);

#[derive(Debug)]
struct State {
    is_lost: bool,
    /// Nothing is heard any more, nor will be.
    is_over: bool,
    waiting: Wakers,
}

impl Readiness {
    pub(crate) const fn new() -> Self {
        Readiness(Mutex::new(State { is_lost: false, is_over: false, waiting: Wakers::new() }))
    }

    /// Messages may be missed from now on.
    pub(crate) fn lose(&self) {
        self.0.lock().is_lost = true;
    }

    /// Messages are heard from now on.
    pub(crate) fn restore(&self) {
        self.change(|state| state.is_lost = false);
    }

    /// Nobody waits any more.
    pub(crate) fn end(&self) {
        self.change(|state| state.is_over = true);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.0.lock();
        change(&mut state);
        let waiting = state.waiting.take();
        drop(state);
        wake(waiting);
    }

    /// Waits until messages are heard, or until nobody will hear any.
    pub(crate) async fn wait(&self) {
        let mut seat = Seat { readiness: self, number: None };
        poll_fn(|context| {
            // Wakers are cloned and dropped where nothing is locked.
            let waker = context.waker().clone();
            let mut state = self.0.lock();
            if !state.is_lost || state.is_over {
                return Poll::Ready(());
            }
            let before = state.waiting.note(&mut seat.number, waker);
            drop(state);
            drop(before);
            Poll::Pending
        })
        .await;
    }
}

/// Who waits, until it is dropped.
struct Seat<'r> {
    readiness: &'r Readiness,
    number: Option<u64>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let gone = self.number.map(|number| self.readiness.0.lock().waiting.forget(number));
        drop(gone);
    }
}
