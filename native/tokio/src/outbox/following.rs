//! A bus whose messages follow what waits for the storage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

use cachefn_core::{BoxFuture, Bus, Error, Hear, Hearing, Invalidation, Message, Notice, Storage};

use super::cells::Name;
use super::drain::Drained;
use super::hashed::is_hash_in;
use super::known::draw;
use super::shared::{Shared, closed};
use super::stage::Stage;
use super::state::{State, Telling};
use super::telling::{scope, unescaped};

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
        shared.state().land(number);
        shared.after();
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
                if waits && state.stage == Stage::Ended {
                    // Nobody would tell it: its cache keeps it.
                    return Err(closed("publish"));
                }
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

    fn follows(&self) -> bool {
        true
    }

    fn subscribe(&self, hear: Hear) -> Hearing {
        let mut hearers = self.shared.hearers.lock();
        hearers.retain(|hearer| hearer.strong_count() > 0);
        hearers.push(Arc::downgrade(&hear));
        drop(hearers);
        let (shared, number) = (Arc::downgrade(&self.shared), self.number);
        self.bus().subscribe(Arc::new(move |notice| {
            if let Some(shared) = shared.upgrade() {
                match &notice {
                    Notice::Message(message) => shared.hear(number, message),
                    // Most likely the storage is gone as well: these are all that a write can begin with.
                    Notice::Lost => (),
                    // Whatever was replaced meanwhile, nobody tells.
                    _ => shared.state().unlearn(),
                }
            }
            hear(notice);
        }))
    }
}

impl<S: Storage> Shared<S> {
    /// Sends the messages before which nothing waits any more. What cannot be sent waits on.
    pub(crate) async fn publish_ready(self: &Arc<Self>) -> Drained {
        let (mut drained, mut held) = (Drained::Nothing, None);
        loop {
            let (place, number, message, bus, is_own) = {
                let mut state = self.state();
                let Some((place, Telling { bus: number, message })) = state.ready(&mut held) else {
                    return drained;
                };
                let buses = self.buses.lock();
                match buses.get(number).or_else(|| buses.first()) {
                    Some(bus) => (place, number, message, Arc::clone(bus), number < buses.len()),
                    None => {
                        state.strand(place, false);
                        drained = Drained::Some;
                        continue;
                    }
                }
            };
            if let Err(error) = bus.publish(&message).await {
                return Drained::Failed(error);
            }
            let mut state = self.state();
            if is_own {
                state.told(place);
            } else {
                state.strand(place, true);
                // Its own may have come meanwhile.
                if number < self.buses.lock().len() {
                    state.land(number);
                }
            }
            drained = Drained::Some;
        }
    }
}

impl<S> Shared<S> {
    /// What was written beside these tokens is dead in the storage: memory may not keep it either.
    pub(crate) fn distrust(&self, tokens: &[Name]) {
        let scope = |name: &Name| std::str::from_utf8(name).ok()?.split(':').nth(1).map(unescaped);
        let scopes: BTreeSet<String> = tokens.iter().filter_map(scope).collect();
        self.say_here(scopes.into_iter().map(|scope| (scope, Invalidation::Everything)));
    }

    /// Nobody finds these records: memory may not keep them either.
    pub(crate) fn disown(&self, names: &[Name]) {
        let meant = |name: &Name| {
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
    pub(super) fn follow(&mut self, telling: Telling) {
        self.together(|state| {
            let place = state.number();
            state.log_message(place, &telling);
            state.messages.insert(place, telling);
            if state.messages.len() > MOST_MESSAGES {
                state.merge_messages();
            }
        });
    }

    /// One message for everything takes the place of all of one sender and scope.
    fn merge_messages(&mut self) {
        let messages = std::mem::take(&mut self.messages);
        let mut merged = BTreeMap::new();
        for (place, Telling { bus, message }) in messages {
            let scope = scope(&message.namespace).to_string();
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
}

/// More messages than this do not wait one by one.
const MOST_MESSAGES: usize = 1_024;
