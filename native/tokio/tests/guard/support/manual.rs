//! A runtime whose tasks a test runs, and whose time a test moves.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Poll, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Clock, ManualClock, Runtime};

use super::task::Task;

#[derive(Clone, Default)]
pub(crate) struct Manual(Arc<Inner>);

#[derive(Default)]
struct Inner {
    clock: ManualClock,
    spawned: Mutex<Vec<BoxFuture<'static, ()>>>,
    /// When each is over. Who has given up waiting holds none.
    alarms: Mutex<Vec<(u64, Weak<Alarm>)>>,
    sleeps: AtomicUsize,
}

#[derive(Default)]
struct Alarm {
    rung: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Manual {
    pub(crate) fn clock(&self) -> ManualClock {
        self.0.clock.clone()
    }

    /// Moves the time, and ends the sleeps that are over then.
    pub(crate) fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
        let now = self.0.clock.mono_ms();
        let mut over = Vec::new();
        self.0.alarms.lock().unwrap().retain(|(at, alarm)| {
            let Some(alarm) = alarm.upgrade() else { return false };
            if *at <= now {
                over.push(alarm);
                return false;
            }
            true
        });
        for alarm in over {
            alarm.rung.store(true, SeqCst);
            let waker = alarm.waker.lock().unwrap().take();
            waker.into_iter().for_each(Waker::wake);
        }
    }

    /// How many sleep.
    pub(crate) fn sleepers(&self) -> usize {
        let alarms = self.0.alarms.lock().unwrap();
        alarms.iter().filter(|(_, alarm)| alarm.strong_count() > 0).count()
    }

    /// How many sleeps have ever begun.
    pub(crate) fn sleeps(&self) -> usize {
        self.0.sleeps.load(SeqCst)
    }

    /// What was spawned since the last look.
    pub(crate) fn take(&self) -> Vec<Task<'static, ()>> {
        let spawned = std::mem::take(&mut *self.0.spawned.lock().unwrap());
        spawned.into_iter().map(Task::new).collect()
    }
}

impl Runtime for Manual {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawned.lock().unwrap().push(task);
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleeps.fetch_add(1, SeqCst);
        let alarm = Arc::new(Alarm::default());
        let at = self.0.clock.mono_ms().saturating_add(duration.as_millis() as u64);
        self.0.alarms.lock().unwrap().push((at, Arc::downgrade(&alarm)));
        Box::pin(poll_fn(move |context| {
            *alarm.waker.lock().unwrap() = Some(context.waker().clone());
            if alarm.rung.load(SeqCst) { Poll::Ready(()) } else { Poll::Pending }
        }))
    }
}
