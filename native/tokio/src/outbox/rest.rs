//! How an outbox waits before it tries again.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use cachefn_core::Runtime;

use super::shared::Health;

/// Waits for a ring; not longer than this; and not longer than until the storage is well, whose health this is.
pub(crate) async fn rest(
    runtime: &dyn Runtime,
    health: Option<&Health>,
    limit: Option<Duration>,
    rung: impl Future,
) {
    let mut sleep = limit.map(|limit| runtime.sleep(limit));
    let health = health.map(|health| (health, health.status().changes));
    let mut well = pin!(async {
        match health {
            // A storage that is gone changes no more.
            Some((health, changes)) if health.changed(changes).await.is_some() => (),
            _ => pending().await,
        }
    });
    let mut rung = pin!(rung);
    poll_fn(|context| {
        let is_over = sleep.as_mut().is_some_and(|sleep| sleep.as_mut().poll(context).is_ready());
        let is_rung = rung.as_mut().poll(context).is_ready();
        match is_over || is_rung || well.as_mut().poll(context).is_ready() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}
