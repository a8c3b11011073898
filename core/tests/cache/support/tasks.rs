//! Tasks that a test polls itself, step by step or in drawn order; one that nobody wakes hangs, and that
//! fails.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Runtime};

use super::Random;

/// Whether a task was woken, and how often in all.
struct Flag(AtomicBool, AtomicUsize);

impl Flag {
    fn new() -> Arc<Self> {
        Arc::new(Flag(AtomicBool::new(true), AtomicUsize::new(0)))
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
        self.1.fetch_add(1, SeqCst);
    }
}

/// One future, polled when the test says so.
pub(crate) struct Task<'a, T> {
    future: Option<Pin<Box<dyn Future<Output = T> + 'a>>>,
    flag: Arc<Flag>,
}

impl<'a, T> Task<'a, T> {
    pub(crate) fn new(future: impl Future<Output = T> + 'a) -> Self {
        Task { future: Some(Box::pin(future)), flag: Flag::new() }
    }

    /// Polls once, woken or not; what it brings when it ends.
    pub(crate) fn poll(&mut self) -> Option<T> {
        let future = self.future.as_mut().expect("polled after its end");
        self.flag.0.store(false, SeqCst);
        let waker = Waker::from(self.flag.clone());
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => None,
            Poll::Ready(output) => {
                self.future = None;
                Some(output)
            }
        }
    }

    /// Polls so many times at most.
    pub(crate) fn poll_times(&mut self, times: usize) -> Option<T> {
        (0..times).find_map(|_| self.poll())
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.flag.0.load(SeqCst)
    }

    /// How often it was woken.
    pub(crate) fn wakes(&self) -> usize {
        self.flag.1.load(SeqCst)
    }

    /// Polls while it is woken, to its end or until it waits for another.
    pub(crate) fn advance(&mut self) -> Option<T> {
        while self.is_woken() {
            if let Some(output) = self.poll() {
                return Some(output);
            }
        }
        None
    }

    /// Polls to its end; it must never wait for another.
    #[track_caller]
    pub(crate) fn finish(mut self) -> T {
        self.advance().expect("it hangs")
    }
}

/// The output of a future that waits for no other task.
#[track_caller]
pub(crate) fn finish<T>(future: impl Future<Output = T>) -> T {
    let (mut future, flag) = (pin!(future), Flag::new());
    let waker = Waker::from(flag.clone());
    while flag.0.swap(false, SeqCst) {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
    }
    panic!("it hangs");
}

/// Tasks that are polled in an order drawn from a seed, each only when it was woken.
pub(crate) struct Tasks<'a> {
    tasks: Vec<Task<'a, ()>>,
    random: Random,
    background: Option<Background>,
    /// Which was polled last.
    polled: usize,
}

impl<'a> Tasks<'a> {
    pub(crate) fn new(seed: u64) -> Self {
        Tasks { tasks: Vec::new(), random: Random(seed), background: None, polled: 0 }
    }

    /// Runs what a cache spawns there, too.
    pub(crate) fn with(mut self, background: &Background) -> Self {
        self.background = Some(background.clone());
        self
    }

    pub(crate) fn spawn(&mut self, future: impl Future<Output = ()> + 'a) {
        self.tasks.push(Task::new(future));
    }

    /// Polls one that was woken; whether there was one.
    pub(crate) fn step(&mut self) -> bool {
        if let Some(background) = &self.background {
            for task in background.take() {
                self.tasks.push(Task::new(task));
            }
        }
        let woken: Vec<usize> =
            (0..self.tasks.len()).filter(|at| self.tasks[*at].is_woken()).collect();
        if woken.is_empty() {
            return false;
        }
        let at = woken[self.random.below(woken.len() as u64) as usize];
        self.polled = at;
        if self.tasks[at].poll().is_some() {
            drop(self.tasks.swap_remove(at));
        }
        true
    }

    /// Gives the one up that panicked when it was polled.
    pub(crate) fn drop_panicked(&mut self) {
        drop(self.tasks.swap_remove(self.polled));
    }

    /// Gives one of those that still run up, drawn.
    pub(crate) fn drop_one(&mut self) {
        if !self.tasks.is_empty() {
            let at = self.random.below(self.tasks.len() as u64) as usize;
            drop(self.tasks.swap_remove(at));
        }
    }

    /// Polls all to their end.
    #[track_caller]
    pub(crate) fn run(&mut self) {
        while self.step() {}
        assert!(self.tasks.is_empty(), "{} tasks hang", self.tasks.len());
    }
}

/// A runtime whose tasks a test polls, and whose time a test ends.
#[derive(Clone, Default)]
pub(crate) struct Background(Arc<Inner>);

#[derive(Default)]
struct Inner {
    spawned: Mutex<Vec<BoxFuture<'static, ()>>>,
    sleeping: Mutex<Vec<(Duration, Arc<Alarm>)>>,
}

#[derive(Default)]
struct Alarm {
    rung: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Background {
    /// What was spawned since the last look.
    pub(crate) fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut self.0.spawned.lock().unwrap())
    }

    /// Ends all sleeps that have begun; how many.
    pub(crate) fn ring(&self) -> usize {
        let sleeping = std::mem::take(&mut *self.0.sleeping.lock().unwrap());
        for (_, alarm) in &sleeping {
            alarm.rung.store(true, SeqCst);
            let waker = alarm.waker.lock().unwrap().take();
            waker.into_iter().for_each(Waker::wake);
        }
        sleeping.len()
    }
}

impl Runtime for Background {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawned.lock().unwrap().push(task);
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let alarm = Arc::new(Alarm::default());
        self.0.sleeping.lock().unwrap().push((duration, alarm.clone()));
        Box::pin(poll_fn(move |context| {
            if alarm.rung.load(SeqCst) {
                return Poll::Ready(());
            }
            *alarm.waker.lock().unwrap() = Some(context.waker().clone());
            Poll::Pending
        }))
    }
}
