//! What waits for the storage, in the order in which it came: one change for each name.

mod at;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use bytes::Bytes;

use super::cells::{Cells, Entry, Name};
use super::change::{Change, NEVER};
use super::hashed::is_hashed;
use super::line::Line;

/// Changes by name. It knows neither time nor storage.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    cells: Cells,
    /// By the number at which they came.
    order: Line,
    /// Sets by the same number: what leaves first when there is no room.
    puts: Line,
    /// By the numbers of the changes: what a log has to keep.
    versions: Line,
    /// Sets by deadline, with the numbers of the changes; some may have left.
    deaths: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// Names that a call to the storage concerns just now and that wait for nothing.
    busy: HashMap<Name, Calls>,
    /// Calls to the storage that concern any name just now.
    calls: usize,
    weight: usize,
    sets: usize,
    /// Sets whose names are hashes.
    hashed: usize,
    tokens: usize,
    passing: usize,
}

/// Calls to the storage that concern one name.
#[derive(Debug, Default)]
struct Calls {
    count: u32,
    /// The number that was given when another process told of the name.
    told: u64,
}

impl Queue {
    /// The last write of a name wins. It has the place of the one before it, unless that is on its way, or a
    /// token that the new one is beside would come after it.
    pub(crate) fn insert(&mut self, name: &[u8], change: Change, version: u64) {
        self.insert_after(name, change, version, None);
    }

    /// The same of a name whose older change waited elsewhere, at this place.
    pub(crate) fn insert_after(
        &mut self,
        name: &[u8],
        change: Change,
        version: u64,
        older: Option<u64>,
    ) {
        let hash = self.cells.hash(name);
        let before = self.cells.find(hash, name).and_then(|cell| self.leave(cell));
        let (name, before, busy) = match before {
            Some(entry) => (entry.name, Some(entry.place), entry.busy),
            None => (name.into(), older, self.take_busy(name)),
        };
        let keeps = before.filter(|place| busy == 0 && !self.has_token_after(&change, *place));
        let place = keeps.unwrap_or(version);
        let (is_passing, is_behind) = (false, busy > 0);
        self.enter(hash, Entry { name, change, place, version, is_passing, busy, is_behind });
    }

    fn take_busy(&mut self, name: &[u8]) -> u32 {
        if self.busy.is_empty() { 0 } else { self.busy.remove(name).map_or(0, |calls| calls.count) }
    }

    fn has_token_after(&self, change: &Change, place: u64) -> bool {
        let Change::Put(kept) = change else { return false };
        let waits = |name: &Bytes| self.get(name).is_some_and(|entry| entry.place > place);
        self.tokens > 0 && kept.tokens.iter().any(waits)
    }

    /// A change that a caller makes itself. Reads see it.
    pub(crate) fn pass(&mut self, name: &[u8], change: Change, version: u64) {
        self.insert(name, change, version);
        if let Some(entry) = self.find(name).and_then(|cell| self.cells.get_mut(cell)) {
            entry.is_passing = true;
            self.passing += 1;
        }
    }

    fn enter(&mut self, hash: u64, entry: Entry) {
        let Entry { place, version, .. } = entry;
        self.weight += entry.change.weight(&entry.name);
        self.tokens += usize::from(matches!(entry.change, Change::Token(_)));
        let deadline = match &entry.change {
            Change::Put(kept) => Some(kept.deadline),
            _ => None,
        };
        let is_hashed = usize::from(deadline.is_some() && is_hashed(&entry.name));
        let cell = self.cells.insert(hash, entry);
        self.order.insert(place, cell);
        self.versions.insert(version, cell);
        if let Some(deadline) = deadline {
            self.sets += 1;
            self.hashed += is_hashed;
            self.puts.insert(place, cell);
            if deadline != NEVER {
                self.deaths.push(Reverse((deadline, version, cell)));
            }
        }
    }

    /// An entry leaves, however busy its name is.
    fn leave(&mut self, cell: u32) -> Option<Entry> {
        let entry = self.cells.remove(cell)?;
        self.weight -= entry.change.weight(&entry.name);
        self.tokens -= usize::from(matches!(entry.change, Change::Token(_)));
        self.sets -= usize::from(entry.change.is_put());
        self.hashed -= usize::from(entry.change.is_put() && is_hashed(&entry.name));
        self.passing -= usize::from(entry.is_passing);
        let cells = &self.cells;
        self.order.trim(|place, cell| is_at(cells, place, cell));
        self.puts.trim(|place, cell| is_put_at(cells, place, cell));
        self.versions.trim(|version, cell| is_of(cells, version, cell));
        let most = 2 * cells.len() + SPARE;
        let lines = [self.order.len(), self.puts.len(), self.versions.len()];
        if cells.len() == 0 {
            self.empty();
        } else if lines.into_iter().any(|length| length > most) || cells.is_sparse() {
            self.tidy();
        } else if self.deaths.len() > most {
            self.deaths.retain(|Reverse((_, version, cell))| is_of(cells, *version, *cell));
        }
        Some(entry)
    }

    /// What many took is given back when there is none.
    fn empty(&mut self) {
        [&mut self.order, &mut self.puts, &mut self.versions].into_iter().for_each(Line::empty);
        self.deaths.clear();
        self.deaths.shrink_to(SPARE);
    }

