//! The core of the adaptive policy: a small queue and a clock whose oldest entries fight for a place.
//!
//! New entries wait in a FIFO queue. When it is over its share, its oldest entry leaves or takes the
//! place of the clock's oldest unused one, whichever was used more often lately. How often a key was
//! used outlives its eviction ([`History`]); all counts halve together, by epochs.

use alloc::collections::TryReserveError;

use crate::history::History;
use crate::nodes::{List, Nodes};

/// How far the hits of an entry are counted between two looks at it.
pub(crate) const HITS_MAX: u8 = 2;

/// So many hits in the queue lead into the clock without a duel.
const PROMOTED: u8 = 2;
const FREQUENCY_MAX: u8 = 15;
/// Who was used no more often than this does not win against a resident.
const FLOOR: u8 = 1;
/// Uses per entry until all counts are halved.
const AGEING: u32 = 20;
/// A look for the clock's victim ends after so many steps.
const ROTATIONS: u32 = 64;
/// How many entries one insertion moves at most when the queue's share was lowered.
const MOVES: u32 = 4;

/// In `State::mark`, above the frequency: the entry is in the clock.
const MAIN: u8 = 0x80;

#[derive(Debug)]
pub(super) struct Duel {
    queue: List,
    clock: List,
    share: u32,
    history: History,
    epoch: u16,
    uses: u32,
    period: u32,
    /// Frequency and age of the key for which the latest eviction made room.
    awaited: Option<(u8, u8)>,
}

impl Duel {
    pub(super) fn new(capacity: u32, share: u32) -> Self {
        Duel {
            queue: List::new(),
            clock: List::new(),
            share,
            history: History::new(capacity),
            epoch: 0,
            uses: 0,
            period: AGEING.saturating_mul(capacity).max(16),
            awaited: None,
        }
    }

    /// How many entries the queue may hold.
    pub(super) fn set_share(&mut self, share: u32) {
        self.share = share;
    }

    /// Another capacity, and nothing known of what was evicted.
    pub(super) fn fit(&mut self, capacity: u32, share: u32) {
        self.history = History::new(capacity);
        self.period = AGEING.saturating_mul(capacity).max(16);
        self.share = share;
    }

    #[inline]
    pub(super) fn reserve(&mut self) -> Result<(), TryReserveError> {
        self.history.reserve()
    }

    #[inline]
    pub(super) fn insert(&mut self, nodes: &mut Nodes, slot: u32) {
        let known = match self.awaited.take() {
            Some(known) => known,
            None => self.recall(nodes[slot].hash),
        };
        let state = &mut nodes.states[slot];
        (state.mark, state.age) = known;
        self.queue.push_head(nodes, slot);
        for _ in 0..MOVES {
            let Some(oldest) = self.queue.tail().filter(|_| self.queue.len() > self.share) else {
                break;
            };
            self.queue.remove(nodes, oldest);
            self.count_hits(nodes, oldest);
            self.enter_clock(nodes, oldest);
        }
    }

    /// Chooses the entry to leave. `incoming` is the hash that will be inserted next: what is known of
    /// it is recalled before the victim is remembered in its place.
    pub(super) fn evict(&mut self, nodes: &mut Nodes, incoming: Option<u32>) -> Option<u32> {
        if let Some(hash) = incoming {
            self.awaited = Some(self.recall(hash));
        }
        // One more than there is: the incoming entry will stand in the queue.
        let from_queue = self.queue.len() >= self.share || self.clock.len() == 0;
        let victim = match self.queue.tail().filter(|_| from_queue) {
            Some(oldest) => self.duel(nodes, oldest),
            None => {
                let resident = self.clock_victim(nodes)?;
                self.clock.remove(nodes, resident);
                resident
            }
        };
        self.history.insert(nodes[victim].hash, self.frequency(nodes, victim), self.epoch);
        Some(victim)
    }

    pub(super) fn memory(&self) -> usize {
        self.history.memory()
    }

    #[inline]
    pub(super) fn likely_victim(&self) -> Option<u32> {
        if self.queue.len() >= self.share { self.queue.tail() } else { self.clock.tail() }
    }

    #[inline]
    pub(super) fn warm_up(&self, hash: u32) {
        self.history.warm_up(hash);
    }

    pub(super) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        let list =
            if nodes.states[slot].mark & MAIN != 0 { &mut self.clock } else { &mut self.queue };
        list.remove(nodes, slot);
    }

    /// The oldest of the queue against the clock's victim; who loses. A tie is the resident's, which
    /// is what keeps loops longer than the cache.
    fn duel(&mut self, nodes: &mut Nodes, challenger: u32) -> u32 {
        self.queue.remove(nodes, challenger);
        let hits = self.count_hits(nodes, challenger);
        let Some(resident) = self.clock_victim(nodes) else { return challenger };
        let wins = hits >= PROMOTED
            || self.frequency(nodes, challenger) > self.frequency(nodes, resident).max(FLOOR);
        if !wins {
            return challenger;
        }
        self.clock.remove(nodes, resident);
        self.enter_clock(nodes, challenger);
        resident
    }

    /// The oldest entry without a hit; those with hits go round, one hit less each time.
    fn clock_victim(&mut self, nodes: &mut Nodes) -> Option<u32> {
        for _ in 0..ROTATIONS {
            let oldest = self.clock.tail()?;
            let hits = nodes.states[oldest].hits();
            if hits == 0 {
                break;
            }
            self.count_use(nodes, oldest);
            nodes.states[oldest].set_hits(hits - 1);
            self.clock.move_to_head(nodes, oldest);
        }
        self.clock.tail()
    }

    fn enter_clock(&mut self, nodes: &mut Nodes, slot: u32) {
        nodes.states[slot].mark |= MAIN;
        self.clock.push_head(nodes, slot);
    }

    /// Frequency and age of a key that comes (again), this use included.
    fn recall(&mut self, hash: u32) -> (u8, u8) {
        let age = self.epoch as u8;
        let known = self.history.take(hash, self.epoch);
        if known == FREQUENCY_MAX {
            return (known, age);
        }
        self.use_counted();
        (known + 1, age)
    }

    /// Turns the hits since the last look into frequency; how many there were.
    fn count_hits(&mut self, nodes: &mut Nodes, slot: u32) -> u8 {
        let hits = nodes.states[slot].hits();
        for _ in 0..hits {
            self.count_use(nodes, slot);
        }
        nodes.states[slot].set_hits(0);
        hits
    }

    fn count_use(&mut self, nodes: &mut Nodes, slot: u32) {
        let frequency = self.frequency(nodes, slot);
        let more = u8::from(frequency < FREQUENCY_MAX);
        let state = &mut nodes.states[slot];
        state.mark = state.mark & MAIN | (frequency + more);
        state.age = self.epoch as u8;
        if more > 0 {
            self.use_counted();
        }
    }

    fn use_counted(&mut self) {
        self.uses += 1;
        if self.uses >= self.period {
            self.uses /= 2;
            self.epoch = self.epoch.wrapping_add(1);
        }
    }

    /// How often an entry was used lately, without its hits since the last look.
    fn frequency(&self, nodes: &Nodes, slot: u32) -> u8 {
        let state = &nodes.states[slot];
        (state.mark & FREQUENCY_MAX) >> (self.epoch as u8).wrapping_sub(state.age).min(7)
    }
}
