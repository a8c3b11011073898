//! Entries by their names, each in a cell that stays the same while it is there.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;

use super::change::Change;

/// A name that the queue, a batch and whoever tells of it share.
pub(crate) type Name = Arc<[u8]>;

/// A change and its turn.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: Name,
    pub(crate) change: Change,
    /// The number of the first write of the name that waits: whoever writes again keeps the place.
    pub(crate) place: u64,
    /// The number of this change.
    pub(crate) version: u64,
    /// A caller makes it itself, and it waits only if that fails.
    pub(super) is_passing: bool,
    /// So many calls to the storage concern its name just now.
    pub(super) busy: u32,
    /// They began before it came, and may bring something older.
    pub(super) is_behind: bool,
}

impl Entry {
    pub(crate) fn is_busy(&self) -> bool {
        self.busy > 0
    }

    /// A call that concerned its name is over.
    pub(super) fn end_call(&mut self) {
        self.busy = self.busy.saturating_sub(1);
        self.is_behind &= self.busy > 0;
    }
}

/// Where entries are. Its callers hash a name once.
#[derive(Debug, Default)]
pub(super) struct Cells {
    cells: Vec<Option<(u64, Entry)>>,
    free: Vec<u32>,
    /// Cells, by the hashes of the names in them.
    found: HashTable<u32>,
    hasher: RandomState,
}

impl Cells {
    pub(super) fn hash(&self, name: &[u8]) -> u64 {
        self.hasher.hash_one(name)
    }

    pub(super) fn find(&self, hash: u64, name: &[u8]) -> Option<u32> {
        let is_it = |cell: &u32| self.get(*cell).is_some_and(|entry| *entry.name == *name);
        self.found.find(hash, is_it).copied()
    }

    pub(super) fn get(&self, cell: u32) -> Option<&Entry> {
        self.cells.get(cell as usize)?.as_ref().map(|(_, entry)| entry)
    }

    pub(super) fn get_mut(&mut self, cell: u32) -> Option<&mut Entry> {
        self.cells.get_mut(cell as usize)?.as_mut().map(|(_, entry)| entry)
    }

    /// The cell of an entry whose name has none.
    pub(super) fn insert(&mut self, hash: u64, entry: Entry) -> u32 {
        let cell = self.free.pop().unwrap_or_else(|| {
            self.cells.push(None);
            (self.cells.len() - 1) as u32
        });
        let cells = &mut self.cells;
        cells[cell as usize] = Some((hash, entry));
        let hash_of = |cell: &u32| cells[*cell as usize].as_ref().map_or(0, |(hash, _)| *hash);
        self.found.insert_unique(hash, cell, hash_of);
        cell
    }

    pub(super) fn remove(&mut self, cell: u32) -> Option<Entry> {
        let (hash, entry) = self.cells.get_mut(cell as usize)?.take()?;
        if let Ok(found) = self.found.find_entry(hash, |own| *own == cell) {
            found.remove();
        }
        self.free.push(cell);
        if self.found.is_empty() {
            self.empty();
        }
        Some(entry)
    }

    /// What many took is given back when there is none.
    fn empty(&mut self) {
        if self.cells.capacity() > KEPT {
            (self.cells, self.free, self.found) = Default::default();
        } else {
            self.cells.clear();
            self.free.clear();
        }
    }

    /// Whether most cells are empty, and many.
    pub(super) fn is_sparse(&self) -> bool {
        self.cells.len() > 4 * self.len() + KEPT
    }

    /// Puts all into other cells, without room between them.
    pub(super) fn move_together(&mut self) {
        self.cells.retain(Option::is_some);
        self.cells.shrink_to_fit();
        self.free = Vec::new();
        self.found = HashTable::with_capacity(self.cells.len());
        let hash_of = |cell: &u32| self.cells[*cell as usize].as_ref().map_or(0, |(hash, _)| *hash);
        for cell in 0..self.cells.len() as u32 {
            self.found.insert_unique(hash_of(&cell), cell, hash_of);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let cells = self.cells.iter().enumerate();
        cells.filter_map(|(cell, entry)| Some((cell as u32, &entry.as_ref()?.1)))
    }

    pub(super) fn len(&self) -> usize {
        self.found.len()
    }
}

/// Room for so many is kept while there are none.
const KEPT: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64) -> Entry {
        let name = number.to_le_bytes()[..].into();
        let (change, is_passing, busy, is_behind) = (Change::Gone, false, 0, false);
        Entry { name, change, place: number, version: number, is_passing, busy, is_behind }
    }

    #[test]
    fn h_36_entries_are_found_by_their_names_wherever_they_are_moved() {
        let mut cells = Cells::default();
        for number in 0..10 * KEPT as u64 {
            let entry = entry(number);
            cells.insert(cells.hash(&entry.name), entry);
        }
        let find = |cells: &Cells, number: u64| {
            let name = number.to_le_bytes();
            cells.find(cells.hash(&name), &name)
        };
        for number in (0..10 * KEPT as u64).filter(|number| number % 100 != 0) {
            let cell = find(&cells, number).unwrap();
            assert_eq!(cells.remove(cell).unwrap().version, number);
        }
        assert!(cells.is_sparse());
        cells.move_together();
        assert!(!cells.is_sparse() && cells.iter().count() == cells.len());
        for number in 0..10 * KEPT as u64 {
            let found = find(&cells, number).and_then(|cell| cells.get(cell));
            let version = found.map(|entry| entry.version);
            assert_eq!(version, number.is_multiple_of(100).then_some(number));
        }
    }
}
