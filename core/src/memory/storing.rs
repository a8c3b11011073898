//! How a shard takes a value in.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hint::black_box;

use super::outcome::Outcome;
use super::room::Room;
use super::shard::{Shard, memory_refused};
use crate::cause::Cause;
use crate::engine::{Arrival, HOUSEKEEPING, State};
use crate::entry::{Life, Times};
use crate::error::{Error, ErrorKind};
use crate::event::{Event, EventKind};
use crate::key::Lookup;

/// One value to store.
#[derive(Debug)]
pub(super) struct Write<K, V> {
    pub(super) hash: u32,
    pub(super) key: K,
    pub(super) value: V,
    pub(super) life: Life,
    pub(super) weight: u64,
    pub(super) tags: Vec<Box<str>>,
    pub(super) now: u64,
    pub(super) room: Room,
    /// A copy of the key when somebody listens.
    pub(super) notice: Option<K>,
}

impl<K, V> Shard<K, V> {
    #[inline]
    pub(super) fn set(
        &mut self,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error>
    where
        K: Lookup<K>,
    {
        let Write { hash, now, weight, .. } = write;
        self.housekeep(now, outcome);
        if weight > write.room.max_weight {
            return Err(self.refuse(write, outcome));
        }
        let Life::Times(times) = write.life else {
            if let Some(slot) = self.find(hash, &write.key) {
                self.remove(slot, now, Cause::Deleted, outcome);
            }
            return Ok(());
        };
        let (slot, tags) = match self.find(hash, &write.key) {
            Some(slot) => self.overwrite(slot, times, write, outcome)?,
            None => self.insert(times, write, outcome)?,
        };
        self.stats.sets += 1;
        if tags.is_empty() {
            return Ok(());
        }
        self.attach_tags(slot, &tags).inspect_err(|_| {
            // An entry without its tags could never be invalidated.
            self.remove(slot, now, Cause::Deleted, outcome);
        })
    }

    /// A new value in the place of a living one, whose tags and times stay; whether it fitted.
    pub(super) fn change(
        &mut self,
        slot: u32,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error> {
        if write.weight > write.room.max_weight {
            return Err(self.refuse_slot(Some(slot), write, outcome));
        }
        self.engine.change(slot, write.weight);
        self.stats.sets += 1;
        self.put(slot, write.value, write.notice, outcome);
        self.shrink(slot, write.now, write.room, outcome);
        Ok(())
    }

    #[inline]
    fn housekeep(&mut self, now: u64, outcome: &mut Outcome<K, V>) {
        if self.engine.due() <= now {
            self.engine.advance(now, HOUSEKEEPING);
            self.settle(outcome);
        }
    }

    /// Under a key that is there already, dead or alive.
    fn overwrite(
        &mut self,
        slot: u32,
        times: Times,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(u32, Vec<Box<str>>), Error>
    where
        K: Lookup<K>,
    {
        if matches!(self.engine.state(slot, write.now), State::Dead(_)) {
            self.remove(slot, write.now, Cause::Deleted, outcome);
            return self.insert(times, write, outcome);
        }
        self.engine.renew(slot, write.now, times, write.weight).map_err(|_| memory_refused())?;
        self.settle(outcome);
        self.put(slot, write.value, write.notice, outcome);
        self.shrink(slot, write.now, write.room, outcome);
        Ok((slot, write.tags))
    }

    /// Another value where one stands.
    fn put(&mut self, slot: u32, value: V, notice: Option<K>, outcome: &mut Outcome<K, V>) {
        if let Some((_, own)) = self.entries.get_mut(slot) {
            outcome.replaced(core::mem::replace(own, value));
        }
        if let Some(key) = notice {
            outcome.tell(|| Event::because(EventKind::Set, key, Cause::Replaced));
        }
    }

    /// Lets others go when a value has become too heavy for all to stay.
    fn shrink(&mut self, kept: u32, now: u64, room: Room, outcome: &mut Outcome<K, V>) {
        while self.len() > 1 && room.is_overweight(self.engine.weight()) {
            self.engine.evict_but(kept, now);
            self.settle(outcome);
        }
    }

    #[inline]
    fn insert(
        &mut self,
        times: Times,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(u32, Vec<Box<str>>), Error> {
        let Write { hash, now, weight, room, .. } = write;
        self.entries.try_reserve(self.engine.slots() as usize + 1).map_err(|_| memory_refused())?;
        let is_full = |len, own| room.is_full(len, own, weight);
        if is_full(self.len(), self.engine.weight()) {
            let victim = self.engine.warm_up(hash);
            black_box(victim.and_then(|slot| self.value(slot)).is_some());
        }
        let arrival = Arrival { hash, now, times, weight };
        let slot = self.engine.insert(arrival, is_full).map_err(|_| memory_refused())?;
        if let Some(key) = write.notice {
            outcome.tell(|| Event::of(EventKind::Set, key));
        }
        self.settle(outcome);
        self.entries.put(slot, (write.key, write.value));
        Ok((slot, write.tags))
    }

    /// A value heavier than the whole cache may be is not stored, and the old one is not true any more.
    #[cold]
    fn refuse(&mut self, write: Write<K, V>, outcome: &mut Outcome<K, V>) -> Error
    where
        K: Lookup<K>,
    {
        let slot = self.find(write.hash, &write.key);
        self.refuse_slot(slot, write, outcome)
    }

    #[cold]
    fn refuse_slot(
        &mut self,
        slot: Option<u32>,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Error {
        self.stats.too_heavy += 1;
        let told = slot.map(|slot| self.remove(slot, write.now, Cause::TooHeavy, outcome));
        if let Some(key) = write.notice.filter(|_| told != Some(Cause::TooHeavy)) {
            outcome.tell(|| Event::because(EventKind::Eviction, key, Cause::TooHeavy));
        }
        let (weight, most) = (write.weight, write.room.max_weight);
        let detail = alloc::format!(
            "the entry weighs {weight}, but the whole cache may weigh {most}; nothing was stored"
        );
        // Let the value go with the rest, outside the lock.
        outcome.replaced(write.value);
        Error::new(ErrorKind::TooHeavy, "set", detail)
    }

    fn attach_tags(&mut self, slot: u32, tags: &[Box<str>]) -> Result<(), Error> {
        let stamp = self.engine.tag_epoch();
        tags.iter()
            .try_for_each(|text| {
                let tag = self.names.intern(&mut self.engine, text)?;
                self.engine.attach_tag(slot, tag, stamp)
            })
            .map_err(|_| memory_refused())
    }
}
