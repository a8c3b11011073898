//! What waits on the disk alone: of each set a few numbers, by which it is found in the log.
//!
//! A set takes [`SLOT`] bytes here, whatever its name and its record take there. The numbers of the sets only grow, so
//! that a queue has them in their order, and whatever leaves from its middle leaves a hole. Names are found by
//! a hash of four bytes; who asks reads the line to see whether it is the name that was meant.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

use cachefn_core::Lease;
use hashbrown::HashTable;

use super::slot::{New, Slot};
use crate::log::Spot;

/// Sets on the disk, in the order of their numbers. It reads nothing itself.
#[derive(Debug, Default)]
pub(crate) struct Spilled {
    slots: VecDeque<Slot>,
    /// The number of the first slot; those after it count on, and begin again at 0 after the last number.
    first: u32,
    /// The numbers of slots, by their hashes.
    found: HashTable<u32>,
    /// Under which some were made.
    leases: BTreeMap<u64, Lease>,
    live: usize,
    /// Those whose names are hashes.
    hashed: usize,
    /// What they take in the log.
    bytes: u64,
    hasher: Hasher,
    is_unsorted: bool,
}

#[derive(Debug)]
struct Hasher {
    state: RandomState,
    /// The bits that are used: all but in tests.
    mask: u32,
}

impl Spilled {
    /// A set that came after all others.
    pub(crate) fn push(&mut self, new: New<'_>) {
        let hash = self.hasher.hash(new.name);
        let slot = Slot::new(&new, hash);
        let New { version, spot, lease, .. } = new;
        self.is_unsorted |= self.slots.back().is_some_and(|last| last.version > version);
        let number = self.first.wrapping_add(self.slots.len() as u32);
        self.slots.push_back(slot);
        self.hashed += usize::from(slot.is_hashed());
        self.enter(number, hash);
        if let Some(lease) = lease {
            self.leases.insert(version, lease);
        }
        self.live += 1;
        self.bytes += u64::from(spot.length);
    }

    /// Sets of a process before may come in another order: brings them in theirs.
    pub(crate) fn sort(&mut self) {
        if std::mem::take(&mut self.is_unsorted) {
            self.slots.make_contiguous().sort_by_key(|slot| slot.version);
            self.tidy();
        }
    }

    /// What may be under this name: the hash says so.
    pub(crate) fn candidates(&self, name: &[u8]) -> Vec<Slot> {
        if self.live == 0 {
            return Vec::new();
        }
        let hash = self.hasher.hash(name);
        let (slots, first) = (&self.slots, self.first);
        let found = self.found.iter_hash(spread(hash)).map(|number| slots[at(first, *number)]);
        found.filter(|slot| slot.hash() == hash).collect()
    }

    /// Whether the hash of the slot is that of the name.
    pub(crate) fn is_of(&self, slot: &Slot, name: &[u8]) -> bool {
        slot.hash() == self.hasher.hash(name)
    }

    pub(crate) fn get(&self, version: u64) -> Option<Slot> {
        self.find(version).map(|at| self.slots[at])
    }

    pub(crate) fn lease(&self, version: u64) -> Option<Lease> {
        self.leases.get(&version).copied()
    }

    pub(crate) fn remove(&mut self, version: u64) -> Option<Slot> {
        let place = self.find(version)?;
        let slot = self.slots[place];
        let number = self.first.wrapping_add(place as u32);
        if let Ok(found) = self.found.find_entry(spread(slot.hash()), |own| *own == number) {
            found.remove();
        }
        self.leases.remove(&version);
        self.hashed -= usize::from(slot.is_hashed());
        self.slots[place].leave();
        self.live -= 1;
        self.bytes -= u64::from(slot.spot().length);
        while self.slots.front().is_some_and(Slot::is_hole) {
            self.slots.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        if self.live == 0 {
            (self.slots, self.found) = Default::default();
        } else if self.slots.len() > self.live + self.live / 4 + 8 {
            self.tidy();
        }
        Some(slot)
    }

    /// The line of this set is elsewhere now.
    pub(crate) fn moved(&mut self, version: u64, spot: Spot) {
        if let Some(at) = self.find(version) {
            self.slots[at].move_to(spot);
        }
    }

    /// Those from this number on, in their order.
    pub(crate) fn from(&self, version: u64) -> impl Iterator<Item = &Slot> {
        let begin = self.slots.partition_point(|slot| slot.version < version);
        self.slots.range(begin..).filter(|slot| !slot.is_hole())
    }

    /// The number of the first.
    pub(crate) fn first(&self) -> Option<u64> {
        self.slots.front().map(|slot| slot.version)
    }

    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// How many have names that are hashes.
    pub(crate) fn hashed(&self) -> usize {
        self.hashed
    }

    /// What they take in the log.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// About how many bytes of memory this takes.
    pub(crate) fn weight(&self) -> usize {
        self.slots.len() * SLOT + self.leases.len() * LEASE
    }

    fn find(&self, version: u64) -> Option<usize> {
        let at = match self.is_unsorted {
            false => self.slots.binary_search_by_key(&version, |slot| slot.version).ok(),
            true => self.slots.iter().position(|slot| slot.version == version),
        };
        at.filter(|at| !self.slots[*at].is_hole())
    }

    /// Leaves the holes out.
    fn tidy(&mut self) {
        self.slots.retain(|slot| !slot.is_hole());
        (self.first, self.found) = (0, HashTable::with_capacity(self.live));
        for place in 0..self.slots.len() {
            self.enter(place as u32, self.slots[place].hash());
        }
    }

    fn enter(&mut self, number: u32, hash: u32) {
        let (slots, first) = (&self.slots, self.first);
        let hash_of = |number: &u32| spread(slots[at(first, *number)].hash());
        self.found.insert_unique(spread(hash), number, hash_of);
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Hasher { state: RandomState::new(), mask: u32::MAX }
    }
}

impl Hasher {
    fn hash(&self, name: &[u8]) -> u32 {
        self.state.hash_one(name) as u32 & self.mask
    }
}

/// Where the slot of a number is, when the first has that one.
fn at(first: u32, number: u32) -> usize {
    number.wrapping_sub(first) as usize
}

/// A table looks at the highest bits, too.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Of a set: 32 in the queue, 5 in the table, which may be half empty, and what is left over of both.
pub(crate) const SLOT: usize = 44;
const LEASE: usize = 64;

#[cfg(test)]
mod tests {
    use cachefn_conformance::Random;

