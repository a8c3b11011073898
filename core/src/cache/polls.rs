//! Which loads this thread polls at the moment, one inside the other: to wait for one of them from
//! within would never end.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use super::traced::Traced;
use crate::sync::thread_local;

thread_local! {
    static POLLED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Drives a load within its span; `landing` is the address of the place where others wait for it.
pub(super) async fn polled<F: Future>(landing: usize, span: &Traced, load: F) -> F::Output {
    let mut load = pin!(load);
    poll_fn(|context| {
        let _polled = Polled::begin(landing);
        span.within(|| load.as_mut().poll(context))
    })
    .await
}

/// [`polled`] for a fetcher that ends before it returns.
pub(super) fn polling<R>(landing: usize, span: &Traced, load: impl FnOnce() -> R) -> R {
    let _polled = Polled::begin(landing);
    span.within(load)
}

/// Waits for a load; gives nothing as soon as it is polled by that load itself. That may show late: the
/// load may be driven by other tasks.
pub(super) async fn outside<F: Future>(landing: usize, wait: F) -> Option<F::Output> {
    let mut wait = pin!(wait);
    poll_fn(|context| {
        if is_polled(landing) {
            return Poll::Ready(None);
        }
        wait.as_mut().poll(context).map(Some)
    })
    .await
}

/// Whether whoever asks is polled by that load.
pub(super) fn is_polled(landing: usize) -> bool {
    POLLED.with(|polled| polled.borrow().contains(&landing))
}

struct Polled;

impl Polled {
    fn begin(landing: usize) -> Self {
        POLLED.with(|polled| polled.borrow_mut().push(landing));
        Polled
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        POLLED.with(|polled| polled.borrow_mut().pop());
    }
}
