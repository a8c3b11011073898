//! LFU with dynamic ageing: the least used leaves, and what was used much long ago grows old.
//!
//! Arlitt, Friedrich, Jin: "Performance evaluation of web proxy cache replacement policies", TOOLS
//! 1998, and Arlitt, Cherkasova, Dilley, Friedrich, Jin: "Evaluating content management techniques
//! for web proxy caches", 1999 (LFU-DA). A use gives an entry the priority "age + count", where the
//! age of the cache is the priority of its last victim.

use alloc::boxed::Box;

use crate::nodes::{List, NIL, Nodes};

/// Counts end at 255, so all priorities lie within 256 of the age: a byte tells them apart.
const PRIORITIES: usize = 256;
const WORD: usize = u64::BITS as usize;

/// `Node::mark` holds the priority of an entry, `Node::age` its count.
#[derive(Debug)]
pub(crate) struct Lfu {
    /// By priority, the lowest at the tail; equals by their last use, the latest nearest the head.
    entries: List,
    /// The entry of each priority that is nearest the head, or [`NIL`].
    latest: Box<[u32; PRIORITIES]>,
    /// A bit for each priority that has entries.
    occupied: [u64; PRIORITIES / WORD],
    age: u8,
}

impl Lfu {
    pub(crate) fn new() -> Self {
        Lfu {
            entries: List::new(),
            latest: Box::new([NIL; PRIORITIES]),
            occupied: [0; PRIORITIES / WORD],
            age: 0,
        }
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        self.enter(nodes, slot, 1);
    }

    pub(crate) fn hit(&mut self, nodes: &mut Nodes, slot: u32) {
        self.remove(nodes, slot);
        let count = nodes.states[slot].age.saturating_add(1);
        self.enter(nodes, slot, count);
    }

    pub(crate) fn evict(&mut self, nodes: &mut Nodes) -> Option<u32> {
        let slot = self.entries.tail()?;
        self.age = nodes.states[slot].mark;
        self.remove(nodes, slot);
        Some(slot)
    }

    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        self.entries.tail()
    }

    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        let (priority, next) = (nodes.states[slot].mark, nodes[slot].next);
        if self.latest[usize::from(priority)] == slot {
            let alone = next == NIL || nodes.states[next].mark != priority;
            self.set_latest(priority, if alone { NIL } else { next });
        }
        self.entries.remove(nodes, slot);
    }

    fn enter(&mut self, nodes: &mut Nodes, slot: u32, count: u8) {
        let priority = self.age.wrapping_add(count);
        nodes.states[slot].age = count;
        nodes.states[slot].mark = priority;
        let follower = self.latest_up_to(priority);
        self.entries.insert_before(nodes, slot, follower);
        self.set_latest(priority, slot);
    }

    fn set_latest(&mut self, priority: u8, slot: u32) {
        let at = usize::from(priority);
        self.latest[at] = slot;
        let bit = 1 << (at % WORD);
        if slot == NIL {
            self.occupied[at / WORD] &= !bit;
        } else {
            self.occupied[at / WORD] |= bit;
        }
    }

    /// The entry nearest the head among those whose priority is not above this one, or [`NIL`].
    fn latest_up_to(&self, priority: u8) -> u32 {
        let mut word = usize::from(priority) / WORD;
        let mut bits =
            self.occupied[word] & (u64::MAX >> (WORD - 1 - usize::from(priority) % WORD));
        // Once around the circle: the first word again, for its upper bits.
        for _ in 0..=self.occupied.len() {
            if bits != 0 {
                let found = (word * WORD) as u8 + bits.ilog2() as u8;
                // Priorities begin at the age; beyond it, downwards, are the highest ones.
                let is_below = priority.wrapping_sub(found) <= priority.wrapping_sub(self.age);
                return if is_below { self.latest[usize::from(found)] } else { NIL };
            }
            word = (word + self.occupied.len() - 1) % self.occupied.len();
            bits = self.occupied[word];
        }
        NIL
    }
}
