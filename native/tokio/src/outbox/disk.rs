//! What waits on the disk alone, under the names that it has there.
//!
//! With a log, a set that finds no room in memory is not kept there: it is in the log already. What is known
//! of it is its [slot](super::slot); the line is read when somebody asks for the name, or when its turn
//! comes. It has the place of its last write: written again, it goes to the end of the line.

use std::borrow::Cow;

use bytes::Bytes;
use cachefn_core::Error;

use super::change::{Change, Kept};
use super::hashed::is_hashed;
use super::slot::{New, Slot, TOO_LONG};
use super::state::State;
use super::told::{OutboxEvent, shown};
use crate::log::{Logged, Spot};

impl State {
    /// What waits under a name, wherever it is. What cannot be read any more is as good as a delete.
    pub(crate) fn change(&self, name: &[u8]) -> Option<Cow<'_, Change>> {
        if let Some(entry) = self.queue.get(name) {
            return Some(Cow::Borrowed(&entry.change));
        }
        let slot = self.slot_of(name)?;
        let kept = self.read(&slot).map(|(_, kept)| kept);
        Some(Cow::Owned(kept.map_or(Change::Gone, Change::Put)))
    }

    /// The slot of a name, if it waits on the disk alone.
    pub(crate) fn slot_of(&self, name: &[u8]) -> Option<Slot> {
        let mut found = self.spilled.candidates(name).into_iter();
        found.find(|slot| match self.name_of(slot) {
            Some(own) => own == name,
            // Its hash is all that is left of it.
            None => true,
        })
    }

    /// The name and the record of a slot; nothing if its line is not whole any more.
    pub(crate) fn read(&self, slot: &Slot) -> Option<(Bytes, Kept)> {
        let Logged::Put { name, record, tokens, .. } =
            self.journal.log.as_ref()?.read(slot.spot())?
        else {
            return None;
        };
        let lease = self.spilled.lease(slot.version);
        let (deadline, is_given, tokens) = (slot.deadline, slot.is_given(), tokens.into());
        let kept = Kept { record, deadline, tokens, lease, is_given };
        self.spilled.is_of(slot, &name).then_some((name, kept))
    }

    /// The name of a slot, also if its line is not whole any more, but the name is.
    pub(crate) fn name_of(&self, slot: &Slot) -> Option<Bytes> {
        let name = self.read(slot).map(|(name, _)| name);
        let seems = || self.journal.log.as_ref()?.salvage(slot.spot());
        name.or_else(|| seems().filter(|name| self.spilled.is_of(slot, name)))
    }

    /// Where a change waits: on the disk alone if memory has no room for it, and the log has it.
    pub(crate) fn place(&mut self, name: &[u8], change: Change, version: u64, spot: Option<Spot>) {
        let spot = spot.filter(|spot| self.can_spill(spot.length.into()));
        self.place_left(name, change, version, spot);
    }

    /// The same of what a process before left, however little the log may hold now: memory may hold less.
    pub(crate) fn place_left(
        &mut self,
        name: &[u8],
        change: Change,
        version: u64,
        spot: Option<Spot>,
    ) {
        let older = self.unspill(name);
        match (&change, spot) {
            (Change::Put(kept), Some(spot))
                if older.is_some() || !self.has_room(change.weight(name)) =>
            {
                self.queue.remove(name);
                let (is_hashed, is_given) = (is_hashed(name), kept.is_given);
                let (deadline, lease) = (kept.deadline, kept.lease);
                let new = New { name, version, deadline, spot, lease, is_hashed, is_given };
                self.spilled.push(new);
            }
            _ => self.queue.insert_after(name, change, version, older),
        }
    }

    /// The number of the change that waits under a name.
    pub(crate) fn version_of(&self, name: &[u8]) -> Option<u64> {
        let entry = self.queue.get(name).map(|entry| entry.version);
        entry.or_else(|| self.slot_of(name).map(|slot| slot.version))
    }

    /// Nothing waits under a name any more.
    pub(crate) fn forget(&mut self, name: &[u8]) {
        self.queue.remove(name);
        self.unspill(name);
    }

    /// Nothing waits under a name on the disk any more; the place of what did.
    pub(crate) fn unspill(&mut self, name: &[u8]) -> Option<u64> {
        Some(self.spilled.remove(self.slot_of(name)?.version)?.version)
    }

    /// Whether memory has room for a set of this weight: most of what it may take is for slots.
    fn has_room(&self, weight: usize) -> bool {
        self.queue.puts() < self.options.max_entries
            && self.queue.weight() + weight <= self.options.max_bytes / SHARE
    }

    /// Whether a line of so many bytes may be all that there is of a set. When the log is written anew, all
    /// that counts has to fit.
    pub(crate) fn can_spill(&self, bytes: u64) -> bool {
        let most = self.journal.works().map_or(0, |log| log.most_live());
        bytes < TOO_LONG && self.spilled.bytes() + self.queue.weight() as u64 + bytes <= most
    }

    /// Names of sets on the disk that are hashes, and meant.
    pub(crate) fn hashes_on_disk_where(
        &self,
        is_meant: impl Fn(&[u8]) -> bool,
    ) -> impl Iterator<Item = Bytes> {
        let slots = self.spilled.from(0).filter(|slot| slot.is_hashed());
        let names = slots.filter_map(|slot| self.name_of(slot));
        names.filter(move |name| is_meant(name))
    }

    /// The name of the change with this number.
    pub(crate) fn name_of_version(&self, version: u64) -> Option<Bytes> {
        if let Some(slot) = self.spilled.get(version) {
            return self.name_of(&slot);
        }
        let mut entries = self.queue.in_order();
        let entry = entries.find(|entry| entry.version == version);
        entry.map(|entry| Bytes::copy_from_slice(&entry.name))
    }

    /// The number of the change whose turn is next.
    pub(crate) fn first_version(&self) -> Option<u64> {
        let entry = self.queue.in_order().next().map(|entry| (entry.place, entry.version));
        let slot = self.spilled.first().map(|version| (version, version));
        entry.into_iter().chain(slot).min().map(|(_, version)| version)
    }

    /// This very change does not wait any more; whether it was a set.
    pub(crate) fn remove_version(&mut self, name: &[u8], version: u64) -> Option<bool> {
        let slot = self.spilled.remove(version).map(|_| true);
        slot.or_else(|| Some(self.queue.remove_version(name, version)?.change.is_put()))
    }

    /// A set on the disk that cannot be read any more: a delete takes its place, if its name is known.
    pub(crate) fn lose(&mut self, slot: &Slot, name: Option<Bytes>) {
        self.counts.dropped += 1;
        let shown =
            name.as_ref().map_or_else(|| "a name that is lost, too".into(), |name| shown(name));
        let error =
            Error::unavailable("log", format!("the line of {shown} cannot be read any more"));
        self.events.push(OutboxEvent::LogDamaged(error));
        if let Some(name) = name {
            self.turn_into_removal(&name);
        }
        self.spilled.remove(slot.version);
    }
}

/// Sets take this part of what memory may take, at most; the rest is for those on the disk.
const SHARE: usize = 4;
