//! Who has which name, until when, and who waits for it.

use std::collections::HashMap;
use std::task::Waker;

use cachefn_core::{Error, Token};

use super::faults::LeaseFaults;
use crate::random::Random;

pub(super) struct State {
    pub(super) faults: LeaseFaults,
    random: Random,
    held: HashMap<Vec<u8>, Held>,
    waiting: Vec<Wait>,
    next: u64,
}

struct Held {
    lease: Token,
    until: u64,
}

/// One who waits for a name.
struct Wait {
    number: u64,
    name: Vec<u8>,
    waker: Waker,
}

/// What becomes of a call.
pub(super) enum Fate {
    Done,
    Failed,
    /// Done, but the answer is lost.
    Mute,
}

impl State {
    pub(super) fn new(seed: u64, faults: LeaseFaults) -> Self {
        let (held, waiting) = (HashMap::new(), Vec::new());
        State { faults, random: Random(seed), held, waiting, next: 0 }
    }

    /// What becomes of a call, and how often it pends before and after.
    pub(super) fn draw(&mut self) -> (Fate, usize) {
        let polls = if self.random.hits(self.faults.delays) { self.random.index(3) } else { 0 };
        let fate = if self.random.hits(self.faults.errors) {
            Fate::Failed
        } else if self.random.hits(self.faults.mutes) {
            Fate::Mute
        } else {
            Fate::Done
        };
        (fate, polls)
    }

    /// Who has a name, and until when.
    pub(super) fn holder(&self, name: &[u8], now: u64) -> Option<(Token, u64)> {
        let held = self.held.get(name).filter(|held| now < held.until)?;
        Some((held.lease, held.until))
    }

    pub(super) fn lend(&mut self, name: &[u8], lease: Token, until: u64) {
        self.held.insert(name.into(), Held { lease, until });
    }

    /// Frees a name; who is to be woken.
    pub(super) fn free(&mut self, name: &[u8]) -> Vec<Waker> {
        self.held.remove(name);
        if self.random.hits(self.faults.silences) {
            return Vec::new();
        }
        let waiting = std::mem::take(&mut self.waiting);
        let (told, others) = waiting.into_iter().partition(|wait| wait.name == name);
        self.waiting = others;
        let told: Vec<Wait> = told;
        told.into_iter().map(|wait| wait.waker).collect()
    }

    /// Begins to wait for a name, or goes on; whether the wait is over.
    pub(super) fn wait(&mut self, number: &mut Option<u64>, name: &[u8], waker: &Waker) -> bool {
        let Some(number) = *number else {
            self.next += 1;
            *number = Some(self.next);
            self.waiting.push(Wait { number: self.next, name: name.into(), waker: waker.clone() });
            return false;
        };
        match self.waiting.iter_mut().find(|wait| wait.number == number) {
            Some(wait) => {
                wait.waker.clone_from(waker);
                false
            }
            None => true,
        }
    }

    /// Waits no more.
    pub(super) fn leave(&mut self, number: u64) {
        self.waiting.retain(|wait| wait.number != number);
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

pub(super) fn failure(operation: &'static str) -> Error {
    Error::unavailable(operation, "an error was drawn")
}
