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
        let first = self.first_version();
        // Who fails alone, again and again, may be what the storage does not like: the next is tried.
        let is_suspect =
            |stuck: &Stuck| Some(stuck.version) == first && stuck.times.is_multiple_of(PATIENCE);
        let skipped = self.stuck.filter(is_suspect).map(|stuck| stuck.version);
        let (changes, lost) = self.next(skipped, now);
        let has_lost = !lost.is_empty();
        self.together(|state| {
            for slot in lost {
                let name = state.name_of(&slot);
                state.lose(&slot, name);
            }
        });
        if has_lost && changes.is_empty() {
            return self.take(now);
        }
        let Some(skipped) = skipped.filter(|_| changes.is_empty()) else {
            for sent in &changes {
                if !self.queue.begin_at(sent.cell, sent.version) {
                    self.queue.begin(&sent.name);
                }
            }
            return Batch { changes };
        };
        // There is no other.
        self.stuck = Some(Stuck { version: skipped, times: 1, proofs: 0 });
        self.take(now)
    }

    /// A batch, and what cannot be read on the way to it.
    fn next(&self, skipped: Option<u64>, now: u64) -> (Vec<Sent>, Vec<Slot>) {
        let (mut changes, mut lost) = (Vec::new(), Vec::new());
        let mut memory = self.queue.in_cells().peekable();
        // Without the log nothing on the disk can be read; the next process does that.
        let has_log = self.journal.log.is_some();
        let mut disk = self.spilled.from(0).filter(|_| has_log).peekable();
        while changes.len() < self.batch && lost.len() < AT_ONCE {
            let place = memory.peek().map_or(u64::MAX, |(_, entry)| entry.place);
            let slot = disk.next_if(|slot| slot.version < place);
            let next = match slot {
                Some(slot) if Some(slot.version) == skipped => continue,
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
                    Some((_, entry)) if Some(entry.version) == skipped => continue,
                    Some((_, entry))
                        if entry.is_busy() || self.needs_token(&entry.change, skipped) =>
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
            let waits = |name| self.queue.is_busy(name) || self.needs_token(&change, skipped);
            if cell.is_some() || !waits(&name) {
                let at = changes.len() as u32;
                changes.push(Sent { name, version, at, cell, change });
            }
        }
        (changes, lost)
    }
}

impl State {
    /// Whether a record is beside a token that is not there before it: which one the storage gets is decided then.
    fn needs_token(&self, change: &Change, skipped: Option<u64>) -> bool {
        let Change::Put(kept) = change else { return false };
        let is_late = |name: &Bytes| {
            let token = self.queue.get(name).map(|token| Some(token.version));
            token.is_some_and(|version| version == skipped || self.queue.is_busy(name))
        };
        self.queue.tokens() > 0 && kept.tokens.iter().any(is_late)
    }
}

/// So often a change fails alone before the next one is tried.
pub(crate) const PATIENCE: u32 = 3;
/// So many that cannot be read are told of at a time.
const AT_ONCE: usize = 256;
