//! The list of what left: slots with their cause, and tags that no entry carries any more.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use crate::cause::Cause;

const SLOT_BITS: u32 = 28;
const SLOT: u32 = (1 << SLOT_BITS) - 1;
/// Stands where an entry has its cause.
const TAG: u32 = 15;

/// One thing that left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The entry of this slot, for this cause.
    Entry(u32, Cause),
    /// The number of a tag; it will be used again.
    Tag(u32),
}

/// The list, packed as JavaScript reads it: the slot, and its cause in the top four bits.
#[derive(Debug)]
pub struct Removed {
    list: Vec<u32>,
}

impl Removed {
    pub(super) const fn new() -> Self {
        Removed { list: Vec::new() }
    }

    #[inline]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        self.list.try_reserve(more)
    }

    #[inline]
    pub(super) fn push_entry(&mut self, slot: u32, cause: Cause) {
        self.list.push(slot | cause.code() << SLOT_BITS);
    }

    pub(super) fn push_tag(&mut self, tag: u32) {
        self.list.push(tag | TAG << SLOT_BITS);
    }

    /// The packed list.
    pub fn packed(&self) -> &[u32] {
        &self.list
    }

    /// Empties the list.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// One thing that left; the caller keeps within the list.
    #[inline]
    pub fn get(&self, at: usize) -> Left {
        let packed = self.list[at];
        match Cause::from_code(packed >> SLOT_BITS) {
            Some(cause) => Left::Entry(packed & SLOT, cause),
            None => Left::Tag(packed & SLOT),
        }
    }
}
