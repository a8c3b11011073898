//! Finds the slot of a hash: an open-addressing table of 32-bit cells, read by JavaScript as it is.
//!
//! A cell is 0 when empty; otherwise, from the top: 5 bits distance from its home cell plus one
//! (31 = "at least 30, ask the hash"), then hash bits, then the slot. Cells keep the order of Robin
//! Hood hashing (Celis, 1986), so an absent key is known after a few cells, and removal shifts the
//! followers back instead of leaving tombstones: constant churn never slows it down. A search looks at
//! [`AT_ONCE`] cells together, because where in a run a key stands cannot be predicted; for that the
//! first cells stand once more behind the last.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::hint::black_box;

use crate::raw::matching;

/// Cells that a search compares without a branch; hardly a key stands farther from its home.
const AT_ONCE: usize = 4;
const STEP: u32 = 1 << 27;
const SATURATED: u32 = 31;
const SMALLEST: u32 = 8;
/// More cells would leave no hash bit beside the slot.
const LARGEST: usize = 1 << 26;

/// How many entries one index can hold.
pub(crate) const MAX_ENTRIES: usize = LARGEST / 4 * 3;

#[derive(Debug)]
pub(crate) struct Index {
    /// A power of two of them, and the first [`AT_ONCE`] less one again; none while it is new.
    cells: Vec<u32>,
    /// The number of cells less one.
    mask: u32,
    /// `hash >> shift` is the home cell.
    shift: u32,
}

impl Index {
    pub(crate) const fn new() -> Self {
        Index { cells: Vec::new(), mask: 0, shift: 32 - SMALLEST.trailing_zeros() }
    }

