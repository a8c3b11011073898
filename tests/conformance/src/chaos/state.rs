//! What is drawn for each call, and what was counted.

use std::task::Waker;

use bytes::Bytes;
use cachefn_core::Token;

use super::calls::Calls;
use super::faults::Faults;
use crate::random::Random;

#[derive(Debug)]
pub(super) struct State {
    pub(super) faults: Faults,
    random: Random,
    pub(super) calls: Calls,
    /// Who waits for a thaw.
    pub(super) frozen: Vec<Waker>,
}

/// What becomes of one call.
pub(super) struct Fate {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) is_error: bool,
    pub(super) is_lost: bool,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        let (faults, calls, frozen) = (Faults::none(), Calls::default(), Vec::new());
        State { faults, random: Random(seed), calls, frozen }
    }

    pub(super) fn draw(&mut self, operation: &str, count: fn(&mut Calls) -> &mut u64) -> Fate {
        *count(&mut self.calls) += 1;
        let faults = self.faults.of(operation);
        Fate {
            before: self.delay(faults),
            after: self.delay(faults),
            is_error: self.random.hits(faults.errors),
            is_lost: self.random.hits(faults.lost_answers),
        }
    }

    fn delay(&mut self, faults: Faults) -> usize {
        match self.random.hits(faults.delays) && faults.most_polls > 0 {
            true => 1 + self.random.index(faults.most_polls),
            false => 0,
        }
    }

    pub(super) fn tears(&mut self, how_often: fn(&Faults) -> f64) -> bool {
        self.random.hits(how_often(&self.faults))
    }

    /// Never what it was.
    pub(super) fn torn(&mut self, record: &Bytes) -> Bytes {
        let mut torn = record.to_vec();
        match self.random.index(3) {
            0 if !torn.is_empty() => torn.truncate(self.random.index(record.len())),
            1 if !torn.is_empty() => {
                let at = self.random.index(record.len());
                torn[at] ^= 1 << self.random.index(8);
            }
            _ => torn.extend(self.random.token().0),
        }
        torn.into()
    }

    pub(super) fn read_token(&mut self, mut token: Token) -> Token {
        if self.tears(|faults| faults.torn_reads) {
            token.0[self.random.index(16)] ^= 1 << self.random.index(8);
        }
        token
    }
}
