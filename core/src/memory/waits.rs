//! Who waits for whom, across all caches, so that a circle of waiting threads is noticed.

use alloc::vec::Vec;

use crate::sync::Mutex;
use crate::sync::thread::{self, ThreadId};

/// A waiting thread and the thread it waits for. A thread waits for one other at most.
static WAITS: Mutex<Vec<(ThreadId, ThreadId)>> = Mutex::new(Vec::new());

/// This thread waits; until dropped.
pub(super) struct Wait(());

impl Wait {
    /// Begins to wait for `leader`, unless that thread waits, perhaps through others, for this one.
    pub(super) fn on(leader: ThreadId) -> Option<Wait> {
        let own = thread::current().id();
        let mut waits = WAITS.lock();
        let mut at = leader;
        while at != own {
            match waits.iter().find(|(waiter, _)| *waiter == at) {
                Some((_, next)) => at = *next,
                None => {
                    waits.push((own, leader));
                    return Some(Wait(()));
                }
            }
        }
        None
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let own = thread::current().id();
        WAITS.lock().retain(|(waiter, _)| *waiter != own);
    }
}
