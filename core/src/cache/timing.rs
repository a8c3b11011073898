//! Waiting for something, but not for longer than it may take.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
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
