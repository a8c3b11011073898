//! A future that many tasks drive together: whoever is there polls it, and it ends with the last one.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::maybe_send::BoxFuture;
use crate::sync::atomic::{AtomicBool, Ordering::SeqCst};
use crate::sync::{Mutex, MutexGuard};
use crate::wakers::{Wakers, wake};

/// Held by all who drive; dropping the last hold drops the future.
pub(crate) struct Drive {
    /// None once it has ended.
    task: Mutex<Option<BoxFuture<'static, ()>>>,
    bell: Arc<Bell>,
}

/// Wakes all who drive.
struct Bell {
    wakers: Mutex<Wakers>,
    /// Somebody found the task being polled by another and relies on that one.
    missed: AtomicBool,
}

impl Drive {
    pub(crate) fn new(task: BoxFuture<'static, ()>) -> Arc<Self> {
        let bell = Bell { wakers: Mutex::new(Wakers::new()), missed: AtomicBool::new(false) };
        Arc::new(Drive { task: Mutex::new(Some(task)), bell: Arc::new(bell) })
    }

    fn poll(&self, number: &mut Option<u64>, context: &Context<'_>) -> Poll<()> {
        // Wakers are cloned and dropped where nothing is locked.
        let waker = context.waker().clone();
        let before = self.bell.wakers.lock().note(number, waker);
        drop(before);
        let mut task = self.task.try_lock();
        if task.is_none() {
            self.bell.missed.store(true, SeqCst);
            // Who holds it may have let go before that could be seen.
            task = self.task.try_lock();
        }
        let Some(task) = task else { return Poll::Pending };
        let mut turn = Turn { task: Some(task), bell: &self.bell, goes_on: false };
        let Some(future) = turn.task.as_mut().and_then(|task| task.as_mut()) else {
            turn.goes_on = true;
            return Poll::Ready(());
        };
        let waker = Waker::from(self.bell.clone());
        let ended = future.as_mut().poll(&mut Context::from_waker(&waker));
        turn.goes_on = ended.is_pending();
        ended
    }
}

/// One poll. The future goes when it has ended or panicked, and then nobody waits for it any more.
struct Turn<'a> {
    task: Option<MutexGuard<'a, Option<BoxFuture<'static, ()>>>>,
    bell: &'a Bell,
    goes_on: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let gone = match (&mut self.task, self.goes_on) {
            (Some(task), false) => task.take(),
            _ => None,
        };
        self.task = None;
        let ended = gone.is_some();
        drop(gone);
        if self.bell.missed.swap(false, SeqCst) || ended {
            self.bell.ring();
        }
    }
}

impl Bell {
    fn ring(&self) {
        let waiting = self.wakers.lock().take();
        wake(waiting);
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}

/// Drives until the end.
pub(crate) struct Driving {
    drive: Arc<Drive>,
    number: Option<u64>,
}

impl Driving {
    pub(crate) fn new(drive: Arc<Drive>) -> Self {
        Driving { drive, number: None }
    }

    /// Whether both drive the same.
    pub(crate) fn is_of(&self, other: Option<&Driving>) -> bool {
        other.is_some_and(|other| Arc::ptr_eq(&self.drive, &other.drive))
    }

    /// Polls for a task that waits for more than the end.
    pub(crate) fn poll_with(&mut self, context: &Context<'_>) -> Poll<()> {
        self.drive.poll(&mut self.number, context)
    }
}

impl Future for Driving {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.poll_with(context)
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let gone = self.drive.bell.wakers.lock().forget(number);
            drop(gone);
        }
    }
}
