//! W-TinyLFU: what leaves a window of recent keys stays only if it is asked for more often than what
//! it would replace.
//!
//! Einziger, Friedman, Manes: "TinyLFU: a highly efficient cache admission policy", ACM TOS 2017; the
//! window's size follows Einziger, Eytan, Friedman, Manes: "Adaptive software cache management",
//! Middleware 2018.

mod climber;

use alloc::collections::TryReserveError;

use crate::nodes::{List, Nodes};
use crate::sketch::{MOST, Sketch};
pub(super) use climber::Climber;

/// In `Node::mark`: the list that holds the entry.
const WINDOW: u8 = 0;
const PROBATION: u8 = 1;
const PROTECTED: u8 = 2;

/// The window is a hundredth of the capacity at first.
const FIRST_WINDOW: u32 = 100;
/// One in so many entries of the main part stands unprotected.
const UNPROTECTED: u32 = 5;
/// From this frequency on a key that loses may enter all the same, by chance: else keys whose hashes
/// collide with a popular one could keep it out for ever.
const LUCKY: u8 = 6;
/// One in so many.
const LUCK: u32 = 128;
/// How many entries one call moves to their new list when the window has changed.
const MOVES: u32 = 4;

/// Three lists, each by last use. The main part is a segmented LRU: entries used again there are
/// protected.
#[derive(Debug)]
pub(crate) struct WTinyLfu {
    window: List,
    probation: List,
    protected: List,
    capacity: u32,
    window_target: u32,
    protected_target: u32,
    sketch: Sketch,
    /// Whether requests are counted in the sketch: since the first eviction for which it was made.
    counting: bool,
    climber: Climber,
    random: u32,
}

impl WTinyLfu {
    pub(crate) fn new(capacity: u32) -> Self {
        let window = (capacity / FIRST_WINDOW).max(1);
        let mut policy = WTinyLfu {
            window: List::new(),
            probation: List::new(),
            protected: List::new(),
            capacity,
            window_target: 0,
            protected_target: 0,
            sketch: Sketch::new(capacity),
            counting: false,
            climber: Climber::new(capacity, window),
            random: 0x9E37_79B9,
        };
        policy.resize(window);
        policy
    }

    /// The cache turned out to hold so many entries: begins to count and climb anew.
    pub(crate) fn fit(&mut self, capacity: u32) {
        let window = (capacity / FIRST_WINDOW).max(1);
        self.capacity = capacity;
        (self.sketch, self.climber) = (Sketch::new(capacity), Climber::new(capacity, window));
        self.resize(window);
    }

    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        self.sketch.reserve()
    }

    pub(crate) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        self.count(nodes, slot, false);
        nodes.states[slot].mark = WINDOW;
        self.window.push_head(nodes, slot);
        for _ in 0..MOVES {
            let too_many = self.window.len() > self.window_target;
            let Some(oldest) = self.window.tail().filter(|_| too_many) else { break };
            self.window.remove(nodes, oldest);
            self.enter_probation(nodes, oldest);
        }
    }

    pub(crate) fn hit(&mut self, nodes: &mut Nodes, slot: u32) {
        self.count(nodes, slot, true);
        match nodes.states[slot].mark {
            WINDOW => self.window.move_to_head(nodes, slot),
            PROBATION => {
                self.probation.remove(nodes, slot);
                nodes.states[slot].mark = PROTECTED;
                self.protected.push_head(nodes, slot);
                for _ in 0..MOVES {
                    let too_many = self.protected.len() > self.protected_target;
                    let Some(oldest) = self.protected.tail().filter(|_| too_many) else { break };
                    self.protected.remove(nodes, oldest);
                    self.enter_probation(nodes, oldest);
                }
            }
            _ => self.protected.move_to_head(nodes, slot),
        }
    }

    pub(crate) fn evict(&mut self, nodes: &mut Nodes) -> Option<u32> {
        self.counting = self.sketch.is_there();
        let victim = self.probation.tail().or(self.protected.tail());
        let slot = match (self.candidate(), victim) {
            (Some(candidate), Some(victim)) => {
                if self.admits(nodes, candidate, victim) {
                    self.window.remove(nodes, candidate);
                    self.enter_probation(nodes, candidate);
                    victim
                } else {
                    candidate
                }
            }
            (None, victim) => victim.or(self.window.tail())?,
            (candidate, None) => candidate?,
        };
        self.remove(nodes, slot);
        Some(slot)
    }

    pub(crate) fn memory(&self) -> usize {
        self.sketch.memory()
    }

    #[inline]
    pub(crate) fn likely_victim(&self) -> Option<u32> {
        self.candidate().or(self.probation.tail())
    }

    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        self.sketch.warm_up(hash);
    }

    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        let list = match nodes.states[slot].mark {
            WINDOW => &mut self.window,
            PROBATION => &mut self.probation,
            _ => &mut self.protected,
        };
        list.remove(nodes, slot);
    }

    /// The entry that the next one pushes out of the window.
    fn candidate(&self) -> Option<u32> {
        self.window.tail().filter(|_| self.window.len() >= self.window_target)
    }

    fn admits(&mut self, nodes: &mut Nodes, candidate: u32, victim: u32) -> bool {
        let frequency = self.frequency(nodes, candidate);
        if frequency > self.frequency(nodes, victim) {
            return true;
        }
        frequency >= LUCKY && self.draw() % LUCK == 0
    }

    /// A xorshift generator (Marsaglia, 2003): the same calls, the same victims.
    fn draw(&mut self) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random
    }

    fn enter_probation(&mut self, nodes: &mut Nodes, slot: u32) {
        nodes.states[slot].mark = PROBATION;
        self.probation.push_head(nodes, slot);
    }

    /// Before the first eviction there is no table, so that a cache that never fills pays nothing.
    /// Requests are counted in the entries then.
    fn count(&mut self, nodes: &mut Nodes, slot: u32, is_hit: bool) {
        if !self.counting {
            nodes.states[slot].age = (nodes.states[slot].age + 1).min(MOST);
            return;
        }
        self.pour(nodes, slot);
        self.sketch.increment(nodes[slot].hash);
        if let Some(window) = self.climber.record(is_hit) {
            self.resize(window);
        }
    }

    fn frequency(&mut self, nodes: &mut Nodes, slot: u32) -> u8 {
        if !self.counting {
            return nodes.states[slot].age;
        }
        self.pour(nodes, slot);
        self.sketch.frequency(nodes[slot].hash)
    }

    /// Moves what an entry has counted into the table.
    fn pour(&mut self, nodes: &mut Nodes, slot: u32) {
        let counted = core::mem::take(&mut nodes.states[slot].age);
        if counted > 0 {
            self.sketch.add_old(nodes[slot].hash, counted);
        }
    }

    fn resize(&mut self, window: u32) {
        self.window_target = window;
        let main = self.capacity.saturating_sub(window);
        self.protected_target = main - main.div_ceil(UNPROTECTED);
    }
}
