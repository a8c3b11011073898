//! When changes that the storage did not take are tried again: others go before them.

use std::collections::BTreeMap;

use super::cells::Name;

/// By the numbers of the changes.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    pub(super) turns: BTreeMap<u64, Turn>,
    /// So many changes were accepted so far.
    accepted: u64,
}

/// When a change is tried again.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) name: Name,
    /// Not before this time, in milliseconds, if there is something else.
    pub(super) until: u64,
    pub(super) pause: u64,
    /// So many changes had been accepted when it was refused last.
    pub(super) seen: u64,
    /// It is the change that the storage does not take.
    pub(super) is_known: bool,
}

impl Aside {
    pub(crate) fn accepted(&self) -> u64 {
        self.accepted
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    pub(crate) fn has(&self, version: u64) -> bool {
        self.turns.contains_key(&version)
    }

    /// Whether others go before this change at this time; with no time, if there are others at all.
    pub(crate) fn waits(&self, version: u64, now: Option<u64>) -> bool {
        let waits = |turn: &Turn| turn.is_known || now.is_none_or(|now| turn.until > now);
        self.turns.get(&version).is_some_and(waits)
    }

    /// Whether it is known to be what the storage does not take.
    pub(crate) fn is_known(&self, version: u64) -> bool {
        self.turns.get(&version).is_some_and(|turn| turn.is_known)
    }

    /// The same, and whether it is to be tried again now.
    pub(crate) fn is_due(&self, version: u64, now: u64) -> bool {
        self.turns.get(&version).is_some_and(|turn| turn.is_known && turn.until <= now)
    }

    pub(crate) fn are_due(&self, now: u64) -> bool {
        self.turns.values().any(|turn| turn.is_known && turn.until <= now)
    }

    /// When the next of those is tried again that are known.
    pub(crate) fn next(&self) -> Option<u64> {
        self.turns.values().filter(|turn| turn.is_known).map(|turn| turn.until).min()
    }

    /// Of the others the one whose turn is next.
    pub(crate) fn first_doubtful(&self) -> Option<u64> {
        let doubtful = self.turns.iter().filter(|(_, turn)| !turn.is_known);
        doubtful.min_by_key(|(version, turn)| (turn.until, **version)).map(|(version, _)| *version)
    }

    /// All may be tried now.
    pub(crate) fn hurry(&mut self) {
        self.turns.values_mut().for_each(|turn| turn.until = 0);
    }

    /// The storage has accepted so many: those of which nothing is known yet may be tried now.
    pub(crate) fn accept(&mut self, count: u64) {
        self.accepted += count;
        if count == 0 {
            return;
        }
        let doubtful = self.turns.values_mut().filter(|turn| !turn.is_known);
        doubtful.for_each(|turn| (turn.until, turn.pause) = (0, 0));
    }
}