    /// Leaves out what has left.
    fn tidy(&mut self) {
        if self.cells.is_sparse() {
            self.cells.move_together();
        }
        let puts = || self.cells.iter().filter(|(_, entry)| entry.change.is_put());
        self.order.renew(self.cells.iter().map(|(cell, entry)| (entry.place, cell)));
        self.versions.renew(self.cells.iter().map(|(cell, entry)| (entry.version, cell)));
        self.puts.renew(puts().map(|(cell, entry)| (entry.place, cell)));
        let deaths = puts().filter_map(|(cell, entry)| {
            let Change::Put(kept) = &entry.change else { return None };
            (kept.deadline != NEVER).then_some(Reverse((kept.deadline, entry.version, cell)))
        });
        self.deaths = deaths.collect();
    }

    pub(crate) fn remove(&mut self, name: &[u8]) -> Option<Entry> {
        self.remove_cell(self.find(name)?)
    }

    fn remove_cell(&mut self, cell: u32) -> Option<Entry> {
        let entry = self.leave(cell)?;
        if entry.busy > 0 {
            self.busy.insert(entry.name.clone(), Calls { count: entry.busy, told: 0 });
        }
        Some(entry)
    }

    /// Removes this very change.
    pub(crate) fn remove_version(&mut self, name: &[u8], version: u64) -> Option<Entry> {
        let cell = self.find(name).filter(|cell| is_of(&self.cells, version, *cell))?;
        self.remove_cell(cell)
    }

    /// Puts a record into the place of this very one, which is as long.
    pub(crate) fn exchange(&mut self, name: &[u8], version: u64, record: Bytes) {
        let Some(cell) = self.find(name) else { return };
        let entry = self.cells.get_mut(cell).filter(|entry| entry.version == version);
        if let Some(Entry { change: Change::Put(kept), .. }) = entry {
            kept.record = record;
        }
    }

    fn find(&self, name: &[u8]) -> Option<u32> {
        self.cells.find(self.cells.hash(name), name)
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<&Entry> {
        if self.cells.len() == 0 {
            return None;
        }
        self.cells.get(self.find(name)?)
    }

    /// In the order of their places.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = &Entry> {
        self.in_cells().map(|(_, entry)| entry)
    }

    /// The same, and where they are: whoever says so later, with the number of the change, need not look for it.
    pub(crate) fn in_cells(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let entry = |(place, cell)| {
            Some((cell, self.cells.get(cell).filter(|entry| entry.place == place)?))
        };
        self.order.iter().filter_map(entry)
    }

    /// The set that came first, unless it is on its way.
    pub(crate) fn oldest_put(&self) -> Option<Name> {
        let mut puts =
            self.puts.iter().filter(|(place, cell)| is_put_at(&self.cells, *place, *cell));
        let put = puts.find_map(|(_, cell)| self.cells.get(cell).filter(|entry| entry.busy == 0));
        put.map(|entry| entry.name.clone())
    }

    /// Sets that nobody needs any more, the first of them first, unless they are on their way; with their numbers.
    pub(crate) fn dead(&mut self, now: u64) -> Vec<(Name, u64)> {
        let (mut dead, mut seen) = (Vec::new(), Vec::new());
        while dead.len() < AT_ONCE
            && let Some(first) = self.deaths.peek_mut().filter(|first| first.0.0 <= now)
        {
            let death = std::collections::binary_heap::PeekMut::pop(first);
            let Reverse((_, version, cell)) = death;
            let is_it = |entry: &&Entry| entry.version == version && entry.change.is_put();
            if let Some(entry) = self.cells.get(cell).filter(is_it) {
                dead.extend((entry.busy == 0).then(|| (entry.name.clone(), version)));
                seen.push(death);
            }
        }
        self.deaths.extend(seen);
        dead
    }

    /// The place of the first that waits.
    pub(crate) fn first(&self) -> Option<u64> {
        self.order.first().map(|(place, _)| place)
    }

    /// The least number among the changes that wait.
    pub(crate) fn least_version(&self) -> Option<u64> {
        self.versions.first().map(|(version, _)| version)
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// How many wait for somebody to write them.
    pub(crate) fn waiting(&self) -> usize {
        self.cells.len() - self.passing
    }

    pub(crate) fn puts(&self) -> usize {
        self.sets
    }

    /// How many sets have names that are hashes.
    pub(crate) fn hashed(&self) -> usize {
        self.hashed
    }

    /// How many tokens wait.
    pub(crate) fn tokens(&self) -> usize {
        self.tokens
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }
}

fn is_at(cells: &Cells, place: u64, cell: u32) -> bool {
    cells.get(cell).is_some_and(|entry| entry.place == place)
}

fn is_put_at(cells: &Cells, place: u64, cell: u32) -> bool {
    cells.get(cell).is_some_and(|entry| entry.place == place && entry.change.is_put())
}

fn is_of(cells: &Cells, version: u64, cell: u32) -> bool {
    cells.get(cell).is_some_and(|entry| entry.version == version)
}

/// So many are looked for at a time.
const AT_ONCE: usize = 256;
/// So many that have left may stay in a line of few.
const SPARE: usize = 1_024;

#[cfg(test)]
mod tests;
