//! Which message may go: one before which nothing waits any more that it may tell of.

use std::collections::BTreeMap;

use super::cells::Entry;
use super::change::Change;
use super::state::{State, Telling};
use super::telling::{scope, scope_of};

impl State {
    /// The first that may go. A removal that is refused while others are taken holds up the messages of its own
    /// scope alone, and so does a record that waits for its token.
    pub(crate) fn ready(&self) -> Option<(u64, Telling)> {
        let (place, telling) = self.messages.first_key_value()?;
        if self.first().is_none_or(|first| first > *place) {
            return Some((*place, telling.clone()));
        }
        if self.aside.is_empty() {
            return None;
        }
        let (held, first) = self.held();
        let waits =
            |scope: Option<String>, place: u64| held.get(&scope).is_some_and(|held| *held < place);
        let is_ready = |(place, telling): &(&u64, &Telling)| {
            !waits(None, **place)
                && !waits(Some(scope(&telling.message.namespace).to_string()), **place)
        };
        let ready = self.messages.range(..first).find(is_ready);
        ready.map(|(place, telling)| (*place, telling.clone()))
    }

    /// The first place of each scope among the changes that hold up no other scope, and that of the first other change.
    fn held(&self) -> (BTreeMap<Option<String>, u64>, u64) {
        let (mut held, disk) = (BTreeMap::new(), self.spilled.first());
        for (count, entry) in self.queue.in_order().enumerate() {
            if count == AT_ONCE || !self.is_held(entry) {
                return (held, entry.place.min(disk.unwrap_or(u64::MAX)));
            }
            held.entry(scope_of(&entry.name)).or_insert(entry.place);
        }
        (held, disk.unwrap_or(u64::MAX))
    }

    fn is_held(&self, entry: &Entry) -> bool {
        let is_known = |name: &[u8]| {
            self.queue.get(name).is_some_and(|token| self.aside.is_known(token.version))
        };
        self.aside.is_known(entry.version)
            || matches!(&entry.change, Change::Put(kept) if kept.tokens.iter().any(|name| is_known(name)))
    }
}

/// So many changes are looked at for a message.
const AT_ONCE: usize = 1_024;
