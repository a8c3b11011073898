//! One shard: the engine with its keys and values. Knows no lock and no clock.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hint::black_box;

use super::names::TagNames;
use super::outcome::Outcome;
use crate::cause::Cause;
use crate::engine::{Engine, HOUSEKEEPING, Left};
use crate::entry::{Life, NEVER};
use crate::error::{Error, ErrorKind};
use crate::event::{Event, EventKind};
use crate::hash::KeyHasher;
use crate::key::Lookup;
use crate::policy::{Policy, Shared};
use crate::stats::Stats;

#[derive(Debug)]
pub(super) struct Shard<K, V> {
    engine: Engine,
    entries: Vec<Option<(K, V)>>,
    names: TagNames,
    /// Everything but hits and misses, which are counted beside the lock.
    pub(super) stats: Stats,
}

/// One value to store.
#[derive(Debug)]
pub(super) struct Write<K, V> {
    pub(super) hash: u32,
    pub(super) key: K,
    pub(super) value: V,
    pub(super) life: Life,
    pub(super) tags: Vec<Box<str>>,
    pub(super) now: u64,
    pub(super) room: Room,
    /// A copy of the key when somebody listens.
    pub(super) notice: Option<K>,
}

/// How much room a write finds; asked again after the dead have left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) max_entries: usize,
    /// Entries in other shards.
    pub(super) elsewhere: usize,
    /// A shard below its share lets another shard's entry go.
    pub(super) share: usize,
}

impl Room {
    /// Whether one of the shard's `len` entries must leave for a new one.
    fn is_full(self, len: usize) -> bool {
        self.elsewhere + len >= self.max_entries && len >= self.share && len > 0
    }
}

impl<K, V> Shard<K, V> {
    pub(super) fn new(
        capacity: u32,
        policy: Policy,
        shared: Option<Shared>,
        hasher: KeyHasher,
    ) -> Self {
        Shard {
            engine: Engine::shard(capacity, policy, shared),
            entries: Vec::new(),
            names: TagNames::new(hasher),
            stats: Stats::default(),
        }
    }

    #[inline]
    pub(super) fn find<Q: Lookup<K> + ?Sized>(&self, hash: u32, key: &Q) -> Option<u32> {
        self.engine.find(hash, |slot| {
            matches!(self.entries.get(slot as usize), Some(Some((own, _))) if key.matches(own))
        })
    }

    #[inline]
    pub(super) fn find_alive<Q: Lookup<K> + ?Sized>(
        &self,
        hash: u32,
        key: &Q,
        now: impl FnOnce() -> u64,
    ) -> Option<(u32, &V)> {
        let slot = self.find(hash, key)?;
        match &self.entries[slot as usize] {
            Some((_, value)) if self.engine.is_alive(slot, now) => Some((slot, value)),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn value(&self, slot: u32) -> Option<&V> {
        self.entries[slot as usize].as_ref().map(|(_, value)| value)
    }

    /// Counts a use of a living entry.
    #[inline]
    pub(super) fn touch(&self, slot: u32) {
        self.engine.touch(slot);
    }

    /// Brings the remembered hits into order where the policy wants that.
    pub(super) fn drain_when_full(&mut self) {
        if self.engine.wants_drain() {
            self.engine.drain_hits();
        }
    }

    pub(super) fn set(
        &mut self,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error>
    where
        K: Lookup<K>,
    {
        let Write { hash, now, .. } = write;
        if self.engine.due() <= now {
            self.engine.advance(now, HOUSEKEEPING);
            self.settle(outcome);
        }
        let Life::Until(deadline) = write.life else {
            if let Some(slot) = self.find(hash, &write.key) {
                self.remove(slot, now, Cause::Deleted, outcome);
            }
            return Ok(());
        };
        let alive = match self.find(hash, &write.key) {
            Some(slot) if self.engine.is_alive(slot, || now) => Some(slot),
            Some(slot) => {
                self.remove(slot, now, Cause::Deleted, outcome);
                None
            }
            None => None,
        };
        let (slot, tags) = match alive {
            Some(slot) => self.replace(slot, deadline, write, outcome)?,
            None => self.insert(deadline, write, outcome)?,
        };
        self.stats.sets += 1;
        self.attach_tags(slot, &tags).inspect_err(|_| {
            // An entry without its tags could never be invalidated.
            self.remove(slot, now, Cause::Deleted, outcome);
        })
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

    pub(super) fn invalidate_tag(&mut self, tag: &str) {
        if let Some(tag) = self.names.find(tag) {
            self.engine.invalidate_tag(tag);
        }
    }

    /// The living entries, in the order of slots.
    pub(super) fn alive(&self, now: u64) -> impl Iterator<Item = (u32, &K)> + '_ {
        self.entries.iter().enumerate().filter_map(move |(slot, entry)| {
            let (key, _) = entry.as_ref()?;
            self.engine.is_alive(slot as u32, || now).then_some((slot as u32, key))
        })
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether the time matters to any entry here.
    pub(super) fn has_timers(&self) -> bool {
        self.engine.has_timers()
    }

    fn replace(
        &mut self,
        slot: u32,
        deadline: u64,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(u32, Vec<Box<str>>), Error> {
        self.engine.renew(slot, deadline).map_err(|_| memory_refused())?;
        self.settle(outcome);
        if let Some((_, value)) = &mut self.entries[slot as usize] {
            outcome.replaced(core::mem::replace(value, write.value));
        }
        if let Some(key) = write.notice {
            outcome.tell(|| Event::because(EventKind::Set, key, Cause::Replaced));
        }
        Ok((slot, write.tags))
    }

    fn insert(
        &mut self,
        deadline: u64,
        write: Write<K, V>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(u32, Vec<Box<str>>), Error> {
        self.entries.try_reserve(1).map_err(|_| memory_refused())?;
        let full = write.room.is_full(self.len());
        let victim = if full { self.engine.warm_up(write.hash) } else { None };
        black_box(victim.and_then(|slot| self.value(slot)).is_some());
        let slot = self
            .engine
            .insert(write.hash, write.now, deadline, full)
            .map_err(|_| memory_refused())?;
        if let Some(key) = write.notice {
            outcome.tell(|| Event::of(EventKind::Set, key));
        }
        self.settle(outcome);
        let entry = Some((write.key, write.value));
        if slot as usize == self.entries.len() {
            self.entries.push(entry);
        } else {
            self.entries[slot as usize] = entry;
        }
        Ok((slot, write.tags))
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

    /// Takes keys and values of what has left, and forgets tags that nobody carries.
    #[inline]
    fn settle(&mut self, outcome: &mut Outcome<K, V>) {
        for left in self.engine.removed().take() {
            match left {
                Left::Entry(slot, cause) => {
                    match cause {
                        Cause::Evicted => self.stats.evictions += 1,
                        Cause::Expired => self.stats.expirations += 1,
                        _ => {}
                    }
                    if let Some((key, value)) = self.entries[slot as usize].take() {
                        outcome.left(key, value, cause);
                    }
                }
                Left::Tag(tag) => self.names.forget(tag),
            }
        }
    }
}

fn memory_refused() -> Error {
    Error::new(ErrorKind::Unavailable, "set", "memory refused by the allocator; nothing was stored")
}

const _: () = assert!(NEVER == u64::MAX, "an engine without timers is due at u64::MAX");
