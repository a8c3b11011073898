//! Finds the slot of a hash: an open-addressing table of 32-bit cells, read by JavaScript as it is.
//!
//! A cell is 0 when empty; otherwise, from the top: 5 bits distance from its home cell plus one
//! (31 = "at least 30, ask the hash"), then hash bits, then the slot. Cells keep the order of Robin
//! Hood hashing (Celis, 1986), so an absent key is known after a few cells, and removal shifts the
//! followers back instead of leaving tombstones: constant churn never slows it down.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::hint::black_box;

const STEP: u32 = 1 << 27;
const SATURATED: u32 = 31;
const SMALLEST: u32 = 8;
/// More cells would leave no hash bit beside the slot.
const LARGEST: usize = 1 << 26;

/// How many entries one index can hold.
pub(crate) const MAX_ENTRIES: usize = LARGEST / 4 * 3;

#[derive(Debug)]
pub(crate) struct Index {
    cells: Vec<u32>,
    /// `hash >> shift` is the home cell.
    shift: u32,
    len: u32,
}

impl Index {
    pub(crate) const fn new() -> Self {
        Index { cells: Vec::new(), shift: 32 - SMALLEST.trailing_zeros(), len: 0 }
    }

    /// The slot under `hash` that `is_it` accepts.
    #[inline]
    pub(crate) fn find(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        if self.cells.is_empty() {
            return None;
        }
        let (mask, slot_bits) = (self.cells.len() - 1, 32 - self.shift);
        let mut at = (hash >> self.shift) as usize;
        let mut want = self.first_cell(hash);
        loop {
            let cell = self.cells[at & mask];
            if (cell ^ want) >> slot_bits == 0 {
                let slot = cell & (mask as u32);
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

    /// Makes sure that one more entry fits; `hash_of` gives the hash of a slot.
    #[inline]
    pub(crate) fn reserve_one(
        &mut self,
        hash_of: impl Fn(u32) -> u32,
    ) -> Result<(), TryReserveError> {
        self.reserve(self.len + 1, hash_of)
    }

    /// Makes sure that so many entries fit in all; `hash_of` gives the hash of a slot.
    #[inline]
    pub(crate) fn reserve(
        &mut self,
        entries: u32,
        hash_of: impl Fn(u32) -> u32,
    ) -> Result<(), TryReserveError> {
        let room = match self.cells.len() {
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
        cells.try_reserve_exact(size)?;
        cells.resize(size, 0);
        let old = core::mem::replace(&mut self.cells, cells);
        let old_mask = (old.len() as u32).wrapping_sub(1);
        self.shift = 32 - size.trailing_zeros();
        self.len = 0;
        for cell in old {
            if cell != 0 {
                let slot = cell & old_mask;
                self.insert(slot, &hash_of);
            }
        }
        Ok(())
    }

    /// Adds a slot whose key is absent; room was reserved before.
    pub(crate) fn insert(&mut self, slot: u32, hash_of: impl Fn(u32) -> u32) {
        let mask = self.cells.len() - 1;
        let hash = hash_of(slot);
        let mut at = (hash >> self.shift) as usize;
        let mut carried = self.first_cell(hash) | slot;
        loop {
            let cell = self.cells[at & mask];
            if cell == 0 {
                self.cells[at & mask] = carried;
                break;
            }
            let nearer = match distance(cell).cmp(&distance(carried)) {
                Ordering::Less => true,
                Ordering::Equal if distance(cell) == SATURATED => {
                    self.distance_at(at, cell, &hash_of) < self.distance_at(at, carried, &hash_of)
                }
                Ordering::Equal | Ordering::Greater => false,
            };
            if nearer {
                self.cells[at & mask] = carried;
                carried = cell;
            }
            at += 1;
            carried = farther(carried);
        }
        self.len += 1;
    }

    /// Takes a slot out; `hash_of` gives the hash of a slot.
    pub(crate) fn remove(&mut self, hash: u32, slot: u32, hash_of: impl Fn(u32) -> u32) {
        let Some(mut hole) = self.cell_of(hash, slot) else { return };
        let mask = self.cells.len() - 1;
        loop {
            let next = (hole + 1) & mask;
            let cell = self.cells[next];
            if distance(cell) <= 1 {
                break;
            }
            self.cells[hole] = if distance(cell) < SATURATED {
                cell - STEP
            } else {
                let real = self.distance_at(hole, cell, &hash_of);
                (cell & (STEP - 1)) | real.min(SATURATED) << 27
            };
            hole = next;
        }
        self.cells[hole] = 0;
        self.len -= 1;
    }

    /// Reads the home cell of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        black_box(self.cells.get((hash >> self.shift) as usize).copied());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn clear(&mut self) {
        self.cells.fill(0);
        self.len = 0;
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.cells.capacity() * size_of::<u32>()
    }

    pub(crate) fn shift(&self) -> u32 {
        self.shift
    }

    pub(crate) fn cells(&self) -> &[u32] {
        &self.cells
    }

    fn cell_of(&self, hash: u32, slot: u32) -> Option<usize> {
        if self.cells.is_empty() {
            return None;
        }
        let mask = self.cells.len() - 1;
        let mut at = (hash >> self.shift) as usize;
        let mut want = self.first_cell(hash) | slot;
        loop {
            let cell = self.cells[at & mask];
            if cell == want {
                return Some(at & mask);
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
    fn distance_at(&self, at: usize, cell: u32, hash_of: impl Fn(u32) -> u32) -> u32 {
        let mask = self.cells.len() - 1;
        let home = (hash_of(cell & mask as u32) >> self.shift) as usize;
        (at.wrapping_sub(home) & mask) as u32 + 1
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
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;

    /// SplitMix64 (Steele, Lea, Flood 2014): enough randomness for a model test, seeded.
    struct Random(u64);
    impl Random {
        fn next(&mut self) -> u32 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            ((z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 32) as u32
        }
    }

    fn agrees_with_a_map(seed: u64, hash: impl Fn(u32) -> u32) {
        let mut random = Random(seed);
        let (mut index, mut model) = (Index::new(), BTreeMap::new());
        let mut hashes: Vec<u32> = Vec::new();
        let mut free = Vec::new();
        for step in 0..if cfg!(miri) { 60 } else { 20_000 } {
            let key = random.next() % 700;
            let found = index.find(hash(key), |slot| model.get(&key) == Some(&slot));
            assert_eq!(found, model.get(&key).copied(), "seed {seed} step {step} key {key}");
            match found {
                Some(slot) => {
                    index.remove(hash(key), slot, |slot| hashes[slot as usize]);
                    model.remove(&key);
                    free.push(slot);
                }
                None => {
                    index.reserve_one(|slot| hashes[slot as usize]).unwrap();
                    let slot = free.pop().unwrap_or_else(|| {
                        hashes.push(0);
                        hashes.len() as u32 - 1
                    });
                    hashes[slot as usize] = hash(key);
                    index.insert(slot, |slot| hashes[slot as usize]);
                    model.insert(key, slot);
                }
            }
        }
        assert!(!model.is_empty());
    }

    #[test]
    fn agrees_with_a_map_on_random_operations() {
        for seed in 1..=3 {
            agrees_with_a_map(seed, |key| key.wrapping_mul(0x9E37_79B1));
        }
    }

    #[test]
    fn stays_right_when_every_hash_is_equal_or_runs_are_long() {
        agrees_with_a_map(4, |_| 0x1234_5678);
        agrees_with_a_map(5, |key| (key % 3) << 29);
        agrees_with_a_map(6, |key| key);
    }
}
