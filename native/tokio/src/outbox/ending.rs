//! How an outbox makes its writes last, and ends.

use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{Error, Storage};

use super::drain::Drained;
use super::rest::rest;
use super::shared::Shared;
use crate::within::within;

impl<S: Storage> Shared<S> {
    /// Writes what waits now, and makes the storage keep it.
    pub(crate) async fn flush(self: &Arc<Self>) -> Result<(), Error> {
        self.must_be_open("flush")?;
        let written = self.write_out("flush").await;
        // What is in a log that is on the disk survives as well.
        let written =
            written.or_else(|error| self.state().journal.sync_all().then_some(()).ok_or(error));
        let flushed = self.storage.flush().await;
        let is_logged =
            matches!(&flushed, Err(error) if error.is_retryable()) && self.state().is_down;
        written.and(if is_logged { Ok(()) } else { flushed })
    }

    /// Flushes and lets go of the storage; nothing is accepted any more.
    pub(crate) async fn close(self: &Arc<Self>) -> Result<(), Error> {
        self.must_be_open("close")?;
        let written = self.write_out("close").await;
        self.finish();
        let closed = self.storage.close().await;
        written.and(closed)
    }

    /// Writes what waits, for as long as the deadline allows, and ends; what went wrong.
    pub(crate) async fn end(self: &Arc<Self>, deadline: Duration) -> Vec<Error> {
        if self.state().is_closed {
            return Vec::new();
        }
        let errors = self.write_within(deadline).await;
        self.finish();
        self.tell();
        errors
    }

    /// The same of one that goes on: what is in a log is not lost, whatever went wrong.
    pub(crate) async fn drain_within(self: &Arc<Self>, deadline: Duration) -> Vec<Error> {
        let errors = self.write_within(deadline).await;
        if errors.is_empty() || self.state().journal.sync_all() { Vec::new() } else { errors }
    }

    /// Writes what waits, for as long as the deadline allows; what went wrong.
    pub(crate) async fn write_within(self: &Arc<Self>, deadline: Duration) -> Vec<Error> {
        if self.state().is_idle() {
            return Vec::new();
        }
        // When the time is over, nobody waits for a timer of no time either.
        let written = match deadline.is_zero() {
            true => None,
            false => within(&*self.runtime, deadline, self.write_again_and_again()).await,
        };
        match written {
            Some(written) => written.err().into_iter().collect(),
            None => {
                let failed = self.state().counts.last_error.clone();
                let failed = failed.map(|error| format!("; it failed last with: {error}"));
                let why = format!("the deadline has passed{}", failed.unwrap_or_default());
                vec![self.left("shutdown", &why)]
            }
        }
    }

    /// Writes what waits however often the storage fails: it may be coming back. What a log keeps is tried
    /// once, because the next start has it.
    async fn write_again_and_again(self: &Arc<Self>) -> Result<(), Error> {
        let options = self.state().options;
        let mut pause = options.first_pause;
        loop {
            let rings = self.bell.rings();
            let Err(error) = self.write_out("shutdown").await else { return Ok(()) };
            if self.state().journal.sync_all() {
                return Err(error);
            }
            let rung = self.bell.after(rings);
            rest(&*self.runtime, self.health.as_ref(), Some(pause), rung).await;
            pause = (pause * 2).min(options.longest_pause);
        }
    }

    /// Writes all that waits at the time of the call.
    async fn write_out(self: &Arc<Self>, operation: &'static str) -> Result<(), Error> {
        let until = self.state().last;
        loop {
            let freed = self.freed.rings();
            if self.is_through(until) {
                return Ok(());
            }
            match self.drain().await {
                Drained::Some => (),
                Drained::Failed(error) => return Err(self.left(operation, &error.to_string())),
                Drained::Nothing if self.is_through(until) => return Ok(()),
                Drained::Nothing => self.freed.after(freed).await,
            }
        }
    }

    /// Accepts nothing any more, and lets go of the log, so that the next process may open it.
    fn finish(&self) {
        let log = {
            let mut state = self.state();
            state.is_closed = true;
            state.leave_stranded();
            state.journal.close()
        };
        drop(log);
        self.bell.ring();
    }

    fn is_through(&self, until: u64) -> bool {
        let state = self.state();
        let message = state.messages.keys().next();
        state.first().is_none_or(|first| first > until)
            && message.is_none_or(|first| *first > until)
    }

    fn left(&self, operation: &'static str, why: &str) -> Error {
        let pending = self.state().pending();
        let left = pending.entries;
        let (messages, name) = (pending.messages, &self.name);
        let detail =
            format!("{name}: {left} changes and {messages} messages wait for the storage: {why}");
        Error::unavailable(operation, detail)
    }
}