    use super::super::change::NEVER;
    use super::*;

    fn put(spilled: &mut Spilled, name: &[u8], version: u64) {
        let spot = Spot { file: 1, offset: version as u32, length: 10 };
        let (is_hashed, is_given) = (version.is_multiple_of(3), version.is_multiple_of(2));
        let (deadline, lease) = (NEVER, None);
        spilled.push(New { name, version, deadline, spot, lease, is_hashed, is_given });
    }

    #[test]
    fn s_21_sets_are_found_by_name_and_number_however_many_hashes_are_equal() {
        for (seed, mask) in (0..).zip([0, 1, 7, u32::MAX]) {
            let mut random = Random(seed);
            let mut spilled = Spilled { first: u32::MAX - 20, ..Spilled::default() };
            spilled.hasher.mask = mask;
            let mut model: BTreeMap<u64, u64> = BTreeMap::new();
            for version in 1..3_000u64 {
                let name = random.below(40);
                let gone = model.remove(&name);
                assert_eq!(gone.is_some(), gone.is_some_and(|old| spilled.remove(old).is_some()));
                if random.below(3) > 0 {
                    put(&mut spilled, &name.to_le_bytes(), version);
                    model.insert(name, version);
                }
                let versions: std::collections::BTreeSet<u64> = model.values().copied().collect();
                let order: Vec<u64> = spilled.from(0).map(|slot| slot.version).collect();
                assert_eq!(order, versions.iter().copied().collect::<Vec<_>>(), "seed {seed}");
                assert_eq!(spilled.first(), versions.first().copied(), "seed {seed}");
                for (name, version) in &model {
                    let found = spilled.candidates(&name.to_le_bytes());
                    let own = found.iter().find(|slot| slot.version == *version);
                    assert_eq!(own.unwrap().spot().offset, *version as u32, "seed {seed}");
                }
            }
            assert_eq!((spilled.len(), spilled.bytes()), (model.len(), model.len() as u64 * 10));
        }
    }

    #[test]
    fn h_36_an_empty_one_weighs_nothing_and_holes_do_not_pile_up() {
        let mut spilled = Spilled::default();
        put(&mut spilled, b"first", 1);
        for version in 2..10_000 {
            put(&mut spilled, b"again", version);
            assert!(spilled.weight() <= 12 * SLOT, "{}", spilled.weight());
            let slot = spilled.remove(version).unwrap();
            assert_eq!((slot.is_hashed(), slot.is_given()), (version % 3 == 0, version % 2 == 0));
        }
        assert!(spilled.remove(1).is_some() && spilled.remove(1).is_none());
        assert_eq!((spilled.weight(), spilled.len(), spilled.first()), (0, 0, None));
    }

    #[test]
    fn what_came_in_another_order_is_sorted() {
        let mut spilled = Spilled::default();
        for version in [5, 9, 2, 7] {
            put(&mut spilled, &[version as u8], version);
        }
        spilled.remove(9);
        spilled.sort();
        assert_eq!(spilled.from(3).map(|slot| slot.version).collect::<Vec<_>>(), [5, 7]);
        assert_eq!(spilled.candidates(&[2])[0].version, 2);
        spilled.moved(7, Spot { file: 3, offset: 4, length: 10 });
        assert_eq!(spilled.get(7).unwrap().spot(), Spot { file: 3, offset: 4, length: 10 });
    }
}
