//! Where threads wait for the one that runs the fetcher.

use alloc::sync::Arc;
use core::time::Duration;

use super::waits::Wait;
use crate::sync::thread::{self, ThreadId};
use crate::sync::{Condvar, Mutex};

#[derive(Debug)]
pub(super) struct Landing<V> {
    leader: ThreadId,
    outcome: Mutex<Landed<V>>,
    landed: Condvar,
}

/// Why nobody should wait any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endless {
    /// The leader is this thread, or waits for it.
    Circle,
    /// The time that a load may take has passed.
    TimedOut,
}

/// What a follower finds.
#[derive(Debug)]
pub(super) enum Landed<V> {
    Flying,
    /// The leader's value, stored or not.
    Value(Arc<V>),
    /// The leader failed: the waiters lead in turn.
    Failed,
}

impl<V> Landing<V> {
    pub(super) fn new() -> Self {
        Landing {
            leader: thread::current().id(),
            outcome: Mutex::new(Landed::Flying),
            landed: Condvar::default(),
        }
    }

    /// Waits for the leader, for as long as a load may take: its value, or nothing when it failed.
    ///
    /// # Errors
    /// When waiting would never end, or has taken too long.
    pub(super) fn wait(&self, limit: Option<Duration>) -> Result<Option<Arc<V>>, Endless> {
        let _wait = Wait::on(self.leader).ok_or(Endless::Circle)?;
        let outcome = self.outcome.lock();
        let flying = |outcome: &mut Landed<V>| matches!(outcome, Landed::Flying);
        match &*self.landed.wait_while(outcome, limit, flying) {
            Landed::Value(value) => Ok(Some(value.clone())),
            Landed::Failed => Ok(None),
            Landed::Flying => Err(Endless::TimedOut),
        }
    }

    /// Ends the waiting; the first outcome stands.
    pub(super) fn land(&self, outcome: Landed<V>) {
        let mut landed = self.outcome.lock();
        if matches!(*landed, Landed::Flying) {
            *landed = outcome;
            self.landed.notify_all();
        }
    }
}
