//! What wakes the worker, and those who wait for their turn.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use crate::wakers::{Seat, Wakers};

/// Rung as often as there is something to look at again.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rings: AtomicU64,
    wakers: Wakers,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.rings.fetch_add(1, SeqCst);
        self.wakers.wake();
    }

    /// How often it was rung.
    pub(crate) fn rings(&self) -> u64 {
        self.rings.load(SeqCst)
    }

    pub(crate) fn seat(&self) -> Seat<'_> {
        self.wakers.seat()
    }

    /// Waits for a ring after so many.
    pub(crate) async fn after(&self, rings: u64) {
        let mut seat = self.seat();
        std::future::poll_fn(|context| {
            seat.take(context);
            if self.rings() == rings {
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(())
        })
        .await;
    }
}
