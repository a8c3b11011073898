//! What others tell of, and the sets on the disk alone that a pattern may mean: all their lines have to be read.
//!
//! That takes longer than anybody should wait for the lock, so that it is done in pieces. Nothing on the disk goes to the
//! storage meanwhile: it would arrive after what the other process removed.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Glob, Message, Storage};

use super::hashed::is_hash_in;
use super::shared::Shared;
use super::slot::Slot;
use super::state::State;

/// Sets on the disk that are to be looked at: those up to a number, because later ones are newer than what was told.
#[derive(Debug)]
pub(super) struct Sweep {
    /// As it is escaped in names.
    namespace: String,
    /// None of one that speaks another language of patterns, and may mean anything.
    globs: Option<Vec<Glob>>,
    from: u64,
    until: u64,
}

impl Sweep {
    pub(super) fn new(namespace: String, patterns: &[String], until: u64) -> Self {
        let globs = patterns.iter().map(|pattern| Glob::new(pattern));
        Sweep { namespace, globs: globs.collect::<Result<_, _>>().ok(), from: 0, until }
    }

    pub(super) fn is_meant(&self, name: &[u8]) -> bool {
        let matches = |text: &str| {
            self.globs.as_ref().is_none_or(|globs| globs.iter().any(|glob| glob.matches(text)))
        };
        let text = name.strip_prefix(self.namespace.as_bytes());
        let text = text.and_then(|rest| std::str::from_utf8(rest.strip_prefix(b":")?).ok());
        text.is_some_and(matches) || is_hash_in(name, &self.namespace)
    }
}

impl<S: Storage> Shared<S> {
    /// Another process has told something, by the bus of this number.
    pub(super) fn hear(self: &Arc<Self>, bus: usize, message: &Message) {
        let (mut has_work, mut sweep) = self.state().hear(bus, message, self.now());
        while let Some(swept) = &mut sweep {
            // One look at a time: others get the lock in between.
            let mut state = self.state();
            let (has_more, is_loose) = state.sweep(swept);
            if is_loose {
                state.tell_again(bus, message);
            }
            if !has_more {
                state.sweeps -= 1;
                (sweep, has_work) = (None, true);
            }
        }
        if has_work {
            self.freed.ring();
            self.after();
        }
    }
}

impl State {
    /// Takes back what is meant among the next ones; whether there are more, and whether something older is on its way.
    fn sweep(&mut self, sweep: &mut Sweep) -> (bool, bool) {
        let slots = self.spilled.from(sweep.from).take_while(|slot| slot.version <= sweep.until);
        let mut slots: Vec<Slot> = slots.take(AT_ONCE + 1).copied().collect();
        let next = (slots.len() > AT_ONCE).then(|| slots.pop()).flatten();
        let names = slots.iter().filter_map(|slot| self.name_of(slot));
        let meant: Vec<Bytes> = names.filter(|name| sweep.is_meant(name)).collect();
        let is_loose = self.take_back_all(&meant);
        sweep.from = next.map_or(sweep.until, |next| next.version);
        (next.is_some(), is_loose)
    }
}

/// So many lines are read while the lock is held.
const AT_ONCE: usize = 1_024;

#[cfg(test)]
mod tests;
