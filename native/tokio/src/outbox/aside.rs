//! Changes that the storage did not take: others go before them, and they are tried again with growing pauses.
//!
//! Whoever refuses a change may mean the change, or be a storage that refuses everything, because a password or its
//! rights are wrong for now. Only what is accepted around a refusal tells which: before and after it, or between two
//! refusals of the same change. Until then nothing is given up. A record that is known to be refused is lost, and
//! a delete takes its place; a removal is never lost, and waits on here.

use std::collections::BTreeMap;

use cachefn_core::Error;

use super::batch::{Batch, Refusal};
use super::cells::Name;
use super::change::ms;
use super::state::State;
use super::told::{OutboxEvent, shown};

/// By the numbers of the changes.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    turns: BTreeMap<u64, Turn>,
    /// So many changes were accepted so far.
    accepted: u64,
}

/// When a change is tried again.
#[derive(Debug)]
struct Turn {
    name: Name,
    /// Not before this time, in milliseconds, if there is something else.
    until: u64,
    pause: u64,
    /// So many changes had been accepted when it was refused last.
    seen: u64,
    /// It is the change that the storage does not take.
    is_known: bool,
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

    /// Whether it is known to be what the storage does not take, and is to be tried again.
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

impl State {
    /// Forgets those that do not wait any more.
    pub(crate) fn tidy_aside(&mut self) {
        let (queue, spilled) = (&self.queue, &self.spilled);
        self.aside.turns.retain(|version, turn| {
            let in_memory = queue.get(&turn.name).is_some_and(|entry| entry.version == *version);
            in_memory || spilled.get(*version).is_some()
        });
    }

    /// What was refused in a batch before which so many had been accepted; whether that is about it alone.
    pub(crate) fn settle_refused(&mut self, refusal: Refusal, before: u64, now: u64) -> bool {
        let Refusal { name, version, is_put, error, after } = refusal;
        if !self.is_there(&name, version) {
            return false;
        }
        let (at, in_the_end) = (before + after, self.aside.accepted);
        let turn = self.aside.turns.get(&version);
        let is_in_between = after > 0 && in_the_end > at;
        let is_known = is_in_between || turn.is_some_and(|turn| turn.is_known || at > turn.seen);
        match is_known && is_put {
            true => self.refuse(&name, version, error, now),
            false => self.set_aside(name, version, is_known.then_some(error), at, now),
        }
        is_known
    }

    /// Others go before this one from now on; with what the storage says if that is known to be about it alone.
    fn set_aside(&mut self, name: Name, version: u64, known: Option<Error>, at: u64, now: u64) {
        let (first, longest) = (self.options.first_pause, self.options.longest_pause);
        let (turns, told) = (&mut self.aside.turns, shown(&name));
        let turn = turns.entry(version).or_insert(Turn {
            name,
            until: 0,
            pause: 0,
            seen: at,
            is_known: false,
        });
        let most = if known.is_some() { ms(longest) } else { MOST.max(ms(longest)) };
        turn.pause = (turn.pause * 2).clamp(ms(first), most);
        (turn.until, turn.seen) = (now.saturating_add(turn.pause), at);
        let is_news = known.is_some() && !turn.is_known;
        turn.is_known |= is_news;
        if self.stuck.is_some_and(|stuck| stuck.version == version) {
            self.stuck = None;
        }
        if let Some(error) = known {
            self.counts.last_error = Some(error.clone());
            if is_news {
                self.counts.refused += 1;
                self.events.push(OutboxEvent::Refused { name: told, error });
            }
        }
    }

    /// What fails alone while others are accepted, again and again, is not for this storage now.
    pub(crate) fn give_way(&mut self, name: Name, version: u64, error: Error, now: u64) {
        let is_removal = self.queue.get(&name).is_some_and(|entry| !entry.change.is_put());
        match is_removal {
            true => self.set_aside(name, version, Some(error), self.aside.accepted, now),
            false => self.refuse(&name, version, error, now),
        }
    }

    /// Those that are known to fail were tried again: what still waits has a longer pause.
    pub(crate) fn settle_again(&mut self, batch: &Batch, error: Option<&Error>, now: u64) {
        let Some(error) = error else { return };
        for sent in &batch.changes {
            if self.aside.is_due(sent.version, now) && self.is_there(&sent.name, sent.version) {
                let (name, at) = (sent.name.clone(), self.aside.accepted);
                self.set_aside(name, sent.version, Some(error.clone()), at, now);
            }
        }
    }

    fn is_there(&self, name: &[u8], version: u64) -> bool {
        let in_memory = self.queue.get(name).is_some_and(|entry| entry.version == version);
        in_memory || self.spilled.get(version).is_some()
    }
}

/// The longest pause, in milliseconds, of one of which nothing is known while others wait: when the storage
/// takes anything, the pause is over.
const MOST: u64 = 3_600_000;
