//! Writes of the same name happen one after the other; those of different names seldom wait.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks for all names there can be.
#[derive(Debug)]
pub(crate) struct Turns {
    locks: Box<[Mutex<()>]>,
    hasher: RandomState,
}

impl Turns {
    pub(crate) fn new() -> Self {
        Turns {
            locks: std::iter::repeat_with(Mutex::default).take(LOCKS).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Waits for the turn of one name.
    pub(crate) fn of(&self, name: &[u8]) -> MutexGuard<'_, ()> {
        self.lock(self.number(name))
    }

    /// Waits for the turns of several, in an order that is the same for all who wait.
    pub(crate) fn of_all<'n>(
        &self,
        names: impl Iterator<Item = &'n [u8]>,
    ) -> Vec<MutexGuard<'_, ()>> {
        let mut numbers: Vec<usize> = names.map(|name| self.number(name)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| self.lock(number)).collect()
    }

    fn number(&self, name: &[u8]) -> usize {
        // The remainder is less than the number of locks.
        (self.hasher.hash_one(name) % LOCKS as u64) as usize
    }

    fn lock(&self, number: usize) -> MutexGuard<'_, ()> {
        self.locks[number].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const LOCKS: usize = 64;
