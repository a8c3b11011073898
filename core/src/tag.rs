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

/// Marks a link that is a tag itself, the last of its entry: a single tag needs no [`Link`].
const LAST: u32 = 1 << 31;

/// One tag of one entry, and where the next is. The layout is read by JavaScript.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    tag: u32,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct Tag {
    /// The counter when the tag was last invalidated; free tags chain through it.
    epoch: u32,
    entries: u32,
}

/// Room for so many tags is kept when none is left.
const KEPT: usize = 1024;

/// How many expiries of one tag are told apart.
const EXPIRIES: usize = 32;

/// What the invalidations of its tags mean for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Valid,
    /// It is not fresh since this time.
    ExpiredAt(u64),
    Invalid,
}

/// An invalidation of a tag that made its entries stale instead of unreachable.
#[derive(Debug, Clone, Copy)]
struct Expiry {
    epoch: u32,
    at: u64,
}

#[derive(Debug)]
pub(crate) struct Tags {
    epoch: u32,
    tags: Vec<Tag>,
    /// By tag, oldest first: an entry is stale since the first one after its stamp. As long as the
    /// highest tag that expired needs; nearly always empty.
    expired: Vec<Vec<Expiry>>,
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
            expired: Vec::new(),
            free_tags: Vec::new(),
            stamps: Vec::new(),
            links: Vec::new(),
            free_link: NIL,
        }
    }

    /// Whether no tag was ever made.
    #[inline]
    pub(crate) fn is_unused(&self) -> bool {
        self.tags.is_empty()
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
        if has_tags && self.free_link == NIL {
            self.links.try_reserve(1)?;
        }
        self.stamps.extend((0..more).map(|_| Stamp { stamp: AtomicU32::new(0), links: NIL }));
        let entry = &mut self.stamps[slot as usize];
        // A stamp of the future is one from before the counter was reset: it proves nothing.
        let stamp = if stamp > self.epoch { 0 } else { stamp };
        if has_tags {
            *entry.stamp.get_mut() = stamp.min(*entry.stamp.get_mut());
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
        } else {
            *entry = Stamp { stamp: AtomicU32::new(stamp), links: tag | LAST };
        }
        self.tags[tag as usize].entries += 1;
        Ok(())
    }

    /// Makes every entry that carries `tag` now unreachable.
    pub(crate) fn invalidate(&mut self, tag: u32) {
        let epoch = self.next_epoch();
        self.tags[tag as usize].epoch = epoch;
    }

    /// Makes every entry that carries `tag` now stale.
    pub(crate) fn expire(&mut self, tag: u32, now: u64) {
        let epoch = self.next_epoch();
        let tag = tag as usize;
        if self.expired.len() <= tag {
            self.expired.resize_with(tag + 1, Vec::new);
        }
        let expiries = &mut self.expired[tag];
        if let Some(last) = expiries.last_mut().filter(|last| last.at == now) {
            last.epoch = epoch;
            return;
        }
        if expiries.len() == EXPIRIES {
            // The oldest two become one: an entry between them counts as stale for longer than it is.
            expiries[1].at = expiries[0].at;
            expiries.remove(0);
        }
        expiries.push(Expiry { epoch, at: now });
    }

    /// Whether nothing was invalidated since the entry's stamp; then it is valid. Only for slots that
    /// have tags.
    #[inline]
    pub(crate) fn is_current(&self, slot: u32) -> bool {
        self.stamps[slot as usize].stamp.load(Relaxed) == self.epoch
    }

    /// What was done to the tags of `slot` since its stamp. Only for slots that have tags.
    pub(crate) fn standing(&self, slot: u32) -> Standing {
        if self.is_current(slot) {
            return Standing::Valid;
        }
        let entry = &self.stamps[slot as usize];
        let stamp = entry.stamp.load(Relaxed);
        let mut expired_at = None;
        let mut link = entry.links;
        while link != NIL {
            let Link { tag, next } = self.link(link);
            if self.tags[tag as usize].epoch > stamp {
                return Standing::Invalid;
            }
            let mut expiries = self.expired.get(tag as usize).into_iter().flatten();
            if let Some(expiry) = expiries.find(|expiry| expiry.epoch > stamp) {
                expired_at = Some(expired_at.unwrap_or(expiry.at).min(expiry.at));
            }
            link = next;
        }
        match expired_at {
            Some(at) => Standing::ExpiredAt(at),
            None => {
                entry.stamp.store(self.epoch, Relaxed);
                Standing::Valid
            }
        }
    }

    /// Takes all tags from `slot`; tags that no entry carries any more go to `freed`.
    pub(crate) fn release(&mut self, slot: u32, mut freed: impl FnMut(u32)) {
        let mut link = core::mem::replace(&mut self.stamps[slot as usize].links, NIL);
        while link != NIL {
            let Link { tag, next } = self.link(link);
            if link & LAST == 0 {
                self.links[link as usize].next = self.free_link;
                self.free_link = link;
            }
            link = next;
            let entries = &mut self.tags[tag as usize].entries;
            *entries -= 1;
            if *entries == 0 {
                if let Some(expiries) = self.expired.get_mut(tag as usize) {
                    *expiries = Vec::new();
                }
                self.free_tags.push(tag);
                freed(tag);
            }
        }
        if self.free_tags.len() == self.tags.len() && self.tags.len() > KEPT {
            // No entry has a tag any more: what many tags needed is given back.
            (self.tags, self.free_tags) = (Vec::new(), Vec::new());
            (self.links, self.free_link, self.expired) = (Vec::new(), NIL, Vec::new());
        }
    }

    /// How many bytes are allocated, about.
    pub(crate) fn memory(&self) -> usize {
        self.tags.capacity() * size_of::<Tag>()
            + self.free_tags.capacity() * size_of::<u32>()
            + self.stamps.capacity() * size_of::<Stamp>()
            + self.links.capacity() * size_of::<Link>()
            + self.expired.capacity() * size_of::<Vec<Expiry>>()
            + self.expired.iter().map(Vec::capacity).sum::<usize>() * size_of::<Expiry>()
    }

    pub(crate) fn as_ptr(&self) -> *const Stamp {
        self.stamps.as_ptr()
    }

    /// Where the links are that the stamps lead to.
    pub(crate) fn links(&self) -> *const Link {
        self.links.as_ptr()
    }

    fn link(&self, link: u32) -> Link {
        match link & LAST {
            0 => self.links[link as usize],
            _ => Link { tag: link & !LAST, next: NIL },
        }
    }

    fn next_epoch(&mut self) -> u32 {
        if self.epoch == u32::MAX {
            self.reset();
        }
        self.epoch += 1;
        self.epoch
    }

    /// After 2^32 invalidations the counter starts anew, and everything tagged counts as invalid.
    fn reset(&mut self) {
        self.epoch = 1;
        self.tags.iter_mut().for_each(|tag| tag.epoch = 1);
        self.stamps.iter_mut().for_each(|entry| *entry.stamp.get_mut() = 0);
    }
}

#[cfg(test)]
mod tests;
