//! One set that waits on the disk alone.

use cachefn_core::Lease;

use super::change::NEVER;
use crate::log::Spot;

/// A set on the disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// The number of the change, and its place in the order.
    pub(crate) version: u64,
    /// As in [`Kept`](super::change::Kept).
    pub(crate) deadline: u64,
    hash: u32,
    file: u32,
    offset: u32,
    /// With [`HASHED`] and [`GIVEN`]; 0 is a hole.
    length: u32,
}

/// What is to be known of a set on the disk.
#[derive(Debug)]
pub(crate) struct New<'n> {
    pub(crate) name: &'n [u8],
    pub(crate) version: u64,
    pub(crate) deadline: u64,
    pub(crate) spot: Spot,
    pub(crate) lease: Option<Lease>,
    /// The name is the hash of a longer one.
    pub(crate) is_hashed: bool,
    /// As in [`Kept`](super::change::Kept).
    pub(crate) is_given: bool,
}

impl Slot {
    pub(crate) fn new(new: &New<'_>, hash: u32) -> Self {
        let Spot { file, offset, length } = new.spot;
        let flag = |is_set, flag| if is_set { flag } else { 0 };
        let length = length | flag(new.is_hashed, HASHED) | flag(new.is_given, GIVEN);
        Slot { version: new.version, deadline: new.deadline, hash, file, offset, length }
    }

    pub(crate) fn hash(&self) -> u32 {
        self.hash
    }

    pub(crate) fn move_to(&mut self, spot: Spot) {
        (self.file, self.offset) = (spot.file, spot.offset);
    }

    /// Makes a hole of it.
    pub(crate) fn leave(&mut self) {
        self.length = 0;
    }

    pub(crate) fn spot(&self) -> Spot {
        Spot { file: self.file, offset: self.offset, length: self.length & !(HASHED | GIVEN) }
    }

    pub(crate) fn is_dead(&self, now: u64) -> bool {
        self.deadline != NEVER && self.deadline <= now
    }

    /// As in [`Kept`](super::change::Kept).
    pub(crate) fn is_given(&self) -> bool {
        self.length & GIVEN > 0
    }

    /// Whether its name is the hash of a longer one.
    pub(crate) fn is_hashed(&self) -> bool {
        self.length & HASHED > 0
    }

    pub(crate) fn is_hole(&self) -> bool {
        self.length == 0
    }
}

/// Lines of sets on the disk are shorter than these.
const HASHED: u32 = 1 << 31;
const GIVEN: u32 = 1 << 30;
/// So many bytes a line may not have to wait on the disk alone.
pub(crate) const TOO_LONG: u64 = GIVEN as u64;
