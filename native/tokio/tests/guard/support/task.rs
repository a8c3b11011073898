//! Futures that a test polls itself; one that nobody wakes hangs, and that fails.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// One future, polled when the test says so.
pub(crate) struct Task<'a, T> {
    future: Option<Pin<Box<dyn Future<Output = T> + 'a>>>,
    flag: Arc<Flag>,
}

impl<'a, T> Task<'a, T> {
    pub(crate) fn new(future: impl Future<Output = T> + 'a) -> Self {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        Task { future: Some(Box::pin(future)), flag }
    }

    /// Polls while it is woken, to its end or until it waits.
    pub(crate) fn advance(&mut self) -> Option<T> {
        while self.flag.0.swap(false, SeqCst) {
            let waker = Waker::from(self.flag.clone());
            let future = self.future.as_mut().expect("polled after its end");
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                self.future = None;
                return Some(output);
            }
        }
        None
    }
}

/// The output of a future that waits for no time and no other task.
#[track_caller]
pub(crate) fn finish<T>(future: impl Future<Output = T>) -> T {
    Task::new(future).advance().expect("it hangs")
}
