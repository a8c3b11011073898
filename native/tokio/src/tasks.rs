//! The tasks that a runtime was given: how many there are, and their end.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, Runtime};

use crate::lock::Lock;
use crate::wakers::Wakers;
use crate::within::within;

#[derive(Clone, Default)]
pub(crate) struct Tasks(Arc<Shared>);

#[derive(Default)]
struct Shared {
    running: Lock<Running>,
    /// Who waits until there are none.
    idle: Wakers,
}

#[derive(Default)]
struct Running {
    tasks: BTreeMap<u64, Arc<Task>>,
    last: u64,
    /// No task is taken any more.
    ended: bool,
}

struct Task {
    /// What it is; empty if that was not said.
    kind: &'static str,
    /// Locked while it is polled, and by who ends it.
    body: Lock<Body>,
    stopped: AtomicBool,
}

struct Body {
    future: Option<BoxFuture<'static, ()>>,
    /// Who polls the shell of it, which must end too.
    waker: Option<Waker>,
}

impl Tasks {
    /// The task, to be given to the executor. After the end it is dropped, and nothing is left to run.
    pub(crate) fn track(
        &self,
        kind: &'static str,
        future: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, ()> {
        let body = Lock::new(Body { future: Some(future), waker: None });
        let task = Arc::new(Task { kind, body, stopped: AtomicBool::new(false) });
        let mut running = self.0.running.lock();
        if running.ended {
            drop(running);
            drop(task);
            return Box::pin(async {});
        }
        running.last += 1;
        let number = running.last;
        running.tasks.insert(number, task.clone());
        drop(running);
        Box::pin(Tracked { shared: self.0.clone(), number, task })
    }

    pub(crate) fn len(&self) -> usize {
        self.0.running.lock().tasks.len()
    }

    /// Waits until there are none, but not beyond the deadline; stops those that are left then.
    pub(crate) async fn end(&self, runtime: &dyn Runtime, deadline: Duration) -> Vec<Error> {
        if !deadline.is_zero() {
            let _ = within(runtime, deadline, self.idle()).await;
        }
        let left: Vec<Arc<Task>> = {
            let mut running = self.0.running.lock();
            running.ended = true;
            running.tasks.values().cloned().collect()
        };
        left.iter().for_each(|task| task.stop());
        if left.is_empty() {
            return Vec::new();
        }
        let (number, kinds) = (left.len(), kinds(&left));
        let text = format!("{number} tasks had not ended in {deadline:?} and were stopped{kinds}");
        vec![Error::timeout("end", text)]
    }

    async fn idle(&self) {
        let mut seat = self.0.idle.seat();
        poll_fn(|context| {
            seat.take(context);
            if self.len() == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Task {
    /// Drops it now, or as soon as it is not polled any more.
    fn stop(&self) {
        self.stopped.store(true, SeqCst);
        if let Some(mut body) = self.body.try_lock() {
            let (future, waker) = (body.future.take(), body.waker.take());
            drop(body);
            drop(future);
            waker.into_iter().for_each(Waker::wake);
        }
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut body = self.body.lock();
        if !body.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
            body.waker = Some(context.waker().clone());
        }
        let Some(future) = &mut body.future else { return Poll::Ready(()) };
        if future.as_mut().poll(context).is_ready() {
            let future = body.future.take();
            drop(body);
            drop(future);
            return Poll::Ready(());
        }
        drop(body);
        // Whoever wanted to stop it while it was polled has left that to us.
        if self.stopped.load(SeqCst) {
            self.stop();
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// Which kinds of tasks these are, and how many of each, as far as that was said.
fn kinds(tasks: &[Arc<Task>]) -> String {
    let mut numbers = BTreeMap::<&str, usize>::new();
    for task in tasks.iter().filter(|task| !task.kind.is_empty()) {
        *numbers.entry(task.kind).or_default() += 1;
    }
    let each: Vec<String> =
        numbers.into_iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) }
}

/// What the executor has of a task.
struct Tracked {
    shared: Arc<Shared>,
    number: u64,
    task: Arc<Task>,
}

impl Future for Tracked {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.task.poll(context)
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        // The executor may drop it unfinished, and then its future must not live on in the list.
        self.task.stop();
        let mut running = self.shared.running.lock();
        let task = running.tasks.remove(&self.number);
        let is_idle = running.tasks.is_empty();
        drop(running);
        drop(task);
        if is_idle {
            self.shared.idle.wake();
        }
    }
}
