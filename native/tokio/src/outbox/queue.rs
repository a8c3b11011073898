//! What waits for the storage, in the order in which it came: one change for each name.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use bytes::Bytes;

use super::change::{Change, NEVER};

/// Changes by name. It knows neither time nor storage.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    entries: BTreeMap<Bytes, Entry>,
    /// Names by the number at which they came.
    order: BTreeMap<u64, Bytes>,
    /// Numbers of sets, the oldest first: what leaves when there is no room.
    puts: BTreeSet<u64>,
    /// Sets by deadline.
    deaths: BTreeSet<(u64, u64)>,
    /// Numbers of the changes that are here: what a log has to keep.
    versions: BTreeSet<u64>,
    /// Names that a call to the storage concerns just now, and how many.
    busy: BTreeMap<Bytes, usize>,
    /// Numbers of the changes that a caller makes itself, and that wait only if that fails.
    passing: BTreeSet<u64>,
    weight: usize,
    tokens: usize,
}

/// A change and its turn.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) change: Change,
    /// The number of the first write of the name that waits: whoever writes again keeps the place.
    pub(crate) place: u64,
    /// The number of this change.
    pub(crate) version: u64,
}

impl Queue {
    /// The last write of a name wins. It has the place of the one before it, unless that is on its way, or a
    /// token that the new one is beside would come after it.
    pub(crate) fn insert(&mut self, name: &[u8], change: Change, version: u64) {
        self.insert_after(name, change, version, None);
    }

    /// The same of a name whose older change waited elsewhere, at this place.
    pub(crate) fn insert_after(
        &mut self,
        name: &[u8],
        change: Change,
        version: u64,
        older: Option<u64>,
    ) {
        let before = self.remove(name).map(|entry| entry.place).or(older);
        let keeps = before.filter(|_| !self.is_busy(name));
        let keeps = keeps.filter(|place| !self.has_token_after(&change, *place));
        let name = Bytes::copy_from_slice(name);
        self.put_at(name, Entry { change, place: keeps.unwrap_or(version), version });
    }

    fn has_token_after(&self, change: &Change, place: u64) -> bool {
        let Change::Put(kept) = change else { return false };
        let waits = |name: &Bytes| self.entries.get(name).is_some_and(|entry| entry.place > place);
        self.tokens > 0 && kept.tokens.iter().any(waits)
    }

    /// A change that a caller makes itself. Reads see it.
    pub(crate) fn pass(&mut self, name: &[u8], change: Change, version: u64) {
        self.insert(name, change, version);
        self.passing.insert(version);
    }

    fn put_at(&mut self, name: Bytes, entry: Entry) {
        self.weight += entry.change.weight(&name);
        if let Change::Put(kept) = &entry.change {
            self.puts.insert(entry.place);
            if kept.deadline != NEVER {
                self.deaths.insert((kept.deadline, entry.place));
            }
        }
        self.tokens += usize::from(matches!(entry.change, Change::Token(_)));
        self.versions.insert(entry.version);
        self.order.insert(entry.place, name.clone());
        self.entries.insert(name, entry);
    }

    pub(crate) fn remove(&mut self, name: &[u8]) -> Option<Entry> {
        let (name, entry) = self.entries.remove_entry(name)?;
        self.weight -= entry.change.weight(&name);
        self.order.remove(&entry.place);
        self.puts.remove(&entry.place);
        self.versions.remove(&entry.version);
        self.passing.remove(&entry.version);
        if let Change::Put(kept) = &entry.change {
            self.deaths.remove(&(kept.deadline, entry.place));
        }
        self.tokens -= usize::from(matches!(entry.change, Change::Token(_)));
        Some(entry)
    }

    /// Removes this very change.
    pub(crate) fn remove_version(&mut self, name: &[u8], version: u64) -> Option<Entry> {
        let is_this = self.entries.get(name).is_some_and(|entry| entry.version == version);
        if is_this { self.remove(name) } else { None }
    }

    /// Puts a record into the place of this very one, which is as long.
    pub(crate) fn exchange(&mut self, name: &[u8], version: u64, record: Bytes) {
        let entry = self.entries.get_mut(name).filter(|entry| entry.version == version);
        if let Some(Entry { change: Change::Put(kept), .. }) = entry {
            kept.record = record;
        }
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// In the order of their places.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (&Bytes, &Entry)> {
        self.order.values().filter_map(|name| self.entries.get_key_value(name))
    }

