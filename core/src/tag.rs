//! Tags by epoch: invalidating a tag is one store, however many entries carry it.
//!
//! Every invalidation raises one counter and writes it to the tag. An entry keeps the counter of
//! its own beginning (its stamp); while the counter has not moved, a hit compares two numbers, and
//! after that it looks at its own tags once and takes a new stamp.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::nodes::NIL;

/// Stamp and first link of one slot. The layout is read by JavaScript.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Stamp {
    stamp: AtomicU32,
    links: u32,
}

/// One tag of one entry.
#[derive(Debug, Clone, Copy)]
struct Link {
    tag: u32,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct Tag {
    /// The counter when the tag was last invalidated; free tags chain through it.
    epoch: u32,
    entries: u32,
}

#[derive(Debug)]
pub(crate) struct Tags {
    epoch: u32,
    tags: Vec<Tag>,
    free_tags: Vec<u32>,
    stamps: Vec<Stamp>,
    links: Vec<Link>,
    free_link: u32,
}

impl Tags {
    pub(crate) const fn new() -> Self {
        Tags {
            epoch: 1,
            tags: Vec::new(),
            free_tags: Vec::new(),
            stamps: Vec::new(),
            links: Vec::new(),
            free_link: NIL,
        }
    }

    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// A new tag that no entry carries yet.
    pub(crate) fn create(&mut self) -> Result<u32, TryReserveError> {
        let tag = Tag { epoch: 0, entries: 0 };
        if let Some(id) = self.free_tags.pop() {
            self.tags[id as usize] = tag;
            return Ok(id);
        }
        self.tags.try_reserve(1)?;
        // Room to free every tag without asking for memory at a time when that must not fail.
        self.free_tags.try_reserve(self.tags.len() + 1)?;
        self.tags.push(tag);
        Ok(self.tags.len() as u32 - 1)
    }

    /// Gives `slot` a tag. `stamp` is the epoch at which its value began to be made.
    pub(crate) fn attach(
        &mut self,
        slot: u32,
        tag: u32,
        stamp: u32,
        has_tags: bool,
    ) -> Result<(), TryReserveError> {
        let more = (slot as usize + 1).saturating_sub(self.stamps.len());
        self.stamps.try_reserve(more)?;
        if self.free_link == NIL {
            self.links.try_reserve(1)?;
        }
        self.stamps.extend((0..more).map(|_| Stamp { stamp: AtomicU32::new(0), links: NIL }));
        let entry = &mut self.stamps[slot as usize];
        // A stamp of the future is one from before the counter was reset: it proves nothing.
        let stamp = if stamp > self.epoch { 0 } else { stamp };
        if has_tags {
            *entry.stamp.get_mut() = stamp.min(*entry.stamp.get_mut());
        } else {
            *entry = Stamp { stamp: AtomicU32::new(stamp), links: NIL };
        }
        let link = Link { tag, next: entry.links };
        if self.free_link == NIL {
            entry.links = self.links.len() as u32;
            self.links.push(link);
        } else {
            entry.links = self.free_link;
            let place = &mut self.links[entry.links as usize];
            self.free_link = place.next;
            *place = link;
        }
        self.tags[tag as usize].entries += 1;
        Ok(())
    }

    /// Makes every entry that carries `tag` now unreachable.
    pub(crate) fn invalidate(&mut self, tag: u32) {
        if self.epoch == u32::MAX {
            self.reset();
        }
        self.epoch += 1;
        self.tags[tag as usize].epoch = self.epoch;
    }

    /// Whether no tag of `slot` was invalidated since its stamp. Only for slots that have tags.
    #[inline]
    pub(crate) fn is_valid(&self, slot: u32) -> bool {
        let entry = &self.stamps[slot as usize];
        let stamp = entry.stamp.load(Relaxed);
        if stamp == self.epoch {
            return true;
        }
        let mut link = entry.links;
        while link != NIL {
            let Link { tag, next } = self.links[link as usize];
            if self.tags[tag as usize].epoch > stamp {
                return false;
            }
            link = next;
        }
        entry.stamp.store(self.epoch, Relaxed);
        true
    }

    /// Takes all tags from `slot`; tags that no entry carries any more go to `freed`.
    pub(crate) fn release(&mut self, slot: u32, mut freed: impl FnMut(u32)) {
        let mut link = core::mem::replace(&mut self.stamps[slot as usize].links, NIL);
        while link != NIL {
            let Link { tag, next } = self.links[link as usize];
            self.links[link as usize].next = self.free_link;
            self.free_link = link;
            link = next;
            let entries = &mut self.tags[tag as usize].entries;
            *entries -= 1;
            if *entries == 0 {
                self.free_tags.push(tag);
                freed(tag);
            }
        }
    }

    pub(crate) fn as_ptr(&self) -> *const Stamp {
        self.stamps.as_ptr()
    }

    /// After 2^32 invalidations the counter starts anew, and everything tagged counts as invalid.
    fn reset(&mut self) {
        self.epoch = 1;
        self.tags.iter_mut().for_each(|tag| tag.epoch = 1);
        self.stamps.iter_mut().for_each(|entry| *entry.stamp.get_mut() = 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_entries_of_the_invalidated_tag_become_invalid() {
        let mut tags = Tags::new();
        let (red, blue) = (tags.create().unwrap(), tags.create().unwrap());
        tags.attach(0, red, tags.epoch(), false).unwrap();
        tags.attach(1, blue, tags.epoch(), false).unwrap();
        tags.attach(2, red, tags.epoch(), false).unwrap();
        tags.attach(2, blue, tags.epoch(), true).unwrap();
        tags.invalidate(red);
        assert_eq!([0, 1, 2].map(|slot| tags.is_valid(slot)), [false, true, false]);
        tags.attach(3, red, tags.epoch(), false).unwrap();
        assert!(tags.is_valid(3), "a later entry of the tag is valid");
    }

    #[test]
    fn an_entry_whose_load_began_before_the_invalidation_is_invalid() {
        let mut tags = Tags::new();
        let (red, began) = (tags.create().unwrap(), tags.epoch());
        tags.invalidate(red);
        tags.attach(0, red, began, false).unwrap();
        assert!(!tags.is_valid(0));
    }

    #[test]
    fn nothing_is_left_behind_when_entries_go() {
        let mut tags = Tags::new();
        for round in 0..if cfg!(miri) { 50 } else { 1000 } {
            let (one, two) = (tags.create().unwrap(), tags.create().unwrap());
            tags.attach(round % 7, one, tags.epoch(), false).unwrap();
            tags.attach(round % 7, two, tags.epoch(), true).unwrap();
            let mut freed = Vec::new();
            tags.release(round % 7, |tag| freed.push(tag));
            freed.sort_unstable();
            assert_eq!(freed.len(), 2);
        }
        assert!(tags.tags.len() <= 2 && tags.links.len() <= 2 && tags.stamps.len() <= 7);
    }

    #[test]
    fn the_counter_may_overflow() {
        let mut tags = Tags::new();
        let (red, blue) = (tags.create().unwrap(), tags.create().unwrap());
        tags.epoch = u32::MAX;
        tags.attach(0, red, u32::MAX, false).unwrap();
        tags.attach(1, blue, u32::MAX, false).unwrap();
        tags.invalidate(red);
        assert!(!tags.is_valid(0) && !tags.is_valid(1), "a reset may only cause misses");
        tags.attach(2, blue, u32::MAX, false).unwrap();
        assert!(!tags.is_valid(2), "a load from before the reset may only miss");
        tags.attach(3, blue, tags.epoch(), false).unwrap();
        assert!(tags.is_valid(3));
    }
}
