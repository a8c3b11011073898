//! The policies that need no more than lists, as naively as their papers tell them.

use alloc::vec::Vec;

use super::Model;

/// The latest use last.
#[derive(Default)]
pub(super) struct Lru(Vec<u32>);

impl Model for Lru {
    fn insert(&mut self, key: u32) {
        self.0.push(key);
    }
    fn hit(&mut self, key: u32) {
        self.remove(key);
        self.0.push(key);
    }
    fn remove(&mut self, key: u32) {
        self.0.retain(|other| *other != key);
    }
    fn evict(&mut self) -> Option<u32> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }
}

/// The latest arrival last.
#[derive(Default)]
pub(super) struct Fifo(Vec<u32>);

impl Model for Fifo {
    fn insert(&mut self, key: u32) {
        self.0.push(key);
    }
    fn hit(&mut self, _: u32) {}
    fn remove(&mut self, key: u32) {
        self.0.retain(|other| *other != key);
    }
    fn evict(&mut self) -> Option<u32> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }
}

/// Keys with whether they were visited, the latest arrival last, and the place of the hand.
#[derive(Default)]
pub(super) struct Sieve {
    entries: Vec<(u32, bool)>,
    hand: usize,
}

impl Model for Sieve {
    fn insert(&mut self, key: u32) {
        // A hand beyond the end stands at the start, whatever comes.
        self.hand = if self.hand >= self.entries.len() { 0 } else { self.hand };
        self.entries.push((key, false));
    }
    fn hit(&mut self, key: u32) {
        self.entries.iter_mut().filter(|(other, _)| *other == key).for_each(|entry| entry.1 = true);
    }
    fn remove(&mut self, key: u32) {
        let at = self.entries.iter().position(|(other, _)| *other == key).unwrap();
        self.entries.remove(at);
        self.hand -= usize::from(at < self.hand);
    }
    fn evict(&mut self) -> Option<u32> {
        while !self.entries.is_empty() {
            if self.hand >= self.entries.len() {
                self.hand = 0;
            }
            if !core::mem::take(&mut self.entries[self.hand].1) {
                return Some(self.entries.remove(self.hand).0);
            }
            self.hand += 1;
        }
        None
    }
}

#[derive(Clone, Copy)]
struct Counted {
    key: u32,
    priority: u64,
    count: u64,
    used: u64,
}

/// Priorities without an end, and the time of each use.
#[derive(Default)]
pub(super) struct Lfu {
    entries: Vec<Counted>,
    age: u64,
    time: u64,
}

impl Lfu {
    fn enter(&mut self, key: u32, count: u64) {
        self.time += 1;
        let count = count.min(255);
        self.entries.push(Counted { key, priority: self.age + count, count, used: self.time });
    }
    fn take(&mut self, key: u32) -> Counted {
        let at = self.entries.iter().position(|entry| entry.key == key).unwrap();
        self.entries.remove(at)
    }
}

impl Model for Lfu {
    fn insert(&mut self, key: u32) {
        self.enter(key, 1);
    }
    fn hit(&mut self, key: u32) {
        let count = self.take(key).count;
        self.enter(key, count + 1);
    }
    fn remove(&mut self, key: u32) {
        self.take(key);
    }
    fn evict(&mut self) -> Option<u32> {
        let least = *self.entries.iter().min_by_key(|entry| (entry.priority, entry.used))?;
        self.age = least.priority;
        Some(self.take(least.key).key)
    }
}
