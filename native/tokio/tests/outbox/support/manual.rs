//! An executor without threads, whose time stands still until a test advances it.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Clock, ManualClock, Runtime};

/// Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Manual(Arc<Shared>);

#[derive(Default)]
struct Shared {
    clock: ManualClock,
    tasks: Mutex<Vec<Task>>,
    timers: Mutex<BTreeMap<(u64, u64), Waker>>,
    last: Mutex<u64>,
}

struct Task {
    future: BoxFuture<'static, ()>,
    ready: Arc<Ready>,
}

struct Ready(AtomicBool);

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

impl Manual {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn clock(&self) -> ManualClock {
        self.0.clock.clone()
    }

    /// How many tasks have not ended.
    pub(crate) fn tasks(&self) -> usize {
        self.0.tasks.lock().unwrap().len()
    }

    /// Drops all tasks, as a runtime that is dropped.
    pub(crate) fn end(&self) {
        let tasks = std::mem::take(&mut *self.0.tasks.lock().unwrap());
        drop(tasks);
    }

    /// Polls tasks that were woken, until none is.
    pub(crate) fn run(&self) {
        for _ in 0..100_000 {
            if !self.step() {
                return;
            }
        }
        panic!("tasks wake each other for ever");
    }

    /// Polls one task that was woken; whether there was one.
    pub(crate) fn step(&self) -> bool {
        let task = {
            let mut tasks = self.0.tasks.lock().unwrap();
            let woken = tasks.iter().position(|task| task.ready.0.swap(false, SeqCst));
            let Some(at) = woken else { return false };
            tasks.remove(at)
        };
        let Task { mut future, ready } = task;
        let waker = Waker::from(Arc::clone(&ready));
        if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.0.tasks.lock().unwrap().push(Task { future, ready });
        }
        true
    }

    /// Lets time pass, timer by timer, with everything that follows.
    pub(crate) fn advance(&self, by: Duration) {
        self.run();
        let end = self.0.clock.mono_ms() + by.as_millis() as u64;
        loop {
            let next = self.0.timers.lock().unwrap().keys().next().copied();
            let Some((at, number)) = next.filter(|(at, _)| *at <= end) else { break };
            let passed = at.saturating_sub(self.0.clock.mono_ms());
            self.0.clock.advance(Duration::from_millis(passed));
            let waker = self.0.timers.lock().unwrap().remove(&(at, number));
            waker.into_iter().for_each(Waker::wake);
            self.run();
        }
        self.0.clock.advance(Duration::from_millis(end - self.0.clock.mono_ms()));
        self.run();
    }

    /// Drives a future, and the tasks beside it, to its end.
    pub(crate) fn drive<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        for _ in 0..100_000 {
            let ready = Arc::new(Ready(AtomicBool::new(false)));
            let waker = Waker::from(Arc::clone(&ready));
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            let went_on = self.step();
            assert!(went_on || ready.0.load(SeqCst), "it waits for something that never comes");
        }
        panic!("it never ends");
    }
}

impl Runtime for Manual {
    fn spawn(&self, future: BoxFuture<'static, ()>) {
        let ready = Arc::new(Ready(AtomicBool::new(true)));
        self.0.tasks.lock().unwrap().push(Task { future, ready });
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (shared, mut number) = (Arc::clone(&self.0), None);
        let at = shared.clock.mono_ms() + duration.as_millis() as u64;
        Box::pin(poll_fn(move |context| {
            if shared.clock.mono_ms() >= at {
                return Poll::Ready(());
            }
            let number = *number.get_or_insert_with(|| {
                let mut last = shared.last.lock().unwrap();
                *last += 1;
                *last
            });
            shared.timers.lock().unwrap().insert((at, number), context.waker().clone());
            Poll::Pending
        }))
    }
}

/// What a future gives that is ready at once.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}
