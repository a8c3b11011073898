//! How a shard takes a value in.

use alloc::boxed::Box;

use super::outcome::Outcome;
use super::room::Room;
use super::shard::{Shard, memory_refused};
use crate::cause::Cause;
use crate::engine::{Arrival, HOUSEKEEPING, Place, State};
use crate::entry::Life;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, EventKind};
use crate::key::Lookup;

/// On what terms a value comes in.
#[derive(Debug)]
pub(super) struct Terms<'a, K> {
    pub(super) hash: u32,
    pub(super) now: u64,
    pub(super) life: Life,
    pub(super) weight: u64,
    pub(super) tags: &'a [Box<str>],
    pub(super) room: Room,
    /// A copy of the key when somebody listens.
    pub(super) notice: Option<K>,
}

impl<K, V> Shard<K, V> {
    #[inline]
    pub(super) fn set(
        &mut self,
        key: K,
        value: V,
        terms: &mut Terms<'_, K>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error>
    where
        K: Lookup<K>,
    {
        let Terms { hash, now, weight, .. } = *terms;
        if self.engine.due() <= now {
            self.engine.advance(now, HOUSEKEEPING);
            self.settle(outcome);
        }
        if self.engine.is_large() && terms.room.is_full(self.len(), self.engine.weight()) {
            self.warm_up(hash);
        }
        let found = self.find(hash, &key);
        if weight > terms.room.max_weight {
            return Err(self.refuse(found, Some(key), value, terms, outcome));
        }
        let Life::Times(times) = terms.life else {
            if let Some(slot) = found {
                self.remove(slot, now, Cause::Deleted, outcome);
            }
            outcome.replaced(Some(key), value);
            return Ok(());
        };
        let arrival = Arrival { hash, now, times, weight };
        let slot = match found {
            Some(slot) => self.overwrite(slot, key, value, &arrival, terms, outcome),
            None => self.insert(key, value, &arrival, terms, outcome),
        }?;
        self.stats.sets += 1;
        if terms.tags.is_empty() { Ok(()) } else { self.attach_tags(slot, terms, outcome) }
    }

    /// [`set`](Shard::set) of a mere value, where the engine [is plain](Engine::is_plain) and nobody
    /// listens: so much shorter that it is measured. What was replaced, or had to leave.
    #[inline]
    pub(super) fn exchange(
        &mut self,
        hash: u32,
        key: K,
        value: V,
        full_at: usize,
    ) -> Result<Option<(K, V)>, Error>
    where
        K: Lookup<K>,
    {
        let full = self.len() >= full_at;
        if full && self.engine.is_large() {
            self.warm_up(hash);
        }
        if let Some(slot) = self.find(hash, &key) {
            self.engine.change(slot, 0, 0);
            self.stats.sets += 1;
            let replace = |(_, own): &mut (K, V)| (key, core::mem::replace(own, value));
            return Ok(self.entries.get_mut(slot).map(replace));
        }
        if !full {
            let slots = self.engine.slots() as usize + 1;
            self.entries.try_reserve(slots).map_err(|_| memory_refused())?;
        }
        let entered = self.engine.enter(hash, 0, full_at, u64::MAX);
        let Place { slot, .. } = entered.map_err(|_| memory_refused())?;
        let left = self.entries.put(slot, (key, value));
        self.stats.sets += 1;
        self.stats.evictions += u64::from(left.is_some());
        Ok(left)
    }

    /// Reads what an insertion into a full cache will touch.
    #[inline]
    fn warm_up(&self, hash: u32) {
        if let Some(victim) = self.engine.warm_up(hash) {
            self.entries.warm_up(victim);
        }
    }

    /// A new value in the place of a living one, whose tags and times stay.
    pub(super) fn change(
        &mut self,
        slot: u32,
        value: V,
        terms: &mut Terms<'_, K>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error> {
        if terms.weight > terms.room.max_weight {
            return Err(self.refuse(Some(slot), None, value, terms, outcome));
        }
        self.engine.change(slot, terms.now, terms.weight);
        self.stats.sets += 1;
        self.put(slot, None, value, terms, outcome);
        Ok(())
    }

    /// Under a key that is there already, dead or alive.
    fn overwrite(
        &mut self,
        slot: u32,
        key: K,
        value: V,
        arrival: &Arrival,
        terms: &mut Terms<'_, K>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<u32, Error> {
        if matches!(self.engine.state(slot, arrival.now), State::Dead(_)) {
            self.remove(slot, arrival.now, Cause::Deleted, outcome);
            return self.insert(key, value, arrival, terms, outcome);
        }
        self.engine.renew(slot, arrival).map_err(|_| memory_refused())?;
        self.settle(outcome);
        self.put(slot, Some(key), value, terms, outcome);
        Ok(slot)
    }

    /// Another value where one stands. Others leave when it makes the cache too heavy.
    fn put(
        &mut self,
        slot: u32,
        key: Option<K>,
        value: V,
        terms: &mut Terms<'_, K>,
        outcome: &mut Outcome<K, V>,
    ) {
        if let Some((_, own)) = self.entries.get_mut(slot) {
            outcome.replaced(key, core::mem::replace(own, value));
        }
        if let Some(key) = terms.notice.take() {
            outcome.tell(|| Event::because(EventKind::Set, key, Cause::Replaced));
        }
        while self.len() > 1 && self.engine.is_heavier_than(terms.room.most) {
            self.engine.evict_but(slot, terms.now);
            self.settle(outcome);
        }
    }

    #[inline]
    fn insert(
        &mut self,
        key: K,
        value: V,
        arrival: &Arrival,
        terms: &mut Terms<'_, K>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<u32, Error> {
        let room = terms.room;
        if !room.is_full(self.len(), self.engine.weight()) {
            let slots = self.engine.slots() as usize + 1;
            self.entries.try_reserve(slots).map_err(|_| memory_refused())?;
        }
        let inserted = self.engine.insert(arrival, room.full_at, room.heavy_above);
        let Place { slot, evicted } = inserted.map_err(|_| memory_refused())?;
        if let Some(key) = terms.notice.take() {
            outcome.tell(|| Event::of(EventKind::Set, key));
        }
        if !evicted || !self.engine.removed().packed().is_empty() {
            self.settle(outcome);
        }
        if let Some((key, value)) = self.entries.put(slot, (key, value)) {
            self.stats.evictions += 1;
            outcome.left(key, value, Cause::Evicted);
        }
        Ok(slot)
    }

    /// A value heavier than the whole cache may be is not stored, and the old one is not true any more.
    #[cold]
    fn refuse(
        &mut self,
        old: Option<u32>,
        key: Option<K>,
        value: V,
        terms: &mut Terms<'_, K>,
        outcome: &mut Outcome<K, V>,
    ) -> Error {
        self.stats.too_heavy += 1;
        let told = old.map(|slot| self.remove(slot, terms.now, Cause::TooHeavy, outcome));
        if let Some(key) = terms.notice.take_if(|_| told != Some(Cause::TooHeavy)) {
            outcome.tell(|| Event::because(EventKind::Eviction, key, Cause::TooHeavy));
        }
        // It is dropped with the rest, outside the lock.
        outcome.replaced(key, value);
        let (weight, most) = (terms.weight, terms.room.max_weight);
        let detail = alloc::format!(
            "the entry weighs {weight}, but the whole cache may weigh {most}; nothing was stored"
        );
        Error::new(ErrorKind::TooHeavy, "set", detail)
    }

    fn attach_tags(
        &mut self,
        slot: u32,
        terms: &Terms<'_, K>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error> {
        let stamp = self.engine.tag_epoch();
        let attached = terms.tags.iter().try_for_each(|text| {
            let tag = self.names.intern(&mut self.engine, text)?;
            self.engine.attach_tag(slot, tag, stamp)
        });
        attached.map_err(|_| {
            // An entry without its tags could never be invalidated.
            self.remove(slot, terms.now, Cause::Deleted, outcome);
            memory_refused()
        })
    }
}
