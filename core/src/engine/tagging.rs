//! Tags as numbers: the driver keeps their names.

use alloc::boxed::Box;
use alloc::collections::TryReserveError;

use super::Engine;
use crate::nodes::HAS_TAGS;
use crate::tag::Standing;
use crate::wheel::Wheel;

impl Engine {
    /// A number for a tag that no entry carries yet. It must be attached soon, or freed.
    ///
    /// # Errors
    /// When memory is refused.
    pub fn create_tag(&mut self) -> Result<u32, TryReserveError> {
        self.tags.create()
    }

    /// Gives an entry a tag. `stamp` is the [`tag_epoch`](Engine::tag_epoch) at which its load began.
    ///
    /// # Errors
    /// When memory is refused; then nothing has changed.
    pub fn attach_tag(&mut self, slot: u32, tag: u32, stamp: u32) -> Result<(), TryReserveError> {
        let has_tags = self.nodes.states[slot].flags & HAS_TAGS != 0;
        self.tags.attach(slot, tag, stamp, has_tags)?;
        self.nodes.states[slot].flags |= HAS_TAGS;
        if self.tags.standing(slot) != Standing::Valid {
            self.tags_unswept = true;
            self.unscanned = self.unscanned.max(slot + 1);
        }
        Ok(())
    }

    /// Makes every entry that carries the tag unreachable, in constant time.
    pub fn invalidate_tag(&mut self, tag: u32) {
        self.tags.invalidate(tag);
        (self.tags_unswept, self.unscanned) = (true, self.slots());
    }

    /// Makes every entry that carries the tag stale, in constant time.
    pub fn expire_tag(&mut self, tag: u32, now: u64) {
        self.tags.expire(tag, now);
        (self.tags_unswept, self.unscanned) = (true, self.slots());
        // From now on the time matters, though perhaps no entry has a deadline.
        self.wheel.get_or_insert_with(|| Box::new(Wheel::new()));
    }

    /// The counter of invalidations.
    pub fn tag_epoch(&self) -> u32 {
        self.tags.epoch()
    }

    /// Whether no tag of the entry was invalidated.
    pub fn tags_are_valid(&self, slot: u32) -> bool {
        self.nodes.states[slot].flags & HAS_TAGS == 0 || self.tags.standing(slot) == Standing::Valid
    }

    /// Where the tags of entries are listed that have more than one, for those who look from outside.
    pub fn tag_links(&self) -> *const u32 {
        self.tags.links().cast()
    }

    #[inline]
    pub(super) fn release_tags(&mut self, slot: u32) {
        if self.nodes.states[slot].flags & HAS_TAGS != 0 {
            self.nodes.states[slot].flags &= !HAS_TAGS;
            let removed = &mut self.removed;
            self.tags.release(slot, |tag| removed.push_tag(tag));
        }
    }
}
