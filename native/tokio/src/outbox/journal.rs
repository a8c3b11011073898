//! A log beside the queue: changes as lines, and lines as changes.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::Clock;

use super::change::{Change, Kept, NEVER, Replacement};
use crate::log::{Log, Logged};

/// The log, if there is one, and the time by which what it keeps ends.
pub(crate) struct Journal {
    pub(crate) log: Option<Log>,
    /// It could not be written, and is empty until nothing waits.
    pub(crate) has_failed: bool,
    /// More lines follow before any of them is acknowledged.
    pub(crate) is_gathering: bool,
    clock: Arc<dyn Clock + Send + Sync>,
}

impl Journal {
    pub(crate) fn new(log: Option<Log>, clock: Arc<dyn Clock + Send + Sync>) -> Self {
        Journal { log, has_failed: false, is_gathering: false, clock }
    }

    /// The log, if it is written.
    pub(crate) fn works(&self) -> Option<&Log> {
        self.log.as_ref().filter(|_| !self.has_failed)
    }

    /// Whether the next process would find something to do: what goes past the queue has to be newer there, too.
    pub(crate) fn is_open(&self) -> bool {
        self.log.as_ref().is_some_and(Log::is_open)
    }

    pub(crate) fn sync_batch(&mut self) {
        self.log.iter_mut().for_each(Log::sync_batch);
    }

    /// Whether everything that waits is on the disk.
    pub(crate) fn sync_all(&mut self) -> bool {
        !self.has_failed && self.log.as_mut().is_some_and(|log| log.sync().is_ok())
    }

    /// What is left of it, to be dropped where nothing is locked.
    pub(crate) fn close(&mut self) -> Option<Log> {
        self.sync_all();
        self.log.take()
    }

    pub(crate) fn logged(&self, name: &[u8], change: &Change) -> Logged {
        let name = Bytes::copy_from_slice(name);
        match change {
            Change::Put(kept) => {
                let (mono, wall) = (self.clock.mono_ms(), self.clock.wall_ms());
                let life = (kept.deadline != NEVER).then(|| kept.deadline.saturating_sub(mono));
                let (record, tokens) = (kept.record.clone(), kept.tokens.to_vec());
                Logged::Put { name, record, written: wall, life, tokens }
            }
            Change::Gone => Logged::Gone { name },
            Change::Token(Replacement { token, known }) => {
                Logged::Token { name, token: *token, known: *known }
            }
            Change::TakeBack(record) => Logged::TakeBack { name, record: record.clone() },
            Change::Nothing => Logged::Nothing { name },
        }
    }

    /// What a process before left to wait: the name and the change. A life goes on where it was, and no
    /// clock makes it longer.
    pub(crate) fn change(&self, logged: Logged) -> Option<(Bytes, Change)> {
        Some(match logged {
            Logged::Put { name, record, written, life, tokens } => {
                let age = self.clock.wall_ms().saturating_sub(written);
                let left = life.map(|life| life.saturating_sub(age));
                let deadline = left.map_or(NEVER, |left| self.clock.mono_ms().saturating_add(left));
                let (tokens, lease, is_given) = (tokens.into(), None, false);
                (name, Change::Put(Kept { record, deadline, tokens, lease, is_given }))
            }
            Logged::Gone { name } => (name, Change::Gone),
            Logged::Token { name, token, known } => {
                (name, Change::Token(Replacement { token, known }))
            }
            Logged::TakeBack { name, record } => (name, Change::TakeBack(record)),
            Logged::Nothing { name } => (name, Change::Nothing),
            Logged::Message { .. } | Logged::Accepted { .. } => return None,
        })
    }
}
