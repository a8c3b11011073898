//! What the engine keeps and tells of an entry beside its node.

use crate::cause::Cause;
use crate::entry::{NEVER, Times};
use crate::moment::Moment;

/// Whether and how an entry may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It may be returned.
    Fresh,
    /// It may be returned to those who accept stale values.
    Stale(Staleness),
    /// It may not be returned, because of this.
    Dead(Cause),
}

/// How stale an entry is, and what it may be used for, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staleness {
    /// Since it is not fresh.
    pub since: u64,
    /// For so long it may be returned while another is fetched.
    pub revalidates_for: u64,
    /// For so long it may be returned when its fetcher fails.
    pub bridges_for: u64,
}

/// Of an entry that is stale for a while before it dies. The layout is read by JavaScript.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Stale {
    pub(super) fresh_until: u64,
    pub(super) revalidates_for: u64,
    pub(super) bridges_for: u64,
}

impl Stale {
    pub(super) fn stale_for(&self) -> u64 {
        self.revalidates_for.max(self.bridges_for)
    }

    pub(super) fn since(&self, ms: u64) -> Staleness {
        let Stale { revalidates_for, bridges_for, .. } = *self;
        Staleness { since: ms, revalidates_for, bridges_for }
    }
}

/// Of an entry that dies when it is not used for a while. The layout is read by JavaScript.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Idle {
    pub(super) until: Moment,
    pub(super) idle_for: u64,
    /// Its timer stands at the earlier of `until` and this.
    pub(super) deadline: u64,
}

pub(super) const LASTING: Stale = Stale { fresh_until: NEVER, revalidates_for: 0, bridges_for: 0 };

impl Idle {
    pub(super) const fn lasting() -> Self {
        Idle { until: Moment::new(NEVER), idle_for: NEVER, deadline: NEVER }
    }
}

/// The columns, as addresses.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The cells of the index, their number a power of two, or an empty slice.
    pub cells: (*const u32, usize),
    /// A hash shifted right by this is its home cell.
    pub shift: u32,
    /// The nodes, 12 bytes each; the last four are the hash.
    pub nodes: *const u8,
    /// The states, 4 bytes each: hits, two bytes of the policy, flags.
    pub states: *const u8,
    /// The 16-byte timers, or null.
    pub timers: *const u8,
    /// The 8-byte tag stamps; dangling while no entry has a tag.
    pub stamps: *const u8,
    /// The 24 bytes that say until when an entry is fresh before it is stale.
    pub stale: *const u8,
    /// The 24 bytes that say until when an entry may idle.
    pub idle: *const u8,
    /// The ring of hits, or null.
    pub ring: *const u8,
    /// How many hits the ring takes.
    pub ring_capacity: u32,
    /// How far a node's hit counter counts; 0 when hits go to the ring, as slots.
    pub hits_max: u8,
    /// With a ring and a counter: whether the hashes of recorded entries go to the ring at a hit, unless
    /// that is full.
    pub samples: bool,
}

/// What a new entry brings.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The hash of its key.
    pub hash: u32,
    /// The time.
    pub now: u64,
    /// Its life.
    pub times: Times,
    /// Its weight; nothing where weights do not count.
    pub weight: u64,
}

/// Where a new entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its slot.
    pub slot: u32,
    /// The entry that the slot held until now was evicted; it is not in the list of what left.
    pub evicted: bool,
}
