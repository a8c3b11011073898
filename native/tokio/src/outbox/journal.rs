//! A log beside the queue: changes as lines, and lines as changes.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Clock, Error};

use super::change::{Change, Kept, NEVER, Replacement};
use super::state::State;
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

/// A failure of the disk to keep what was written is told once, and what follows seems to work although something is
/// missing: such a log is lost at once.
impl State {
    /// Waits for the disk before a batch, where that was promised.
    pub(crate) fn sync_batch(&mut self) {
        self.sync(Log::sync_batch);
    }

    /// Whether everything that waits is on the disk.
    pub(crate) fn sync_all(&mut self) -> bool {
        self.sync(Log::sync)
    }

    fn sync(&mut self, sync: fn(&mut Log) -> Result<(), Error>) -> bool {
        let log = self.journal.log.as_mut().filter(|_| !self.journal.has_failed);
        match log.map(sync) {
            Some(Err(error)) => {
                self.lose_log(error);
                false
            }
            synced => synced.is_some(),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::File;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::sync::{Arc, Mutex};

    use cachefn_conformance::{Chaos, Faults, MapStorage};
    use cachefn_core::{Keep, Storage};

    use crate::{Durability, Log, Outbox, OutboxEvent, TokioRuntime};

    #[tokio::test]
    async fn h_30_a_disk_that_fails_to_sync_is_told_and_nothing_is_said_to_be_on_it_any_more() {
        for durability in [Durability::EachBatch, Durability::Never] {
            let folder = tempfile::tempdir().unwrap();
            let log = Log::builder(folder.path()).durability(durability).open().unwrap();
            let server = Chaos::new(MapStorage::new(), 7).with(Faults::down());
            let events = Arc::new(Mutex::new(Vec::new()));
            let heard = Arc::clone(&events);
            let outbox = Outbox::new(server, TokioRuntime::current().unwrap()).log(log);
            let outbox = outbox.listener(move |event| heard.lock().unwrap().push(event.clone()));
            let outbox = outbox.build().await.unwrap();
            outbox.set(b"n:a", b"waits"[..].into(), Keep::default()).await.unwrap();
            let exchange = |file| {
                let mut state = outbox.0.state();
                state.journal.log.as_mut().unwrap().exchange_file(file)
            };
            // What is no file cannot be synced. The system tells such a failure once, and then no more.
            let (broken, _other) = UnixStream::pair().unwrap();
            let whole = exchange(File::from(OwnedFd::from(broken)));
            assert!(outbox.flush().await.is_err(), "{durability:?}");
            exchange(whole);
            assert!(outbox.flush().await.is_err(), "{durability:?}");
            let is_told = |event: &OutboxEvent| matches!(event, OutboxEvent::LogFailed(_));
            assert_eq!(events.lock().unwrap().iter().filter(|event| is_told(event)).count(), 1);
        }
    }
}
