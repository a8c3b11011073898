//! What others tell of, and what that does to what waits.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;
use cachefn_core::{Glob, Invalidation, Message, Mode};

use super::change::{Change, Replacement};
use super::known::{Known, draw};
use super::state::{State, Telling};

impl State {
    /// Another process has changed entries, and the storage has accepted that: what waits here under these
    /// names is older. Tags and namespaces have tokens that see to it.
    ///
    /// Whether there is something to do now.
    pub(super) fn hear(&mut self, bus: usize, message: &Message, now: u64) -> bool {
        if self.origins.contains(&message.origin) {
            return false;
        }
        let own = message.namespace.replace('%', "%25").replace(':', "%3A");
        let meant = match &message.what {
            Invalidation::Keys(texts) => {
                let name = |text: &String| [own.as_bytes(), b":", text.as_bytes()].concat();
                let names: BTreeSet<Vec<u8>> = texts.iter().map(name).collect();
                let named = names.iter().filter_map(|name| self.slot_of(name).map(|_| name));
                let named: Vec<Bytes> = named.map(|name| Bytes::copy_from_slice(name)).collect();
                let is_meant = |name: &[u8]| names.contains(name) || is_hash_in(name, &own);
                [named, self.puts_where(is_meant, false)].concat()
            }
            Invalidation::Patterns(patterns, _) => {
                let globs = patterns.iter().map(|pattern| Glob::new(pattern));
                // Whoever speaks another language of patterns may mean anything.
                let globs: Option<Vec<Glob>> = globs.collect::<Result<_, _>>().ok();
                let matches = |text: &str| {
                    globs.as_ref().is_none_or(|globs| globs.iter().any(|glob| glob.matches(text)))
                };
                let text = |name: &[u8]| {
                    let rest = name.strip_prefix(own.as_bytes())?.strip_prefix(b":")?;
                    std::str::from_utf8(rest).ok().map(matches)
                };
                self.puts_where(|name| text(name) == Some(true) || is_hash_in(name, &own), true)
            }
            // Tokens were replaced: what begins with those that were there before is dead already, and what
            // waits beside one that was promised here is as old.
            what => {
                self.known = Known::default();
                return self.end_tokens(bus, &token_names(&own, what), message, now);
            }
        };
        self.together(|state| meant.iter().for_each(|name| state.take_back(name)));
        false
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
    fn tell_again(&mut self, bus: usize, message: &Message) {
        let origin = u128::from_le_bytes(draw().0);
        self.origins.insert(origin);
        let message = Message::new(&message.namespace, origin, message.what.clone());
        self.follow(Telling { bus, message });
    }

    /// Names of sets that are meant; of those on the disk only hashes, unless all are asked for.
    fn puts_where(&self, is_meant: impl Fn(&[u8]) -> bool, all: bool) -> Vec<Bytes> {
        let puts = self.queue.in_order().filter(|entry| entry.change.is_put());
        let puts = puts.map(|entry| &entry.name).filter(|name| is_meant(name));
        let puts = puts.map(|name| Bytes::copy_from_slice(name));
        puts.chain(self.on_disk_where(&is_meant, all)).collect()
    }

    /// A record that waits is not to be. One that is on its way goes again, if nobody has written since.
    fn take_back(&mut self, name: &Bytes) {
        let Some(Change::Put(kept)) = self.change(name).map(Cow::into_owned) else { return };
        if self.queue.is_busy(name) {
            self.enter(name, Change::TakeBack(kept.record));
        } else {
            self.enter(name, Change::Nothing);
            self.forget(name);
        }
    }
}

/// Names of the tokens that were replaced, under an escaped namespace.
fn token_names(namespace: &str, what: &Invalidation) -> Vec<Vec<u8>> {
    let scope = namespace.split('/').next().unwrap_or_default();
    match what {
        Invalidation::Tags(tags, mode) => {
            let kind = if *mode == Mode::Expire { "%x:" } else { "%t:" };
            tags.iter().map(|tag| [kind, scope, ":", tag].concat().into_bytes()).collect()
        }
        _ => vec![["%n:", namespace].concat().into_bytes()],
    }
}

/// Whether a name is a hash of a longer one, which nobody can tell from another.
pub(super) fn is_hash_in(name: &[u8], namespace: &str) -> bool {
    let rest = name.strip_prefix(namespace.as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
    rest.is_some_and(is_hash) || name.first() == Some(&b'#')
}

/// The same, in whatever namespace it is.
pub(crate) fn is_hashed(name: &[u8]) -> bool {
    name.first() == Some(&b'#')
        || name.iter().position(|byte| *byte == b':').is_some_and(|end| is_hash(&name[end + 1..]))
}

fn is_hash(text: &[u8]) -> bool {
    text.first() == Some(&b'#') && text.len() == 33
}
