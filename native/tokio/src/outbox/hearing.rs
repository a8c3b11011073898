//! What others tell of, and what that does to what waits.

use std::borrow::Cow;

use bytes::Bytes;
use cachefn_core::{Invalidation, Message, Mode};

use super::change::{Change, Replacement};
use super::hashed::is_hash_in;
use super::known::draw;
use super::state::{State, Telling};
use super::sweeping::Sweep;
use super::telling::scope;

impl State {
    /// Another process has changed entries, and the storage has accepted that: what waits here under these
    /// names is older. Tags and namespaces have tokens that see to it.
    ///
    /// Whether there is something to do now, and what is to be looked at on the disk.
    pub(super) fn hear(
        &mut self,
        bus: usize,
        message: &Message,
        now: u64,
    ) -> (bool, Option<Sweep>) {
        if self.origins.contains(&message.origin) {
            return (false, None);
        }
        let own = message.namespace.replace('%', "%25").replace(':', "%3A");
        let (meant, sweep) = match &message.what {
            Invalidation::Keys(texts) => {
                let name = |text: &String| [own.as_bytes(), b":", text.as_bytes()].concat().into();
                let mut meant: Vec<Bytes> = texts.iter().map(name).collect();
                // Which of these are meant, nobody can tell.
                if self.queue.hashed() + self.spilled.hashed() > 0 {
                    let is_hash = |name: &[u8]| is_hash_in(name, &own);
                    meant.extend(self.puts_where(is_hash));
                    meant.extend(self.hashes_on_disk_where(is_hash));
                }
                let number = self.number();
                let is_meant =
                    |name: &[u8]| is_hash_in(name, &own) || meant.iter().any(|one| one == name);
                self.queue.tell_busy(number, is_meant);
                (meant, None)
            }
            Invalidation::Patterns(patterns, _) => {
                let sweep = Sweep::new(own, patterns, self.last);
                let (meant, number) = (self.puts_where(|name| sweep.is_meant(name)), self.number());
                self.queue.tell_busy(number, |name| sweep.is_meant(name));
                let has_more = self.spilled.len() > 0;
                self.sweeps += usize::from(has_more);
                (meant, has_more.then_some(sweep))
            }
            // Tokens were replaced: what begins with those that were there before is dead already, and what
            // waits beside one that was promised here is as old.
            what => {
                self.unlearn();
                return (self.end_tokens(bus, &token_names(&own, what), message, now), None);
            }
        };
        let is_loose = self.together(|state| {
            let is_loose = state.take_back_all(&meant);
            if is_loose {
                state.tell_again(bus, message);
            }
            is_loose
        });
        (is_loose, sweep)
    }

    /// These tokens were replaced. What was written here beside the new ones, and is older, goes with a newer
    /// one, and the others hear of that.
    fn end_tokens(&mut self, bus: usize, names: &[Vec<u8>], message: &Message, now: u64) -> bool {
        let version = self.number();
        names.iter().for_each(|name| self.promised.end(name, version));
        let doubtful = self.doubts.take(names, now);
        if doubtful.is_empty() {
            return false;
        }
        self.together(|state| {
            for name in &doubtful {
                state.enter(name, Change::Token(Replacement { token: draw(), known: None }));
            }
            state.tell_again(bus, message);
        });
        true
    }

    /// The same message follows what has just begun to wait. The caches of this process hear it as well, but it is no
    /// news here.
    pub(super) fn tell_again(&mut self, bus: usize, message: &Message) {
        let origin = u128::from_le_bytes(draw().0);
        self.origins.insert(origin);
        let message = Message::new(&message.namespace, origin, message.what.clone());
        self.follow(Telling { bus, message });
    }

    /// Names of sets in memory that are meant.
    fn puts_where(&self, is_meant: impl Fn(&[u8]) -> bool) -> Vec<Bytes> {
        let puts = self.queue.in_order().filter(|entry| entry.change.is_put());
        let puts = puts.map(|entry| &entry.name).filter(|name| is_meant(name));
        puts.map(|name| Bytes::copy_from_slice(name)).collect()
    }

    /// Takes back what waits under these names; whether anything older is on its way.
    pub(super) fn take_back_all(&mut self, names: &[Bytes]) -> bool {
        self.together(|state| {
            let mut is_loose = false;
            for name in names {
                is_loose |= state.take_back(name);
            }
            is_loose
        })
    }

    /// A record that waits is not to be. One that is on its way goes again, if nobody has written since.
    ///
    /// Whether an older one is on its way, of which nothing is known any more: then whatever is there goes again, which
    /// may be what the other process wrote.
    fn take_back(&mut self, name: &Bytes) -> bool {
        let Some(Change::Put(kept)) = self.change(name).map(Cow::into_owned) else { return false };
        let is_behind = self.queue.is_behind(name);
        if is_behind {
            self.enter(name, Change::Gone);
        } else if self.queue.is_busy(name) {
            self.enter(name, Change::TakeBack(kept.record));
        } else {
            self.enter(name, Change::Nothing);
            self.forget(name);
        }
        is_behind
    }
}

/// Names of the tokens that were replaced, under an escaped namespace.
fn token_names(namespace: &str, what: &Invalidation) -> Vec<Vec<u8>> {
    let scope = scope(namespace);
    match what {
        Invalidation::Tags(tags, mode) => {
            let kind = if *mode == Mode::Expire { "%x:" } else { "%t:" };
            tags.iter().map(|tag| [kind, scope, ":", tag].concat().into_bytes()).collect()
        }
        _ => vec![["%n:", namespace].concat().into_bytes()],
    }
}
