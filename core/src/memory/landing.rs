//! Where callers wait for the one that runs the fetcher: threads, and tasks.

use alloc::sync::{Arc, Weak};
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use super::waits::Wait;
use crate::drive::{Drive, Driving};
use crate::error::Error;
use crate::sync::thread::{self, ThreadId};
use crate::sync::{Condvar, Mutex};
use crate::wakers::{Wakers, wake};

#[derive(Debug)]
pub(crate) struct Landing<V> {
    /// The thread that leads; none when a task does, which may run anywhere.
    leader: Option<ThreadId>,
    state: Mutex<State<V>>,
    landed: Condvar,
}

#[derive(Debug)]
struct State<V> {
    outcome: Landed<V>,
    /// The leader looked in all tiers, and makes the value now; or why it could not look.
    nothing: Option<Result<(), Error>>,
    /// What may be used while the leader makes the value.
    stale: Option<Arc<V>>,
    tasks: Wakers,
    /// The load itself, where those who wait may drive it.
    drive: Weak<Drive>,
}

/// Why nobody should wait any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endless {
    /// The leader is this thread, or waits for it.
    Circle,
    /// The time that a load may take has passed.
    TimedOut,
}

/// Who leads a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leader {
    Thread,
    /// A task, which may run anywhere.
    Task,
    /// A task that only looks for a fresh value in all tiers.
    Look,
}

/// What a follower finds.
#[derive(Debug)]
pub(crate) enum Landed<V> {
    Flying,
    /// The leader's value, stored or not.
    Value(Arc<V>),
    /// A value that may be used while the leader makes one.
    Stale(Arc<V>),
    /// Nothing is there yet, or why that is not known. Only for those who look.
    Nothing(Result<(), Error>),
    /// The leader failed: the waiters lead in turn.
    Failed,
}

impl<V> Clone for Landed<V> {
    fn clone(&self) -> Self {
        match self {
            Landed::Flying => Landed::Flying,
            Landed::Value(value) => Landed::Value(value.clone()),
            Landed::Stale(value) => Landed::Stale(value.clone()),
            Landed::Nothing(known) => Landed::Nothing(known.clone()),
            Landed::Failed => Landed::Failed,
        }
    }
}

impl<V> Landing<V> {
    pub(super) fn new(leader: Leader) -> Self {
        let (outcome, tasks, drive) = (Landed::Flying, Wakers::new(), Weak::new());
        Landing {
            leader: (leader == Leader::Thread).then(|| thread::current().id()),
            state: Mutex::new(State { outcome, nothing: None, stale: None, tasks, drive }),
            landed: Condvar::default(),
        }
    }

    /// Whether the leader is a thread, which goes on whatever this one does.
    pub(crate) fn is_led_by_a_thread(&self) -> bool {
        self.leader.is_some()
    }

    /// Lets a thread wait for the leader, for as long as a load may take: its value, or nothing when
    /// it has none.
    ///
    /// # Errors
    /// When waiting would never end, or has taken too long.
    pub(crate) fn wait(&self, limit: Option<Duration>) -> Result<Option<Arc<V>>, Endless> {
        let _wait = match self.leader {
            Some(leader) => Some(Wait::on(leader).ok_or(Endless::Circle)?),
            None => None,
        };
        let state = self.state.lock();
        let flying = |state: &mut State<V>| matches!(state.outcome, Landed::Flying);
        match &self.landed.wait_while(state, limit, flying).outcome {
            Landed::Value(value) | Landed::Stale(value) => Ok(Some(value.clone())),
            Landed::Nothing(_) | Landed::Failed => Ok(None),
            Landed::Flying => Err(Endless::TimedOut),
        }
    }

    /// Lets a task wait for the leader, or only until it is known that nothing is there yet.
    pub(crate) fn landed(self: Arc<Self>, waits: WaitsFor) -> Waiting<V> {
        Waiting { landing: self, waits, drive: None, number: None }
    }

    /// No tier has the value: those who only look go on.
    pub(crate) fn nothing(&self, known: Result<(), Error>) {
        let mut state = self.state.lock();
        state.nothing = Some(known);
        let tasks = state.tasks.take();
        drop(state);
        wake(tasks);
    }

    /// Those who wait drive the load from now on.
    pub(crate) fn drive_by(&self, drive: &Arc<Drive>) {
        let mut state = self.state.lock();
        state.drive = Arc::downgrade(drive);
        let tasks = state.tasks.take();
        drop(state);
        wake(tasks);
    }

    /// Nobody needs to wait for the leader who can use this stale value.
    pub(crate) fn serve(&self, stale: V) {
        let stale = Arc::new(stale);
        let mut state = self.state.lock();
        let (before, tasks) = (state.stale.replace(stale), state.tasks.take());
        drop(state);
        drop(before);
        wake(tasks);
    }

    /// Ends the waiting; the first outcome stands.
    pub(super) fn land(&self, outcome: Landed<V>) {
        let mut state = self.state.lock();
        if matches!(state.outcome, Landed::Flying) {
            let (flying, tasks) = (mem::replace(&mut state.outcome, outcome), state.tasks.take());
            self.landed.notify_all();
            drop(state);
            drop(flying);
            wake(tasks);
        }
    }
}

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    Value,
    /// To know whether some tier has the value.
    Look,
}

/// A task's wait; never [`Landed::Flying`] in the end.
pub(crate) struct Waiting<V> {
    landing: Arc<Landing<V>>,
    waits: WaitsFor,
    drive: Option<Driving>,
    number: Option<u64>,
}

impl<V> Waiting<V> {
    fn look(&mut self, context: &Context<'_>) -> Option<Landed<V>> {
        let mut state = self.landing.state.lock();
        if self.drive.is_none() {
            self.drive = state.drive.upgrade().map(Driving::new);
        }
        match (&state.outcome, &state.nothing) {
            (Landed::Flying, Some(known)) if self.waits == WaitsFor::Look => {
                Some(Landed::Nothing(known.clone()))
            }
            (Landed::Flying, _) if self.waits == WaitsFor::Value && state.stale.is_some() => {
                state.stale.clone().map(Landed::Stale)
            }
            (Landed::Flying, _) => {
                state.tasks.note(&mut self.number, context.waker());
                None
            }
            (landed, _) => Some(landed.clone()),
        }
    }
}

impl<V> Future for Waiting<V> {
    type Output = Landed<V>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Landed<V>> {
        if let Some(landed) = self.look(context) {
            return Poll::Ready(landed);
        }
        let Some(driving) = &mut self.drive else { return Poll::Pending };
        if driving.poll_with(context).is_ready() {
            self.drive = None;
            // A load that ends without a word has failed.
            return Poll::Ready(self.look(context).unwrap_or(Landed::Failed));
        }
        // It may have landed while this task drove it.
        self.look(context).map_or(Poll::Pending, Poll::Ready)
    }
}

impl<V> Drop for Waiting<V> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let gone = self.landing.state.lock().tasks.forget(number);
            drop(gone);
        }
    }
}
