//! Least recently used: one list, the latest at its head.

use crate::nodes::{List, Nodes};

#[derive(Debug)]
pub(crate) struct Lru {
    entries: List,
}

impl Lru {
    pub(crate) const fn new() -> Self {
        Lru { entries: List::new() }
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        self.entries.push_head(nodes, slot);
    }

    pub(crate) fn hit(&mut self, nodes: &mut Nodes, slot: u32) {
        self.entries.move_to_head(nodes, slot);
    }

    pub(crate) fn evict(&mut self, nodes: &mut Nodes) -> Option<u32> {
        let slot = self.entries.tail()?;
        self.entries.remove(nodes, slot);
        Some(slot)
    }

    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        self.entries.tail()
    }

    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        self.entries.remove(nodes, slot);
    }
}
