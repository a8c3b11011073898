//! The tasks that wait for one thing, each under a number of its own.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;
use core::mem;
use core::task::Waker;

#[derive(Debug, Default)]
pub(crate) struct Wakers {
    waiting: BTreeMap<u64, Waker>,
    next: u64,
}

impl Wakers {
    pub(crate) const fn new() -> Self {
        Wakers { waiting: BTreeMap::new(), next: 0 }
    }

    /// Notes who waits under a number; who has none gets one. What is not needed is to be dropped where
    /// nothing is locked.
    pub(crate) fn note(&mut self, number: &mut Option<u64>, waker: Waker) -> Option<Waker> {
        let number = *number.get_or_insert_with(|| {
            self.next += 1;
            self.next
        });
        match self.waiting.entry(number) {
            Entry::Occupied(noted) if noted.get().will_wake(&waker) => Some(waker),
            Entry::Occupied(mut noted) => Some(noted.insert(waker)),
            Entry::Vacant(place) => {
                place.insert(waker);
                None
            }
        }
    }

    /// Who has the number waits no more; to be dropped where nothing is locked.
    pub(crate) fn forget(&mut self, number: u64) -> Option<Waker> {
        self.waiting.remove(&number)
    }

    /// Who has waited longest, to be woken where nothing is locked.
    pub(crate) fn take_first(&mut self) -> Option<Waker> {
        self.waiting.pop_first().map(|(_, waker)| waker)
    }

    /// All who wait, to be woken where nothing is locked.
    pub(crate) fn take(&mut self) -> Vec<Waker> {
        mem::take(&mut self.waiting).into_values().collect()
    }
}

/// Wakes all.
pub(crate) fn wake(wakers: Vec<Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}
