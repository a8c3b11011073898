//! What leaves when too much waits.
//!
//! So many sets may wait in memory as the bound says, and as many removals; and all of it may take so many bytes.
//! With a log, a set that finds no room waits on the disk alone, and takes a few bytes; what follows is for when
//! these are too many as well, or there is no log.
//!
//! Beyond that the dead go first, then the oldest sets. Each leaves a delete behind, because what it took
//! the place of may not come back. When there are too many removals, one new token for a namespace takes
//! their place: nothing of it is valid then, which costs misses.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use cachefn_core::{Invalidation, Message};

use super::cells::Name;
use super::change::{Change, Replacement};
use super::known::draw;
use super::state::{State, Telling};
use super::telling::{scope, unescaped};
use super::told::{OutboxEvent, shown};

impl State {
    /// Whether a set has to wait for others to go.
    pub(crate) fn is_full(&self) -> bool {
        let options = &self.options;
        let is_many = self.queue.puts() >= options.max_entries && !self.can_spill(0);
        is_many || self.weight() >= options.max_bytes
    }

    /// Whether callers make room, by writing out what waits.
    pub(crate) fn must_help(&self) -> bool {
        !self.is_down && self.is_full()
    }

    /// Brings what waits back below the bounds. While the storage takes what waits, callers see to that,
    /// and no set is lost.
    pub(crate) fn make_room(&mut self, now: u64) {
        loop {
            let options = self.options;
            let is_heavy = self.weight() > options.max_bytes;
            if self.queue.puts() > options.max_entries || is_heavy {
                if self.bury(now) {
                    continue;
                }
                if let Some(name) = self.queue.oldest_put().filter(|_| self.is_down) {
                    self.counts.dropped += 1;
                    self.events.push(OutboxEvent::Dropped { name: shown(&name) });
                    self.turn_into_removal(&name);
                    continue;
                }
            }
            let removals = self.queue.len() - self.queue.puts();
            let must_merge = removals > options.max_entries || (is_heavy && self.is_down);
            if must_merge && self.merge() {
                continue;
            }
            if !is_heavy || !self.is_down || !self.drop_from_disk() {
                return;
            }
        }
    }

    /// The oldest set on the disk is not to be; whether there is one. Last of all, because a delete takes more
    /// memory than it did, until many are merged.
    fn drop_from_disk(&mut self) -> bool {
        let Some(slot) = self.spilled.from(0).next().copied() else { return false };
        match self.name_of(&slot) {
            Some(name) => {
                self.counts.dropped += 1;
                self.events.push(OutboxEvent::Dropped { name: shown(&name) });
                self.turn_into_removal(&name);
            }
            None => self.lose(&slot, None),
        }
        true
    }

    /// Whether these removals would be too many, with none that could be merged; tokens never can.
    pub(crate) fn refuses(&self, changes: &[(&[u8], Change)]) -> bool {
        let most = self.options.max_entries;
        let is_token = |(_, change): &&(&[u8], Change)| matches!(change, Change::Token(_));
        let tokens = changes.iter().filter(is_token).count();
        if self.is_down && tokens > 0 && self.queue.tokens() + tokens > most {
            return true;
        }
        let removals = self.queue.len() - self.queue.puts() + changes.len();
        removals > most && self.fullest().is_none()
    }

    /// Puts a token in the place of the removals of one namespace; whether there was one.
    fn merge(&mut self) -> bool {
        let Some(namespace) = self.fullest() else { return false };
        let prefix = [&namespace[..], b":"].concat();
        let of_it = self.queue.in_order().filter(|entry| entry.name.starts_with(&prefix));
        let names: Vec<Name> = of_it.map(|entry| entry.name.clone()).collect();
        for name in names {
            if self.queue.is_busy(&name) {
                continue;
            }
            if self.queue.remove(&name).is_some_and(|entry| entry.change.is_put()) {
                self.counts.dropped += 1;
            }
        }
        let name = [b"%n:", &namespace[..]].concat();
        let known = self.known_before(&name);
        self.enter(&name, Change::Token(Replacement { token: draw(), known }));
        self.follow_merged(&namespace);
        self.counts.merged += 1;
        self.events.push(OutboxEvent::Merged { namespace: shown(&namespace) });
        true
    }

    /// What followed the removals goes out before the token now, and is true only after it: whoever told something of
    /// this namespace, or of one around it, tells that all of it has gone.
    fn follow_merged(&mut self, namespace: &[u8]) {
        let namespace = unescaped(&String::from_utf8_lossy(namespace));
        let told =
            self.messages.values().filter(|own| scope(&own.message.namespace) == scope(&namespace));
        let who: BTreeSet<(usize, u128)> = told.map(|own| (own.bus, own.message.origin)).collect();
        for (bus, origin) in who {
            let message = Message::new(&namespace, origin, Invalidation::Everything);
            self.follow(Telling { bus, message });
        }
    }

    /// The namespace with the most removals that are not under way.
    fn fullest(&self) -> Option<Bytes> {
        let mut counts: BTreeMap<&[u8], usize> = BTreeMap::new();
        for entry in self.queue.in_order() {
            let name = &entry.name;
            let is_removal = matches!(entry.change, Change::Gone | Change::TakeBack(_));
            if let Some(namespace) =
                namespace(name).filter(|_| is_removal && !self.queue.is_busy(name))
            {
                *counts.entry(namespace).or_default() += 1;
            }
        }
        let fullest =
            counts.into_iter().filter(|(_, count)| *count > 1).max_by_key(|(_, count)| *count);
        fullest.map(|(namespace, _)| Bytes::copy_from_slice(namespace))
    }
}

/// What the name of an entry begins with, escaped, up to its first colon. Tokens have none.
fn namespace(name: &[u8]) -> Option<&[u8]> {
    let end = name.iter().position(|byte| *byte == b':')?;
    Some(&name[..end])
        .filter(|namespace| *namespace != b"%n" && *namespace != b"%t" && *namespace != b"%x")
}
