//! What an operation leaves to do after the lock is released: drop values, tell listeners.

use alloc::vec::Vec;

use crate::cause::Cause;
use crate::event::{Event, EventKind};

/// Collects under the lock; user code (drops, listeners) runs when the owner lets go of it.
#[derive(Debug)]
pub(super) struct Outcome<K, V> {
    /// Most operations remove one entry at most; more than one goes to `others`.
    first: Option<(Option<K>, V)>,
    others: Vec<(Option<K>, V)>,
    /// Copies of keys that nobody wants.
    #[cfg(feature = "std")]
    keys: Vec<K>,
    /// `None` when nobody listens.
    events: Option<Vec<Event<K>>>,
}

impl<K, V> Outcome<K, V> {
    pub(super) fn new(listening: bool) -> Self {
        Outcome {
            first: None,
            others: Vec::new(),
            #[cfg(feature = "std")]
            keys: Vec::new(),
            events: listening.then(Vec::new),
        }
    }

    pub(super) fn tell(&mut self, event: impl FnOnce() -> Event<K>) {
        if let Some(events) = &mut self.events {
            events.push(event());
        }
    }

    #[cfg(feature = "std")]
    pub(super) fn is_listening(&self) -> bool {
        self.events.is_some()
    }

    /// An entry has left.
    pub(super) fn left(&mut self, key: K, value: V, cause: Cause) {
        match &mut self.events {
            Some(events) => {
                events.push(Event::because(EventKind::of_departure(cause), key, cause));
                self.keep(None, value);
            }
            None => self.keep(Some(key), value),
        }
    }

    /// A value was replaced, or refused; its key is not needed either, if there is one.
    pub(super) fn replaced(&mut self, key: Option<K>, value: V) {
        self.keep(key, value);
    }

    /// A copy of a key was not needed.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) fn unneeded(&mut self, key: Option<K>) {
        self.keys.extend(key);
    }

    #[inline]
    pub(super) fn has_events(&self) -> bool {
        self.events.as_ref().is_some_and(|events| !events.is_empty())
    }

    pub(super) fn take_events(&mut self) -> Vec<Event<K>> {
        self.events.as_mut().map(core::mem::take).unwrap_or_default()
    }

    fn keep(&mut self, key: Option<K>, value: V) {
        if self.first.is_none() {
            self.first = Some((key, value));
        } else {
            self.others.push((key, value));
        }
    }
}
