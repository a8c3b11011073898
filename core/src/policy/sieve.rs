//! SIEVE: one list in the order of arrival, and a hand that lets go the first entry not used lately.
//!
//! Zhang, Yang, Yue, Vigfusson, Rashmi: "SIEVE is simpler than LRU: an efficient turn-key eviction
//! algorithm for web caches", NSDI 2024.

use crate::nodes::{List, NIL, Nodes};

pub(crate) const HITS_MAX: u8 = 1;

#[derive(Debug)]
pub(crate) struct Sieve {
    entries: List,
    /// The entry that is looked at next; [`NIL`] for the oldest.
    hand: u32,
}

impl Sieve {
    pub(crate) const fn new() -> Self {
        Sieve { entries: List::new(), hand: NIL }
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        self.entries.push_head(nodes, slot);
    }

    pub(crate) fn evict(&mut self, nodes: &mut Nodes) -> Option<u32> {
        loop {
            let slot = self.likely_victim()?;
            if nodes.states[slot].hits() == 0 {
                self.remove(nodes, slot);
                return Some(slot);
            }
            nodes.states[slot].set_hits(0);
            self.hand = nodes[slot].prev;
        }
    }

    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        if self.hand == NIL { self.entries.tail() } else { Some(self.hand) }
    }

    /// The hand steps on from an entry that leaves: its slot will hold another one.
    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        if self.likely_victim() == Some(slot) {
            self.hand = nodes[slot].prev;
        }
        self.entries.remove(nodes, slot);
    }
}
