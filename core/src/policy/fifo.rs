//! First in, first out: one list, and no use counts.

use crate::nodes::{List, Nodes};

#[derive(Debug)]
pub(crate) struct Fifo {
    entries: List,
}

impl Fifo {
    pub(crate) const fn new() -> Self {
        Fifo { entries: List::new() }
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        self.entries.push_head(nodes, slot);
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
