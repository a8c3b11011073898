//! Where callers wait for the one that runs the fetcher, and what that one tells them.
//!
//! A leader that brings nothing leaves the place vacant: one of those who wait is woken to lead there,
//! and the others sleep on.

use alloc::sync::{Arc, Weak};
use core::mem;
use core::task::Waker;

use super::waits;
use crate::drive::Drive;
use crate::error::Error;
use crate::failure::Failure;
use crate::sync::thread::{self, ThreadId};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::wakers::{Wakers, wake};

#[derive(Debug)]
pub(crate) struct Landing<V> {
    pub(super) state: Mutex<State<V>>,
    /// For threads, when it is theirs to go on.
    pub(super) changed: Condvar,
}

#[derive(Debug)]
pub(super) struct State<V> {
    pub(super) phase: Phase<V>,
    /// The thread that leads; none when a task does, which may run anywhere.
    pub(super) leader: Option<ThreadId>,
    pub(super) said: Said<V>,
    /// How many threads wait.
    pub(super) threads: usize,
    pub(super) tasks: Wakers,
    /// Tasks that only look.
    pub(super) lookers: Wakers,
    /// The load itself, where those who wait may drive it.
    pub(super) drive: Weak<Drive>,
}

/// What a leader says before it has the value.
#[derive(Debug)]
pub(super) struct Said<V> {
    /// It looked in all tiers, and makes the value now; or why it could not look.
    pub(super) nothing: Option<Result<(), Error>>,
    /// What may be used meanwhile.
    pub(super) stale: Option<Arc<V>>,
}

#[derive(Debug)]
pub(super) enum Phase<V> {
    Flying,
    /// Nobody leads: it is for the one who was woken, or for whoever asks.
    Vacant,
    /// Nobody waits any longer.
    Over(Landed<V>),
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
    /// The leader's value, stored or not.
    Value(Arc<V>),
    /// A value that may be used while the leader makes one.
    Stale(Arc<V>),
    /// Nothing is there yet, or why that is not known. Only for those who look.
    Nothing(Result<(), Error>),
    /// The leader's error, for those who take it; the others try again.
    Failed(Failure),
    /// To be tried again.
    Again,
}

/// The one that is to lead: woken when this is dropped, where nothing is locked. A thread has been woken
/// already.
#[must_use]
pub(crate) struct Heir(Option<Waker>);

impl Drop for Heir {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(Waker::wake);
    }
}

impl<V> Landing<V> {
    pub(super) fn new(leader: Leader) -> Self {
        let said = Said { nothing: None, stale: None };
        let (tasks, lookers, drive) = (Wakers::new(), Wakers::new(), Weak::new());
        let (phase, leader) = (Phase::Flying, thread_of(leader));
        let state = State { phase, leader, said, threads: 0, tasks, lookers, drive };
        Landing { state: Mutex::new(state), changed: Condvar::default() }
    }

    /// No tier has the value: those who only look go on.
    pub(crate) fn nothing(&self, known: Result<(), Error>) {
        let mut state = self.state.lock();
        let before = state.said.nothing.replace(known);
        let lookers = state.lookers.take();
        drop(state);
        drop(before);
        wake(lookers);
    }

    /// Those who wait drive the load from now on.
    pub(crate) fn drive_by(&self, drive: &Arc<Drive>) {
        let mut state = self.state.lock();
        state.drive = Arc::downgrade(drive);
        wake_all(state);
    }

    /// Nobody needs to wait for the leader who can use this stale value.
    pub(crate) fn serve(&self, stale: V) {
        let stale = Arc::new(stale);
        let mut state = self.state.lock();
        let (before, tasks) = (state.said.stale.replace(stale), state.tasks.take());
        drop(state);
        drop(before);
        wake(tasks);
    }

    /// Ends the waiting of all; the first outcome stands.
    pub(super) fn land(&self, outcome: Landed<V>) {
        let mut state = self.state.lock();
        if matches!(state.phase, Phase::Flying) {
            state.phase = Phase::Over(outcome);
            self.led_by(&mut state, None);
            self.changed.notify_all();
            wake_all(state);
        }
    }

    /// The leader brings nothing: one of those who wait leads in its place. If there is nobody, all is
    /// over. Asked under the lock of the list of loads.
    pub(super) fn vacate(&self) -> Option<Heir> {
        let mut state = self.state.lock();
        if !matches!(state.phase, Phase::Flying) {
            return None;
        }
        self.led_by(&mut state, None);
        let heir = self.heir(&mut state);
        state.phase = if heir.is_some() { Phase::Vacant } else { Phase::Over(Landed::Again) };
        heir
    }

    /// One who waited goes: should it have been woken to lead, the next one is. Says whether there is
    /// nobody left to lead.
    pub(super) fn hand_on(&self) -> bool {
        let mut state = self.state.lock();
        if !matches!(state.phase, Phase::Vacant) {
            return false;
        }
        let heir = self.heir(&mut state);
        drop(state);
        let forsaken = heir.is_none();
        drop(heir);
        forsaken
    }

    /// Whether somebody leads. For a load on its list, nobody begins to but under the list's lock.
    pub(super) fn is_led(&self) -> bool {
        matches!(self.state.lock().phase, Phase::Flying)
    }

    pub(super) fn is_vacant(&self) -> bool {
        matches!(self.state.lock().phase, Phase::Vacant)
    }

    /// Begins anew, under the lock of the list, where nobody leads. What the last leader said is to be
    /// dropped elsewhere.
    pub(super) fn lead(&self, leader: Leader) -> Said<V> {
        let mut state = self.state.lock();
        state.phase = Phase::Flying;
        state.drive = Weak::new();
        self.led_by(&mut state, thread_of(leader));
        if leader != Leader::Thread {
            // Threads do not wait for tasks.
            self.changed.notify_all();
        }
        mem::replace(&mut state.said, Said { nothing: None, stale: None })
    }

    /// Who is to lead: threads first, which can be waited for by all.
    fn heir(&self, state: &mut State<V>) -> Option<Heir> {
        if state.threads > 0 {
            self.changed.notify_one();
            return Some(Heir(None));
        }
        let waker = state.tasks.take_first().or_else(|| state.lookers.take_first())?;
        Some(Heir(Some(waker)))
    }

    fn led_by(&self, state: &mut State<V>, leader: Option<ThreadId>) {
        state.leader = leader;
        if state.threads > 0 {
            waits::led_by(self.address(), leader);
        }
    }

    /// What tells landings apart.
    pub(super) fn address(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }
}

fn thread_of(leader: Leader) -> Option<ThreadId> {
    (leader == Leader::Thread).then(|| thread::current().id())
}

fn wake_all<V>(mut state: MutexGuard<'_, State<V>>) {
    let (tasks, lookers) = (state.tasks.take(), state.lookers.take());
    drop(state);
    wake(tasks);
    wake(lookers);
}

impl<V> Clone for Landed<V> {
    fn clone(&self) -> Self {
        match self {
            Landed::Value(value) => Landed::Value(value.clone()),
            Landed::Stale(value) => Landed::Stale(value.clone()),
            Landed::Nothing(known) => Landed::Nothing(known.clone()),
            Landed::Failed(failure) => Landed::Failed(failure.clone()),
            Landed::Again => Landed::Again,
        }
    }
}
