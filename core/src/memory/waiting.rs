//! How threads and tasks wait at a landing.

use alloc::sync::Arc;
use core::future::Future;
use core::hash::Hash;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use super::landing::{Landed, Landing, Phase, State};
use super::sharded::MemoryCache;
use super::waits::Wait;
use crate::drive::Driving;
use crate::hash::KeyHash;
use crate::wakers::Wakers;

/// One who waits. Woken to lead, and going without having done so, it wakes the next one.
pub(crate) struct Waiter<'c, K: Hash + Eq + Clone, V: Clone> {
    cache: &'c MemoryCache<K, V>,
    hash: KeyHash,
    landing: Arc<Landing<V>>,
}

/// Why a thread should not wait any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endless {
    /// The leader is this thread, or waits for it.
    Circle,
    /// The leader is a task, which may need this very thread to go on.
    Task,
    /// The time that a load may take has passed.
    TimedOut,
}

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    Value,
    /// To know whether some tier has the value.
    Look,
}

impl<'c, K: Hash + Eq + Clone, V: Clone> Waiter<'c, K, V> {
    pub(crate) fn new(
        cache: &'c MemoryCache<K, V>,
        hash: KeyHash,
        landing: Arc<Landing<V>>,
    ) -> Self {
        Waiter { cache, hash, landing }
    }

    pub(crate) fn landing(&self) -> &Arc<Landing<V>> {
        &self.landing
    }

    /// Lets a thread wait, for as long as a load may take.
    ///
    /// # Errors
    /// When waiting would never end, or has taken too long.
    pub(crate) fn wait(&self, limit: Option<Duration>) -> Result<Landed<V>, Endless> {
        let flying =
            |state: &mut State<V>| matches!(state.phase, Phase::Flying) && state.leader.is_some();
        let mut state = self.landing.state.lock();
        if flying(&mut state) {
            let wait = Wait::at(self.landing.address(), state.leader).ok_or(Endless::Circle)?;
            state.threads += 1;
            state = self.landing.changed.wait_while(state, limit, flying);
            state.threads -= 1;
            drop(wait);
        }
        match (&state.phase, state.leader) {
            (Phase::Over(landed), _) => Ok(landed.clone()),
            (Phase::Vacant, _) => Ok(Landed::Again),
            (Phase::Flying, None) => Err(Endless::Task),
            (Phase::Flying, Some(_)) => Err(Endless::TimedOut),
        }
    }

    /// Lets a task wait for the leader, or only until it is known that nothing is there yet.
    pub(crate) fn landed(&self, waits: WaitsFor) -> Waiting<'_, V> {
        Waiting { landing: &self.landing, waits, drive: None, ended: None, number: None }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Drop for Waiter<'_, K, V> {
    fn drop(&mut self) {
        if self.landing.hand_on() {
            self.cache.forsake(self.hash, &self.landing);
        }
    }
}

/// A task's wait.
pub(crate) struct Waiting<'w, V> {
    landing: &'w Landing<V>,
    waits: WaitsFor,
    drive: Option<Driving>,
    /// Has been driven to its end.
    ended: Option<Driving>,
    number: Option<u64>,
}

impl<V> Waiting<'_, V> {
    fn look(&mut self, context: &Context<'_>) -> Option<Landed<V>> {
        // Wakers are cloned and dropped where nothing is locked.
        let mut waker = Some(context.waker().clone());
        let mut state = self.landing.state.lock();
        if self.drive.is_none() {
            let drive = state.drive.upgrade().map(Driving::new);
            self.drive = drive.filter(|drive| !drive.is_of(self.ended.as_ref()));
        }
        if let Some(landed) = found(&state, self.waits) {
            return Some(landed);
        }
        let number = &mut self.number;
        let before = waker.take().and_then(|own| wakers(&mut state, self.waits).note(number, own));
        drop(state);
        drop(before);
        None
    }
}

/// What one finds who waits for that.
fn found<V>(state: &State<V>, waits: WaitsFor) -> Option<Landed<V>> {
    match (&state.phase, waits, &state.said.nothing, &state.said.stale) {
        (Phase::Over(landed @ (Landed::Value(_) | Landed::Stale(_))), ..) => Some(landed.clone()),
        (_, WaitsFor::Look, Some(known), _) => Some(Landed::Nothing(known.clone())),
        (Phase::Over(landed), ..) => Some(landed.clone()),
        (_, WaitsFor::Value, _, Some(stale)) => Some(Landed::Stale(stale.clone())),
        (Phase::Vacant, ..) => Some(Landed::Again),
        (Phase::Flying, ..) => None,
    }
}

fn wakers<V>(state: &mut State<V>, waits: WaitsFor) -> &mut Wakers {
    match waits {
        WaitsFor::Value => &mut state.tasks,
        WaitsFor::Look => &mut state.lookers,
    }
}

impl<V> Future for Waiting<'_, V> {
    type Output = Landed<V>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Landed<V>> {
        loop {
            if let Some(landed) = self.look(context) {
                return Poll::Ready(landed);
            }
            let Some(driving) = &mut self.drive else { return Poll::Pending };
            if driving.poll_with(context).is_pending() {
                // It may have landed while this task drove it.
                return self.look(context).map_or(Poll::Pending, Poll::Ready);
            }
            self.ended = self.drive.take();
        }
    }
}

impl<V> Drop for Waiting<'_, V> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let gone = wakers(&mut self.landing.state.lock(), self.waits).forget(number);
            drop(gone);
        }
    }
}
