//! Waiting for something, but not for longer than it may take, or not at all.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use crate::runtime::Runtime;

/// What the future brings; nothing when the time has passed before. Without a limit there is none.
pub(super) async fn within<F: Future>(
    limit: Option<(&dyn Runtime, Duration)>,
    future: F,
) -> Option<F::Output> {
    let Some((runtime, limit)) = limit else { return Some(future.await) };
    let (mut future, mut sleep) = (pin!(future), runtime.sleep(limit));
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        sleep.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// Whether somebody can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    Waits,
    /// A thread: what is not ready is given up.
    AtOnce,
}

impl Patience {
    /// What a future brings, unless it would have to be waited for in vain.
    pub(super) async fn with<F: Future>(self, future: F) -> Option<F::Output> {
        match self {
            Patience::Waits => Some(future.await),
            Patience::AtOnce => at_once(future),
        }
    }
}

/// What a future brings that need not wait.
pub(super) fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
