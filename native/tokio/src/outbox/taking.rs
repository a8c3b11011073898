//! Which changes have their turn: those in memory and those on the disk, in one order.

use bytes::Bytes;

use super::batch::{Batch, Sent};
use super::cells::Name;
use super::change::Change;
use super::slot::Slot;
use super::state::{State, Stuck};

impl State {
    /// The next changes to be written, in their order. Whoever takes them says when they are over.
    pub(crate) fn take(&mut self, now: u64) -> Batch {
        while self.bury(now) {}
        self.tidy_aside();
        if self.aside.are_due(now) {
            return self.take_where(Pick::Again, now);
        }
        let first = self.first_due(now);
        // Who fails alone, again and again, may be what the storage does not like: the next is tried.
        let is_suspect =
            |stuck: &Stuck| Some(stuck.version) == first && stuck.times.is_multiple_of(PATIENCE);
        let skipped = self.stuck.filter(is_suspect).map(|stuck| stuck.version);
        let batch = self.take_where(Pick::Next { skipped }, now);
        if !batch.changes.is_empty() {
            return batch;
        }
        if let Some(version) = skipped {
            // There is no other.
            self.stuck = Some(Stuck { version, times: 1, proofs: 0 });
            return self.take(now);
        }
        match self.aside.first_doubtful() {
            Some(version) => self.take_where(Pick::This(version), now),
            None => batch,
        }
    }

    /// The number of the change whose turn is next among those that others do not go before.
    pub(crate) fn first_due(&self, now: u64) -> Option<u64> {
        if self.aside.is_empty() {
            return self.first_version();
        }
        let mut entries = self.queue.in_order().map(|entry| (entry.place, entry.version));
        let mut slots = self.spilled.from(0).map(|slot| (slot.version, slot.version));
        let is_next = |(_, version): &(u64, u64)| !self.goes_after(*version, now);
        let first = entries.find(is_next).into_iter().chain(slots.find(is_next)).min();
        first.map(|(_, version)| version)
    }

    fn take_where(&mut self, pick: Pick, now: u64) -> Batch {
        loop {
            let (changes, lost) = self.next(pick, now);
            let has_lost = !lost.is_empty();
            self.together(|state| {
                for slot in lost {
                    let name = state.name_of(&slot);
                    state.lose(&slot, name);
                }
            });
            if !has_lost || !changes.is_empty() {
                for sent in &changes {
                    if !self.queue.begin_at(sent.cell, sent.version) {
                        self.queue.begin(&sent.name);
                    }
                }
                return Batch { changes, is_again: pick == Pick::Again };
            }
        }
    }

    /// Names of dead sets become deletes: what they took the place of may not come back. They keep the numbers of
    /// the sets, whose lines are in the log for as long as these wait: the next process buries them again.
    pub(crate) fn bury(&mut self, now: u64) -> bool {
        let dead = self.queue.dead(now);
        for (name, version) in &dead {
            self.counts.expired += 1;
            self.queue.insert(name, Change::Gone, *version);
        }
        !dead.is_empty()
    }

    /// A batch, and what cannot be read on the way to it.
    fn next(&self, pick: Pick, now: u64) -> (Vec<Sent>, Vec<Slot>) {
        let (mut changes, mut lost) = (Vec::new(), Vec::new());
        let mut memory = self.queue.in_cells().peekable();
        // Without the log nothing on the disk can be read; the next process does that.
        let has_log = self.journal.log.is_some();
        let mut disk = self.spilled.from(0).filter(|_| has_log).peekable();
        while changes.len() < self.batch && lost.len() < AT_ONCE {
            let place = memory.peek().map_or(u64::MAX, |(_, entry)| entry.place);
            let slot = disk.next_if(|slot| slot.version < place);
            let next = match slot {
                // A message may mean this one: see `sweeping`.
                Some(_) if self.sweeps > 0 => break,
                Some(slot) if !self.is_picked(pick, slot.version, now) => continue,
                Some(slot) => match self.read(slot) {
                    // Nobody needs it, but what it took the place of may not come back.
                    Some((name, _)) if slot.is_dead(now) => {
                        ((*name).into(), slot.version, None, Change::Gone)
                    }
                    Some((name, kept)) => ((*name).into(), slot.version, None, Change::Put(kept)),
                    None => {
                        lost.push(*slot);
                        continue;
                    }
                },
                None => match memory.next() {
                    Some((_, entry)) if !self.is_picked(pick, entry.version, now) => continue,
                    Some((_, entry))
                        if entry.is_busy() || self.needs_token(&entry.change, pick) =>
                    {
                        continue;
                    }
                    Some((cell, entry)) => {
                        (entry.name.clone(), entry.version, Some(cell), entry.change.clone())
                    }
                    None => break,
                },
            };
            let (name, version, cell, change): (Name, u64, Option<u32>, Change) = next;
            // Of those in memory that was seen before they were copied.
            let waits = |name| self.queue.is_busy(name) || self.needs_token(&change, pick);
            if cell.is_some() || !waits(&name) {
                let at = changes.len() as u32;
                changes.push(Sent { name, version, at, cell, change });
            }
        }
        (changes, lost)
    }
}

/// Which changes have their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pick {
    /// All but this one, and those that others go before.
    Next { skipped: Option<u64> },
    /// Those that are known to fail, and are tried again.
    Again,
    /// This one, because there is no other.
    This(u64),
}

impl State {
    fn is_picked(&self, pick: Pick, version: u64, now: u64) -> bool {
        match pick {
            Pick::Next { skipped } => Some(version) != skipped && !self.goes_after(version, now),
            Pick::Again => self.aside.is_due(version, now),
            Pick::This(one) => version == one,
        }
    }

    /// Whether others go before this change. While changes are tried one by one, a new one tells more than one that
    /// was refused.
    fn goes_after(&self, version: u64, now: u64) -> bool {
        self.aside.waits(version, (self.batch > 1).then_some(now))
    }

    /// Whether the storage may not have it before what comes after it.
    fn is_left_out(&self, pick: Pick, version: u64) -> bool {
        self.aside.has(version) || pick == Pick::Next { skipped: Some(version) }
    }

    /// Whether a record is beside a token that is not there before it: which one the storage gets is decided then.
    fn needs_token(&self, change: &Change, pick: Pick) -> bool {
        let Change::Put(kept) = change else { return false };
        let is_late = |name: &Bytes| {
            let token = self.queue.get(name).map(|token| token.version);
            token.is_some_and(|version| self.is_left_out(pick, version) || self.queue.is_busy(name))
        };
        self.queue.tokens() > 0 && kept.tokens.iter().any(is_late)
    }
}

/// So often a change fails alone before the next one is tried.
pub(crate) const PATIENCE: u32 = 3;
/// So many that cannot be read are told of at a time.
const AT_ONCE: usize = 256;
