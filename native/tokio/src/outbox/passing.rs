//! A call that asks the storage itself, past the queue.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::Storage;

use super::change::Change;
use super::shared::Shared;
use super::state::State;

/// Names that a direct call concerns: nothing that is queued under them goes to the storage meanwhile.
/// Dropped before the call is over, the removals that it was to make wait in the queue.
pub(crate) struct Passing<'s, S: Storage> {
    shared: &'s Arc<Shared<S>>,
    names: Vec<(Bytes, Option<u64>)>,
    begun: u64,
}

impl<'s, S: Storage> Passing<'s, S> {
    /// Sets: reads see them when the storage has them. With the lock held that decided for the direct way.
    pub(crate) fn sets<'n>(
        shared: &'s Arc<Shared<S>>,
        state: &mut State,
        names: impl IntoIterator<Item = &'n [u8]>,
    ) -> Self {
        let names: Vec<_> =
            names.into_iter().map(|name| (Bytes::copy_from_slice(name), None)).collect();
        names.iter().for_each(|(name, _)| state.queue.begin(name));
        Passing { shared, names, begun: state.last }
    }

    /// Removals: reads see them at once, and they are not lost if the call is given up.
    pub(crate) fn removals(
        shared: &'s Arc<Shared<S>>,
        state: &mut State,
        changes: Vec<(&[u8], Change)>,
    ) -> Self {
        let mut names = Vec::with_capacity(changes.len());
        state.together(|state| {
            for (name, change) in changes {
                let version = state.number();
                // What the log has of this name may not come back when the process ends now.
                if state.journal.is_open() {
                    state.log_change(version, name, &change);
                }
                state.note_token(name, &change, version);
                state.unspill(name);
                state.queue.pass(name, change, version);
                names.push((Bytes::copy_from_slice(name), Some(version)));
            }
        });
        names.iter().for_each(|(name, _)| state.queue.begin(name));
        Passing { shared, names, begun: state.last }
    }

    /// The last number before the storage was asked.
    pub(crate) fn begun(&self) -> u64 {
        self.begun
    }

    /// The call is over and has changed what it should, or never will; with the lock held.
    pub(crate) fn end(mut self, state: &mut State) {
        for (name, version) in self.release(state) {
            version.and_then(|version| state.queue.remove_version(&name, version));
        }
        state.log_accepted();
    }

    /// The call failed: what it should remove waits; with the lock held.
    pub(crate) fn fail(mut self, state: &mut State) {
        let now = self.shared.now();
        self.keep(state, now);
    }

    /// What it should remove waits.
    fn keep(&mut self, state: &mut State, now: u64) {
        let names = self.release(state);
        state.together(|state| {
            for (name, version) in names {
                version.into_iter().for_each(|version| state.keep(&name, version, now));
            }
        });
    }

    fn release(&mut self, state: &mut State) -> Vec<(Bytes, Option<u64>)> {
        let names = std::mem::take(&mut self.names);
        let waits = names.iter().fold(false, |waits, (name, _)| state.queue.end(name) || waits);
        // The queue does not know what waits on the disk alone.
        if waits || state.is_stalled {
            self.shared.bell.ring();
        }
        self.shared.freed.ring();
        names
    }
}

impl<S: Storage> Drop for Passing<'_, S> {
    fn drop(&mut self) {
        if self.names.is_empty() {
            return;
        }
        let (shared, now) = (self.shared, self.shared.now());
        let mut state = shared.state();
        self.keep(&mut state, now);
        drop(state);
        shared.after();
    }
}
