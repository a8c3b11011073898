//! One shard: the engine with its keys and values. Knows no lock and no clock.

use alloc::vec::Vec;

use super::names::TagNames;
use super::outcome::Outcome;
use crate::cause::Cause;
use crate::engine::{Engine, Left, Staleness, State};
use crate::entry::NEVER;
use crate::error::{Error, ErrorKind, Fixed};
use crate::hash::KeyHasher;
use crate::key::Lookup;
use crate::options::Mode;
use crate::raw::Slots;
use crate::stats::Stats;

/// In the order of its lines of memory, as the engine.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Shard<K, V> {
    pub(super) entries: Slots<(K, V)>,
    pub(super) engine: Engine,
    /// Everything but hits and misses, which are counted beside the lock.
    pub(super) stats: Stats,
    pub(super) names: TagNames,
}

impl<K, V> Shard<K, V> {
    pub(super) fn new(engine: Engine, hasher: KeyHasher) -> Self {
        Shard {
            engine,
            entries: Slots::new(),
            names: TagNames::new(hasher),
            stats: Stats::default(),
        }
    }

    /// Makes room for so many entries.
    pub(super) fn reserve(&mut self, entries: usize) -> Result<(), Error> {
        let refused = |_| memory_refused();
        self.entries.try_reserve(entries).map_err(refused)?;
        self.engine.reserve_entries(entries as u32).map_err(refused)
    }

    #[inline]
    pub(super) fn find<Q: Lookup<K> + ?Sized>(&self, hash: u32, key: &Q) -> Option<u32> {
        self.engine
            .find(hash, |slot| self.entries.get(slot).is_some_and(|(own, _)| key.matches(own)))
    }

    /// The slot and value of a fresh entry.
    #[inline]
    pub(super) fn find_fresh<Q: Lookup<K> + ?Sized>(
        &self,
        hash: u32,
        key: &Q,
        now: impl FnOnce() -> u64,
    ) -> Option<(u32, &V)> {
        let slot = self.find(hash, key)?;
        if self.engine.is_fresh(slot, now) { Some((slot, self.value(slot)?)) } else { None }
    }

    /// The value of a stale entry, and how stale it is.
    pub(super) fn find_stale<Q: Lookup<K> + ?Sized>(
        &self,
        hash: u32,
        key: &Q,
        now: u64,
    ) -> Option<(&V, Staleness)> {
        let slot = self.find(hash, key)?;
        match self.engine.state(slot, now) {
            State::Stale(staleness) => Some((self.value(slot)?, staleness)),
            State::Fresh | State::Dead(_) => None,
        }
    }

    /// The value of a fresh or stale entry, and how stale it is.
    #[cfg(feature = "std")]
    pub(super) fn find_living<Q: Lookup<K> + ?Sized>(
        &self,
        hash: u32,
        key: &Q,
        now: u64,
    ) -> Option<(&V, Staleness)> {
        let slot = self.find(hash, key)?;
        match self.engine.state(slot, now) {
            State::Fresh => Some((self.value(slot)?, self.engine.windows(slot))),
            State::Stale(staleness) => Some((self.value(slot)?, staleness)),
            State::Dead(_) => None,
        }
    }

    #[inline]
    pub(super) fn value(&self, slot: u32) -> Option<&V> {
        self.entries.get(slot).map(|(_, value)| value)
    }

    /// Brings the remembered hits into order where the policy wants that.
    #[inline]
    pub(super) fn drain_when_full(&mut self) {
        if self.engine.wants_drain() {
            self.engine.drain_hits();
        }
    }

    /// Removes an entry, dead or alive; the true cause.
    pub(super) fn remove(
        &mut self,
        slot: u32,
        now: u64,
        cause: Cause,
        outcome: &mut Outcome<K, V>,
    ) -> Cause {
        let cause = self.engine.remove(slot, now, cause);
        self.settle(outcome);
        cause
    }

