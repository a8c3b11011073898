//! Who waits for whom, across all caches, so that a circle of waiting threads is noticed.

use alloc::vec::Vec;

use crate::sync::Mutex;
use crate::sync::thread::{self, ThreadId};

/// A thread waits for one other at most.
static WAITS: Mutex<Vec<Edge>> = Mutex::new(Vec::new());

struct Edge {
    waiter: ThreadId,
    /// The landing where it waits.
    place: usize,
    /// The thread that leads there, while one does.
    leader: Option<ThreadId>,
}

/// This thread waits; until dropped.
pub(super) struct Wait(());

impl Wait {
    /// Begins to wait at a place for `leader`, unless that thread waits, perhaps through others, for
    /// this one.
    pub(super) fn at(place: usize, leader: Option<ThreadId>) -> Option<Wait> {
        let waiter = thread::current().id();
        let mut waits = WAITS.lock();
        let mut next = leader;
        while let Some(at) = next {
            if at == waiter {
                return None;
            }
            next = waits.iter().find(|edge| edge.waiter == at).and_then(|edge| edge.leader);
        }
        waits.push(Edge { waiter, place, leader });
        Some(Wait(()))
    }
}

/// Another leads where these threads wait, or nobody. A leader does not wait, so no circle begins here.
pub(super) fn led_by(place: usize, leader: Option<ThreadId>) {
    for edge in WAITS.lock().iter_mut().filter(|edge| edge.place == place) {
        edge.leader = leader;
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let own = thread::current().id();
        WAITS.lock().retain(|edge| edge.waiter != own);
    }
}
