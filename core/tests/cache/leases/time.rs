//! A runtime whose sleeps end by the clock that the test moves.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Clock, ManualClock, Runtime};

use crate::support::{Background, clock};

#[derive(Clone)]
pub(super) struct Time {
    pub(super) clock: ManualClock,
    pub(super) background: Background,
    sleeping: Arc<Mutex<Vec<(u64, Waker)>>>,
}

impl Time {
    pub(super) fn new() -> Self {
        Time { clock: clock(), background: Background::default(), sleeping: Arc::default() }
    }

    /// Lets so much pass, and wakes those whose time it was.
    pub(super) fn pass(&self, duration: Duration) {
        self.clock.advance(duration);
        let now = self.clock.mono_ms();
        let mut sleeping = self.sleeping.lock().unwrap();
        let all = std::mem::take(&mut *sleeping);
        let (due, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(end, _)| *end <= now);
        *sleeping = others;
        drop(sleeping);
        due.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

impl Runtime for Time {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.background.spawn(task);
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (clock, sleeping) = (self.clock.clone(), self.sleeping.clone());
        let end = clock.mono_ms() + u64::try_from(duration.as_millis()).unwrap();
        Box::pin(poll_fn(move |context| {
            if clock.mono_ms() >= end {
                return Poll::Ready(());
            }
            sleeping.lock().unwrap().push((end, context.waker().clone()));
            Poll::Pending
        }))
    }
}
