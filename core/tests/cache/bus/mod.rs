//! Caches that share a storage and a bus: what they tell, and what they do when they are told.

mod agreeing;
mod hearing;
mod keys;
mod losing;
mod named;
mod overtaking;
mod readying;
mod telling;
mod unsent;

use std::sync::{Arc, Mutex};

use cachefn_conformance::{Connection, LocalBus};
use cachefn_core::{
    Builder, Bus, Cache, EntryOptions, Error, Hearing, Invalidation, ManualClock, Message, Notice,
};

use crate::support::*;

/// A cache of the storage that is connected to others.
fn joined(store: &Store, bus: &LocalBus) -> Cache<u32, u32> {
    joined_at(store, bus, &clock()).build().unwrap()
}

fn joined_at(store: &Store, bus: &LocalBus, clock: &ManualClock) -> Builder<Cache<u32, u32>> {
    over(store, clock).bus(bus.connect())
}

/// So many of them.
fn many(number: usize, store: &Store, bus: &LocalBus) -> Vec<Cache<u32, u32>> {
    (0..number).map(|_| joined(store, bus)).collect()
}

fn tagged(tag: &str) -> EntryOptions {
    EntryOptions::new().tag(tag)
}

/// Hears what passes on a bus.
struct Ear {
    heard: Arc<Mutex<Vec<Message>>>,
    connection: Connection,
    _hearing: Hearing,
}

impl Ear {
    fn on(bus: &LocalBus) -> Self {
        let (heard, connection) = (Arc::new(Mutex::new(Vec::new())), bus.connect());
        let told = heard.clone();
        let hearing = connection.subscribe(Arc::new(move |notice| {
            if let Notice::Message(message) = notice {
                told.lock().unwrap().push(message);
            }
        }));
        Ear { heard, connection, _hearing: hearing }
    }

    /// What was told since the last look.
    fn take(&self) -> Vec<Invalidation> {
        self.messages().into_iter().map(|message| message.what).collect()
    }

    fn messages(&self) -> Vec<Message> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    /// Says something in the name of another cache.
    fn say(&self, namespace: &str, what: Invalidation) {
        let said: Result<(), Error> =
            finish(self.connection.publish(&Message::new(namespace, 0, what)));
        said.unwrap();
    }
}

fn keys(texts: &[&str]) -> Invalidation {
    Invalidation::Keys(owned(texts))
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}
