//! S3-FIFO: new entries wait in a small queue; only those used again enter the main queue.
//!
//! Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are all you need for cache eviction", SOSP 2023.

use alloc::collections::TryReserveError;

use crate::ghost::Ghost;
use crate::nodes::{List, Nodes};

pub(crate) const HITS_MAX: u8 = 3;

/// In `Node::mark`: the queue that holds the entry.
const SMALL: u8 = 0;
const MAIN: u8 = 1;

#[derive(Debug)]
pub(crate) struct S3Fifo {
    small: List,
    main: List,
    /// The share of the small queue: a tenth of the capacity.
    small_target: u32,
    ghost: Ghost,
}

impl S3Fifo {
    pub(crate) fn new(capacity: u32) -> Self {
        let small_target = (capacity / 10).max(1);
        S3Fifo {
            small: List::new(),
            main: List::new(),
            small_target,
            ghost: Ghost::new(capacity.saturating_sub(small_target)),
        }
    }

    /// The cache turned out to hold so many entries: what was evicted before is forgotten.
    pub(crate) fn fit(&mut self, capacity: u32) {
        self.small_target = (capacity / 10).max(1);
        self.ghost = Ghost::new(capacity.saturating_sub(self.small_target));
    }

    #[inline]
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        self.ghost.reserve()
    }

    #[inline]
    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        if self.ghost.take(nodes[slot].hash) {
            self.enter_main(nodes, slot);
        } else {
            nodes.states[slot].mark = SMALL;
            self.small.push_head(nodes, slot);
        }
    }

    #[inline]
    pub(crate) fn evict(&mut self, nodes: &mut Nodes) -> Option<u32> {
        loop {
            let from_small = self.small.len() >= self.small_target || self.main.len() == 0;
            if let Some(slot) = self.small.tail().filter(|_| from_small) {
                self.small.remove(nodes, slot);
                if nodes.states[slot].hits() <= 1 {
                    self.ghost.insert(nodes[slot].hash);
                    return Some(slot);
                }
                self.enter_main(nodes, slot);
            } else {
                let slot = self.main.tail()?;
                let hits = nodes.states[slot].hits();
                if hits == 0 {
                    self.main.remove(nodes, slot);
                    return Some(slot);
                }
                nodes.states[slot].set_hits(hits - 1);
                self.main.move_to_head(nodes, slot);
            }
        }
    }

    pub(crate) fn memory(&self) -> usize {
        self.ghost.memory()
    }

    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        if self.small.len() >= self.small_target { self.small.tail() } else { self.main.tail() }
    }

    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        self.ghost.warm_up(hash);
    }

    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        let queue = if nodes.states[slot].mark == MAIN { &mut self.main } else { &mut self.small };
        queue.remove(nodes, slot);
    }

    fn enter_main(&mut self, nodes: &mut Nodes, slot: u32) {
        nodes.states[slot].mark = MAIN;
        nodes.states[slot].set_hits(0);
        self.main.push_head(nodes, slot);
    }
}
