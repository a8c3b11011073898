//! Which message may go: one before which nothing waits any more that it may tell of.

use std::collections::BTreeMap;

use super::cells::Entry;
use super::change::Change;
use super::state::{State, Telling};
use super::telling::{scope, scope_of};

/// What holds up the messages of one scope alone, as far as it was seen once: what is noted later has a later place, and
/// what takes the place of what is here is of the same scope.
pub(crate) struct Held {
    /// The first place of each scope.
    scopes: BTreeMap<String, u64>,
    /// The same of those whose scope cannot be told, which hold up all.
    unknown: Option<u64>,
    /// The first place after which a message is not looked for.
    first: u64,
}

impl State {
    /// The first that may go. A removal that is refused while others are taken holds up the messages of its own
    /// scope alone, and so does a record that waits for its token.
    pub(crate) fn ready(&self, held: &mut Option<Held>) -> Option<(u64, Telling)> {
        let (place, telling) = self.messages.first_key_value()?;
        if self.first().is_none_or(|first| first > *place) {
            return Some((*place, telling.clone()));
        }
        if self.aside.is_empty() {
            return None;
        }
        let held = held.get_or_insert_with(|| self.held());
        let ready = self.messages.range(..held.first).find(|(place, telling)| {
            let own = held.scopes.get(scope(&telling.message.namespace)).copied();
            own.into_iter().chain(held.unknown).all(|first| first > **place)
        });
        ready.map(|(place, telling)| (*place, telling.clone()))
    }

    /// The changes that hold up no other scope, up to the first other change.
    fn held(&self) -> Held {
        let (mut scopes, mut unknown) = (BTreeMap::new(), None);
        let mut first = self.spilled.first().unwrap_or(u64::MAX).min(self.last + 1);
        for entry in self.queue.in_order() {
            if !self.is_held(entry) {
                first = first.min(entry.place);
                break;
            }
            match scope_of(&entry.name) {
                Some(scope) if scopes.contains_key(&*scope) => (),
                Some(scope) => drop(scopes.insert(scope.into_owned(), entry.place)),
                None => drop(unknown.get_or_insert(entry.place)),
            }
        }
        Held { scopes, unknown, first }
    }

    fn is_held(&self, entry: &Entry) -> bool {
        let is_known = |name: &[u8]| {
            self.queue.get(name).is_some_and(|token| self.aside.is_known(token.version))
        };
        self.aside.is_known(entry.version)
            || matches!(&entry.change, Change::Put(kept) if kept.tokens.iter().any(|name| is_known(name)))
    }
}