    /// Makes a living entry stale, or removes it when it has no time to be stale; whether it was fresh.
    pub(super) fn expire(&mut self, slot: u32, now: u64, outcome: &mut Outcome<K, V>) -> bool {
        let fresh = self.engine.is_fresh(slot, || now);
        if fresh && !self.engine.expire(slot, now) {
            self.remove(slot, now, Cause::Expired, outcome);
        }
        fresh
    }

    /// Removes one entry of the policy's choice.
    #[cfg(feature = "std")]
    pub(super) fn evict(&mut self, now: u64, outcome: &mut Outcome<K, V>) {
        self.engine.evict(now, None);
        self.settle(outcome);
    }

    /// Removes everything dead.
    pub(super) fn sweep(&mut self, now: u64, outcome: &mut Outcome<K, V>) {
        self.engine.sweep(now);
        self.settle(outcome);
    }

    pub(super) fn clear(&mut self, now: u64, outcome: &mut Outcome<K, V>) {
        self.engine.clear(now);
        self.settle(outcome);
    }

    /// Invalidates a tag, if any entry carries it; `now` is asked only then.
    pub(super) fn invalidate_tag(&mut self, tag: &str, mode: Mode, now: impl FnOnce() -> u64) {
        match (self.names.find(tag), mode) {
            (Some(tag), Mode::Remove) => self.engine.invalidate_tag(tag),
            (Some(tag), Mode::Expire) => self.engine.expire_tag(tag, now()),
            (None, _) => {}
        }
    }

    /// Invalidates the fresh and stale entries whose keys are meant; how many.
    pub(super) fn invalidate_matching(
        &mut self,
        mut is_meant: impl FnMut(&K) -> bool,
        (mode, cause): (Mode, Cause),
        now: u64,
        outcome: &mut Outcome<K, V>,
    ) -> usize {
        let is_alive = |slot| !matches!(self.engine.state(slot, now), State::Dead(_));
        let living = self.entries.iter().filter(|(slot, _)| is_alive(*slot));
        let matching: Vec<u32> =
            living.filter_map(|(slot, (key, _))| is_meant(key).then_some(slot)).collect();
        for slot in &matching {
            match mode {
                Mode::Remove => drop(self.remove(*slot, now, cause, outcome)),
                Mode::Expire => drop(self.expire(*slot, now, outcome)),
            }
        }
        matching.len()
    }

    /// The fresh entries, in the order of slots.
    pub(super) fn fresh(&self, now: u64) -> impl Iterator<Item = (u32, &K, &V)> + '_ {
        self.entries.iter().filter_map(move |(slot, (key, value))| {
            self.engine.is_fresh(slot, || now).then_some((slot, key, value))
        })
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether the time matters to any entry here.
    #[inline]
    pub(super) fn has_timers(&self) -> bool {
        self.engine.has_timers()
    }

    /// How many bytes are allocated, about, without what keys and values own elsewhere.
    pub(super) fn memory(&self) -> usize {
        self.engine.memory() + self.entries.memory() + self.names.memory()
    }

    /// Takes keys and values of what has left, and forgets tags that nobody carries.
    #[inline]
    pub(super) fn settle(&mut self, outcome: &mut Outcome<K, V>) {
        for at in 0..self.engine.removed().packed().len() {
            match self.engine.removed().get(at) {
                Left::Entry(slot, cause) => {
                    self.stats.evictions += u64::from(cause == Cause::Evicted);
                    self.stats.expirations += u64::from(cause == Cause::Expired);
                    if let Some((key, value)) = self.entries.take(slot) {
                        outcome.left(key, value, cause);
                    }
                }
                Left::Tag(tag) => self.names.forget(tag),
            }
        }
        self.engine.removed().clear();
    }
}

#[cold]
pub(super) fn memory_refused() -> Error {
    Error::fixed(&MEMORY_REFUSED)
}

static MEMORY_REFUSED: Fixed = Fixed {
    kind: ErrorKind::Unavailable,
    operation: "set",
    detail: "memory refused by the allocator; nothing was stored",
};

const _: () = assert!(NEVER == u64::MAX, "an engine without timers is due at u64::MAX");
