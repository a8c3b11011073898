//! What was written and is not in the file yet.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;

/// Changes by name, the last one of each.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    changes: BTreeMap<Box<[u8]>, Change>,
    weight: usize,
}

/// What a write made of a name.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Put(Kept),
    Gone,
}

/// A record, and the wall clock's time, in ms since 1970, from which on nobody needs it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) record: Bytes,
    pub(crate) deadline: u64,
}

impl Pending {
    pub(crate) fn insert(&mut self, name: &[u8], change: Change) {
        self.weight += weight(name, &change);
        if let Some(old) = self.changes.insert(name.into(), change) {
            self.weight -= weight(name, &old);
        }
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<&Change> {
        self.changes.get(name)
    }

    /// Names after or from `start`, in their order.
    pub(crate) fn range<'p>(
        &'p self,
        start: Bound<&'p [u8]>,
    ) -> impl Iterator<Item = (&'p [u8], &'p Change)> {
        let range = self.changes.range::<[u8], _>((start, Bound::Unbounded));
        range.map(|(name, change)| (&**name, change))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &Change)> {
        self.changes.iter().map(|(name, change)| (&**name, change))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }
}

fn weight(name: &[u8], change: &Change) -> usize {
    let record = match change {
        Change::Put(kept) => kept.record.len(),
        Change::Gone => 0,
    };
    name.len() + record + OVERHEAD
}

/// What a place in the tree takes beside name and record.
const OVERHEAD: usize = 96;