    /// The slot under `hash` that `is_it` accepts.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let home = (hash >> self.shift) as usize;
        let near: &[u32; AT_ONCE] = self.cells.get(home..)?.first_chunk()?;
        let mut matching = matching(near, self.first_cell(hash), STEP, 32 - self.shift);
        while matching != 0 {
            let slot = self.cells[home + matching.trailing_zeros() as usize] & self.mask;
            if is_it(slot) {
                return Some(slot);
            }
            matching &= matching - 1;
        }
        let nearer = |(steps, cell): (usize, &u32)| distance(*cell) <= steps as u32;
        if near.iter().enumerate().any(nearer) { None } else { self.find_far(hash, is_it) }
    }

    /// The search beyond the cells that were compared at once.
    #[cold]
    fn find_far(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let slot_bits = 32 - self.shift;
        let mut at = (hash >> self.shift) + AT_ONCE as u32;
        let mut want = self.first_cell(hash) + AT_ONCE as u32 * STEP;
        loop {
            let cell = self.cell(at);
            if (cell ^ want) >> slot_bits == 0 {
                let slot = cell & self.mask;
                if is_it(slot) {
                    return Some(slot);
                }
            }
            if distance(cell) < distance(want) {
                return None;
            }
            at += 1;
            want = farther(want);
        }
    }

    /// Makes sure that so many entries fit in all; `hash_of` gives the hash of a slot.
    #[inline]
    pub(crate) fn reserve(
        &mut self,
        entries: u32,
        hash_of: impl Fn(u32) -> u32,
    ) -> Result<(), TryReserveError> {
        let room = match self.len() {
            LARGEST => MAX_ENTRIES,
            // Half full at most: above, the runs of cells that an insertion shifts get long.
            cells => cells / 2,
        };
        if entries as usize <= room { Ok(()) } else { self.grow(entries, hash_of) }
    }

    #[cold]
    fn grow(&mut self, entries: u32, hash_of: impl Fn(u32) -> u32) -> Result<(), TryReserveError> {
        let wanted = (entries as usize).saturating_mul(2).next_power_of_two();
        let size = wanted.clamp(SMALLEST as usize, LARGEST);
        let mut cells = Vec::new();
        cells.try_reserve_exact(size + AT_ONCE - 1)?;
        cells.resize(size + AT_ONCE - 1, 0);
        let (old_len, old_mask) = (self.len(), self.mask);
        let old = core::mem::replace(&mut self.cells, cells);
        self.mask = size as u32 - 1;
        self.shift = 32 - size.trailing_zeros();
        for cell in &old[..old_len] {
            if *cell != 0 {
                self.insert(cell & old_mask, &hash_of);
            }
        }
        Ok(())
    }

    /// Adds a slot whose key is absent; room was reserved before.
    pub(crate) fn insert(&mut self, slot: u32, hash_of: impl Fn(u32) -> u32) {
        let hash = hash_of(slot);
        let mut at = hash >> self.shift;
        let mut carried = self.first_cell(hash) | slot;
        loop {
            let cell = self.cell(at);
            if cell == 0 {
                self.put(at, carried);
                return;
            }
            let nearer = match distance(cell).cmp(&distance(carried)) {
                Ordering::Less => true,
                Ordering::Equal if distance(cell) == SATURATED => {
                    self.distance_at(at, cell, &hash_of) < self.distance_at(at, carried, &hash_of)
                }
                Ordering::Equal | Ordering::Greater => false,
            };
            if nearer {
                self.put(at, carried);
                carried = cell;
            }
            at += 1;
            carried = farther(carried);
        }
    }

    /// Takes a slot out; `hash_of` gives the hash of a slot.
    pub(crate) fn remove(&mut self, hash: u32, slot: u32, hash_of: impl Fn(u32) -> u32) {
        let Some(mut hole) = self.cell_of(hash, slot) else { return };
        loop {
            let cell = self.cell(hole + 1);
            if distance(cell) <= 1 {
                break;
            }
            let nearer = if distance(cell) < SATURATED {
                cell - STEP
            } else {
                let real = self.distance_at(hole, cell, &hash_of);
                (cell & (STEP - 1)) | real.min(SATURATED) << 27
            };
            self.put(hole, nearer);
            hole += 1;
        }
        self.put(hole, 0);
    }

    /// Reads the home cell of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        black_box(self.cells.get((hash >> self.shift) as usize).copied());
    }

    pub(crate) fn clear(&mut self) {
        self.cells.fill(0);
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.cells.capacity() * size_of::<u32>()
    }

    pub(crate) fn shift(&self) -> u32 {
        self.shift
    }

    /// How many cells there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.cells.len().saturating_sub(AT_ONCE - 1)
    }

    pub(crate) fn as_ptr(&self) -> *const u32 {
        self.cells.as_ptr()
    }

    /// The cell at a place that may be beyond the last: then it goes on at the first.
    #[inline]
    fn cell(&self, at: u32) -> u32 {
        self.cells[(at & self.mask) as usize]
    }

    #[inline]
    fn put(&mut self, at: u32, cell: u32) {
        let at = (at & self.mask) as usize;
        self.cells[at] = cell;
        if at < AT_ONCE - 1 {
            let again = self.len() + at;
            self.cells[again] = cell;
        }
    }

    /// Where the cell of a slot is.
    fn cell_of(&self, hash: u32, slot: u32) -> Option<u32> {
        if self.cells.is_empty() {
            return None;
        }
        let mut at = hash >> self.shift;
        let mut want = self.first_cell(hash) | slot;
        loop {
            let cell = self.cell(at);
            if cell == want {
                return Some(at);
            }
            if distance(cell) < distance(want) {
                return None;
            }
            at += 1;
            want = farther(want);
        }
    }

    /// The true distance plus one of a cell's entry, were it at cell `at`.
    #[cold]
    fn distance_at(&self, at: u32, cell: u32, hash_of: impl Fn(u32) -> u32) -> u32 {
        let home = hash_of(cell & self.mask) >> self.shift;
        (at.wrapping_sub(home) & self.mask) + 1
    }

    /// The cell of `hash` at its home, slot 0: the hash's low bits stand above the slot bits.
    #[inline]
    fn first_cell(&self, hash: u32) -> u32 {
        STEP | (hash << (32 - self.shift + 5)) >> 5
    }
}

#[inline]
fn distance(cell: u32) -> u32 {
    cell >> 27
}

#[inline]
fn farther(cell: u32) -> u32 {
    if distance(cell) < SATURATED { cell + STEP } else { cell }
}

#[cfg(test)]
mod tests;
