//! A naive W-TinyLFU: lists as vectors, over the real sketch and climber, which have tests of their own.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::hash;
use crate::policy::w_tinylfu::Climber;
use crate::sketch::Sketch;

/// The oldest entry of each list first.
pub(super) struct Model {
    window: Vec<u32>,
    probation: Vec<u32>,
    protected: Vec<u32>,
    capacity: usize,
    window_target: usize,
    sketch: Sketch,
    climber: Climber,
    /// What was counted before the first eviction.
    early: BTreeMap<u32, u8>,
    evicts: bool,
    random: u32,
}

impl Model {
    pub(super) fn new(capacity: u32) -> Self {
        let window = (capacity / 100).max(1);
        Model {
            window: Vec::new(),
            probation: Vec::new(),
            protected: Vec::new(),
            capacity: capacity as usize,
            window_target: window as usize,
            sketch: Sketch::new(capacity),
            climber: Climber::new(capacity, window),
            early: BTreeMap::new(),
            evicts: false,
            random: 0x9E37_79B9,
        }
    }

    fn protected_target(&self) -> usize {
        4 * self.capacity.saturating_sub(self.window_target) / 5
    }

    fn count(&mut self, key: u32, is_hit: bool) {
        if !self.evicts {
            let count = self.early.entry(key).or_default();
            *count = (*count + 1).min(15);
            return;
        }
        self.frequency(key);
        self.sketch.increment(hash(key));
        if let Some(window) = self.climber.record(is_hit) {
            self.window_target = window as usize;
        }
    }

    fn frequency(&mut self, key: u32) -> u8 {
        if let Some(count) = self.early.remove(&key) {
            self.sketch.add_old(hash(key), count);
        }
        self.sketch.frequency(hash(key))
    }

    fn draw(&mut self) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random
    }
}

impl super::Model for Model {
    fn reserve(&mut self) {
        self.sketch.reserve().unwrap();
        self.evicts = true;
    }

    fn insert(&mut self, key: u32) {
        self.count(key, false);
        self.window.push(key);
        for _ in 0..4 {
            if self.window.len() > self.window_target {
                self.probation.push(self.window.remove(0));
            }
        }
    }

    fn hit(&mut self, key: u32) {
        self.count(key, true);
        for list in [&mut self.window, &mut self.protected] {
            if list.contains(&key) {
                list.retain(|other| *other != key);
                list.push(key);
                return;
            }
        }
        self.probation.retain(|other| *other != key);
        self.protected.push(key);
        for _ in 0..4 {
            if self.protected.len() > self.protected_target() {
                self.probation.push(self.protected.remove(0));
            }
        }
    }

    fn remove(&mut self, key: u32) {
        self.early.remove(&key);
        for list in [&mut self.window, &mut self.probation, &mut self.protected] {
            list.retain(|other| *other != key);
        }
    }

    fn evict(&mut self) -> Option<u32> {
        let victim = self.probation.first().or(self.protected.first()).copied();
        let candidate = self.window.first().copied();
        let pushed_out = candidate.filter(|_| self.window.len() >= self.window_target);
        let leaves = match (pushed_out, victim) {
            (Some(candidate), Some(victim)) => {
                let (new, old) = (self.frequency(candidate), self.frequency(victim));
                if new > old || (new > 5 && self.draw() % 128 == 0) {
                    self.window.remove(0);
                    self.probation.push(candidate);
                    victim
                } else {
                    candidate
                }
            }
            (None, Some(victim)) => victim,
            (_, None) => candidate?,
        };
        super::Model::remove(self, leaves);
        Some(leaves)
    }
}