    /// Names from `from` on, in the order of their bytes.
    pub(crate) fn from<'q>(
        &'q self,
        from: &'q [u8],
    ) -> impl Iterator<Item = (&'q Bytes, &'q Entry)> {
        self.entries.range::<[u8], _>((Bound::Included(from), Bound::Unbounded))
    }

    /// The set that came first, unless it is on its way.
    pub(crate) fn oldest_put(&self) -> Option<Bytes> {
        let mut names = self.puts.iter().filter_map(|place| self.order.get(place));
        names.find(|name| !self.is_busy(name)).cloned()
    }

    /// Sets that nobody needs any more, the first of them first, unless they are on their way.
    pub(crate) fn dead(&self, now: u64) -> Vec<Bytes> {
        let dead = self.deaths.range(..=(now, u64::MAX));
        let names = dead.filter_map(|(_, place)| self.order.get(place));
        names.filter(|name| !self.is_busy(name)).take(AT_ONCE).cloned().collect()
    }

    /// The place of the first that waits.
    pub(crate) fn first(&self) -> Option<u64> {
        self.order.keys().next().copied()
    }

    /// The least number among the changes that wait.
    pub(crate) fn least_version(&self) -> Option<u64> {
        self.versions.iter().next().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many wait for somebody to write them.
    pub(crate) fn waiting(&self) -> usize {
        self.entries.len() - self.passing.len()
    }

    pub(crate) fn puts(&self) -> usize {
        self.puts.len()
    }

    /// How many tokens wait.
    pub(crate) fn tokens(&self) -> usize {
        self.tokens
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }

    /// A call that concerns this name begins.
    pub(crate) fn begin(&mut self, name: &[u8]) {
        *self.busy.entry(Bytes::copy_from_slice(name)).or_default() += 1;
    }

    /// A call that concerned this name is over; whether something waits for that.
    pub(crate) fn end(&mut self, name: &[u8]) -> bool {
        if let Some(calls) = self.busy.get_mut(name) {
            *calls -= 1;
            if *calls == 0 {
                self.busy.remove(name);
            }
        }
        self.entries.contains_key(name)
    }

    pub(crate) fn is_busy(&self, name: &[u8]) -> bool {
        self.busy.contains_key(name)
    }
}

/// So many are looked for at a time.
const AT_ONCE: usize = 256;

#[cfg(test)]
mod tests {
    use super::super::change::Kept;
    use super::*;

    fn put(deadline: u64) -> Change {
        Change::Put(Kept {
            record: Bytes::from_static(b"r"),
            deadline,
            tokens: Vec::new(),
            lease: None,
            is_given: false,
        })
    }

    fn order(queue: &Queue) -> Vec<&[u8]> {
        queue.in_order().map(|(name, _)| &name[..]).collect()
    }

    #[test]
    fn h_36_the_last_write_of_a_name_wins_and_keeps_the_place_of_the_first() {
        let mut queue = Queue::default();
        for (version, name) in (1..).zip([b"a", b"b", b"a"]) {
            queue.insert(name, put(version), version);
        }
        assert_eq!(order(&queue), [b"a", b"b"]);
        assert_eq!((queue.first(), queue.least_version()), (Some(1), Some(2)));
        assert!(
            matches!(&queue.get(b"a").unwrap().change, Change::Put(kept) if kept.deadline == 3)
        );
    }

    #[test]
    fn what_is_on_its_way_gives_its_place_to_nobody() {
        let mut queue = Queue::default();
        queue.insert(b"a", put(NEVER), 1);
        queue.insert(b"b", put(NEVER), 2);
        queue.begin(b"a");
        queue.insert(b"a", Change::Gone, 3);
        assert_eq!(order(&queue), [b"b", b"a"]);
        assert_eq!(queue.oldest_put().unwrap(), &b"b"[..]);
        assert!(queue.remove_version(b"a", 1).is_none());
        assert!(queue.end(b"a"));
    }

    #[test]
    fn the_weight_of_an_empty_queue_is_nothing() {
        let mut queue = Queue::default();
        for (version, name) in (1..).zip([b"a", b"b", b"a", b"c", b"b"]) {
            let change = if version % 2 == 0 { Change::Gone } else { put(version) };
            queue.insert(name, change, version);
        }
        assert_eq!(queue.dead(1).len() + queue.dead(5).len(), 2);
        for name in [b"a", b"b", b"c"] {
            queue.remove(name);
        }
        assert_eq!((queue.weight(), queue.puts(), queue.first()), (0, 0, None));
        assert!(queue.dead(9).is_empty() && queue.least_version().is_none());
    }
}
