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

/// What the future brings. Should that take longer than the limit, `late` is called meanwhile, once. What
/// is ready at once needs no timer.
pub(super) async fn noticing<F: Future>(
    (runtime, limit): (&dyn Runtime, Duration),
    late: impl FnOnce(),
    future: F,
) -> F::Output {
    let (mut future, mut sleep, mut late) = (pin!(future), None, Some(late));
    poll_fn(move |context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(output);
        }
        if late.is_some() {
            let sleep = sleep.get_or_insert_with(|| runtime.sleep(limit));
            if sleep.as_mut().poll(context).is_ready() {
                late.take().into_iter().for_each(|late| late());
            }
        }
        Poll::Pending
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
