//! What calls concern just now, and what is known to be in a cell, or to have been: it need not be looked for.

use super::{Entry, Name, Queue};

impl Queue {
    /// A call that concerns this name begins.
    pub(crate) fn begin(&mut self, name: &[u8]) {
        self.calls += 1;
        match self.find(name).and_then(|cell| self.cells.get_mut(cell)) {
            Some(entry) => entry.busy += 1,
            None => self.busy.entry(name.into()).or_default().count += 1,
        }
    }

    /// A call that concerned this name is over; whether something waits for that.
    pub(crate) fn end(&mut self, name: &[u8]) -> bool {
        self.calls = self.calls.saturating_sub(1);
        if let Some(entry) = self.find(name).and_then(|cell| self.cells.get_mut(cell)) {
            entry.end_call();
            return true;
        }
        if let Some(calls) = self.busy.get_mut(name) {
            calls.count -= 1;
            if calls.count == 0 {
                self.busy.remove(name);
            }
        }
        false
    }

    /// Whether a call to the storage concerns this name just now.
    pub(crate) fn is_busy(&self, name: &[u8]) -> bool {
        self.get(name).is_some_and(|entry| entry.busy > 0) || self.busy.contains_key(name)
    }

    /// Another process has told of these names, which has this number: what calls bring that have begun is older.
    pub(crate) fn tell_busy(&mut self, number: u64, is_meant: impl Fn(&[u8]) -> bool) {
        let meant = self.busy.iter_mut().filter(|(name, _)| is_meant(name));
        meant.for_each(|(_, calls)| calls.told = number);
    }

    /// Whether that was so of a name after this number. To be asked before the call is over.
    pub(crate) fn is_told_since(&self, name: &[u8], number: u64) -> bool {
        self.busy.get(name).is_some_and(|calls| calls.told > number)
    }

    /// Whether a call concerns any name just now.
    pub(crate) fn has_calls(&self) -> bool {
        self.calls > 0
    }

    /// Names that calls concern just now.
    pub(crate) fn busy_names(&self) -> Vec<Name> {
        let waiting = self.cells.iter().filter(|(_, entry)| entry.busy > 0);
        self.busy.keys().chain(waiting.map(|(_, entry)| &entry.name)).cloned().collect()
    }

    /// Whether one that does may bring something older than what waits.
    pub(crate) fn is_behind(&self, name: &[u8]) -> bool {
        self.get(name).map_or_else(|| self.busy.contains_key(name), |entry| entry.is_behind)
    }

    fn at(&mut self, cell: Option<u32>, version: u64) -> Option<&mut Entry> {
        self.cells.get_mut(cell?).filter(|entry| entry.version == version)
    }

    /// [`begin`](Self::begin) with this very change; whether it is there.
    pub(crate) fn begin_at(&mut self, cell: Option<u32>, version: u64) -> bool {
        let is_there = self.at(cell, version).map(|entry| entry.busy += 1).is_some();
        self.calls += usize::from(is_there);
        is_there
    }

    /// [`end`](Self::end) with this very change; whether it is there.
    pub(crate) fn end_at(&mut self, cell: Option<u32>, version: u64) -> bool {
        let is_there = self.at(cell, version).map(Entry::end_call).is_some();
        self.calls = self.calls.saturating_sub(usize::from(is_there));
        is_there
    }

    /// Removes this very change; whether it is there.
    pub(crate) fn remove_at(&mut self, cell: Option<u32>, version: u64) -> bool {
        let is_there = self.at(cell, version).is_some();
        is_there && cell.and_then(|cell| self.remove_cell(cell)).is_some()
    }
}
