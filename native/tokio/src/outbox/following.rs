//! A bus whose messages follow what waits for the storage.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use cachefn_core::{
    BoxFuture, Bus, Error, Glob, Hear, Hearing, Invalidation, Message, Mode, Notice, Storage,
};

use super::change::Change;
use super::drain::Drained;
use super::known::{Known, draw};
use super::shared::Shared;
use super::state::{State, Telling};

/// The bus of an [`Outbox`](super::Outbox): see [`Outbox::bus`](super::Outbox::bus).
#[derive(Debug)]
pub struct FollowingBus<S> {
    shared: Arc<Shared<S>>,
    number: usize,
}

impl<S: Storage> FollowingBus<S> {
    pub(crate) fn new(shared: &Arc<Shared<S>>, bus: Arc<dyn Bus>) -> Self {
        let mut buses = shared.buses.lock();
        buses.push(bus);
        let number = buses.len() - 1;
        drop(buses);
        // Messages of the process before may wait for it.
        shared.bell.ring();
        FollowingBus { number, shared: Arc::clone(shared) }
    }

    fn bus(&self) -> Arc<dyn Bus> {
        Arc::clone(&self.shared.buses.lock()[self.number])
    }
}

impl<S: Storage> Bus for FollowingBus<S> {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let waits = {
                let mut state = self.shared.state();
                state.origins.insert(message.origin);
                let waits = state.waiting() > 0;
                if waits {
                    state.follow(Telling { bus: self.number, message: message.clone() });
                }
                waits
            };
            match waits {
                true => {
                    self.shared.after();
                    Ok(())
                }
                false => self.bus().publish(message).await,
            }
        })
    }

    fn subscribe(&self, hear: Hear) -> Hearing {
        let mut hearers = self.shared.hearers.lock();
        hearers.retain(|hearer| hearer.strong_count() > 0);
        hearers.push(Arc::downgrade(&hear));
        drop(hearers);
        let shared = Arc::downgrade(&self.shared);
        self.bus().subscribe(Arc::new(move |notice| {
            if let Some(shared) = shared.upgrade() {
                match &notice {
                    Notice::Message(message) => shared.state().hear(message),
                    // Most likely the storage is gone as well: these are all that a write can begin with.
                    Notice::Lost => (),
                    // Whatever was replaced meanwhile, nobody tells.
                    _ => shared.state().known = Known::default(),
                }
            }
            hear(notice);
        }))
    }
}

impl<S: Storage> Shared<S> {
    /// Sends the messages before which nothing waits any more. What cannot be sent waits on.
    pub(crate) async fn publish_ready(self: &Arc<Self>) -> Drained {
        let mut drained = Drained::Nothing;
        loop {
            let next = {
                let state = self.state();
                let first = state.messages.iter().next();
                let ready =
                    first.filter(|(place, _)| state.first().is_none_or(|first| first > **place));
                ready.map(|(place, telling)| (*place, telling.clone()))
            };
            let Some((place, Telling { bus, message })) = next else { return drained };
            let bus = self.buses.lock().get(bus).cloned();
            // Those of the process before wait until there is a bus.
            let Some(bus) = bus else { return drained };
            match bus.publish(&message).await {
                Ok(()) => self.state().told(place),
                Err(error) => return Drained::Failed(error),
            }
            drained = Drained::Some;
        }
    }
}

impl<S> Shared<S> {
    /// What was written beside these tokens is dead in the storage: memory may not keep it either.
    pub(crate) fn distrust(&self, tokens: &[Bytes]) {
        let scope = |name: &Bytes| std::str::from_utf8(name).ok()?.split(':').nth(1).map(unescaped);
        let scopes: BTreeSet<String> = tokens.iter().filter_map(scope).collect();
        self.say_here(scopes.into_iter().map(|scope| (scope, Invalidation::Everything)));
    }

    /// Nobody finds these records: memory may not keep them either.
    pub(crate) fn disown(&self, names: &[Bytes]) {
        let meant = |name: &Bytes| {
            let (namespace, text) = std::str::from_utf8(name).ok()?.split_once(':')?;
            let what = match is_hash_in(name, namespace) {
                true => Invalidation::Everything,
                false => Invalidation::Keys(vec![text.to_string()]),
            };
            Some((unescaped(namespace), what))
        };
        self.say_here(names.iter().filter_map(meant));
    }

    /// Tells the caches of this process alone.
    fn say_here(&self, said: impl Iterator<Item = (String, Invalidation)>) {
        let said: Vec<(String, Invalidation)> = said.collect();
        if said.is_empty() {
            return;
        }
        let hearers: Vec<Hear> = self.hearers.lock().iter().filter_map(Weak::upgrade).collect();
        for (namespace, what) in said {
            let message = Message::new(namespace, u128::from_le_bytes(draw().0), what);
            hearers.iter().for_each(|hear| hear(Notice::Message(message.clone())));
        }
    }
}

impl State {
    fn follow(&mut self, telling: Telling) {
        let place = self.number();
        self.log_message(place, &telling);
        self.messages.insert(place, telling);
        if self.messages.len() > MOST_MESSAGES {
            self.merge_messages();
        }
    }

    /// One message for everything takes the place of all of one sender and scope.
    fn merge_messages(&mut self) {
        let messages = std::mem::take(&mut self.messages);
        let mut merged = BTreeMap::new();
        for (place, Telling { bus, message }) in messages {
            let scope = message.namespace.split('/').next().unwrap_or_default().to_string();
            // The last place: it follows what any of them followed.
            merged.insert((bus, scope, message.origin), place);
        }
        for ((bus, scope, origin), place) in merged {
            let message = Message::new(scope, origin, Invalidation::Everything);
            let telling = Telling { bus, message };
            self.log_message(place, &telling);
            self.messages.insert(place, telling);
        }
    }

    /// Another process has changed entries, and the storage has accepted that: what waits here under these
    /// names is older. Tags and namespaces have tokens that see to it.
    fn hear(&mut self, message: &Message) {
        if self.origins.contains(&message.origin) {
            return;
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
                let version = self.number();
                for name in token_names(&own, what) {
                    self.promised.end(&name, version);
                }
                return;
            }
        };
        meant.iter().for_each(|name| self.take_back(name));
    }

    /// Names of sets that are meant; of those on the disk only hashes, unless all are asked for.
    fn puts_where(&self, is_meant: impl Fn(&[u8]) -> bool, all: bool) -> Vec<Bytes> {
        let puts = self.queue.in_order().filter(|(_, entry)| entry.change.is_put());
        let puts = puts.filter(|(name, _)| is_meant(name)).map(|(name, _)| name.clone());
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
fn is_hash_in(name: &[u8], namespace: &str) -> bool {
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

fn unescaped(namespace: &str) -> String {
    namespace.replace("%3A", ":").replace("%25", "%")
}

/// More messages than this do not wait one by one.
const MOST_MESSAGES: usize = 1_024;
