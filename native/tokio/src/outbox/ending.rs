//! How an outbox makes its writes last, and ends.

use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{Error, Storage};

use super::drain::Drained;
use super::rest::rest;
use super::shared::{Shared, closed};
use super::stage::Stage;
use super::state::State;
use crate::within::within;

impl<S: Storage> Shared<S> {
    /// Writes what waits now, and makes the storage keep it.
    pub(crate) async fn flush(self: &Arc<Self>) -> Result<(), Error> {
        self.must_be_open("flush")?;
        let written = self.write_out("flush").await;
        // What is in a log that is on the disk survives as well.
        let written = written.or_else(|error| self.state().sync_all().then_some(()).ok_or(error));
        let flushed = self.storage.flush().await;
        let is_logged =
            matches!(&flushed, Err(error) if error.is_retryable()) && self.state().is_down;
        written.and(if is_logged { Ok(()) } else { flushed })
    }

    /// Flushes and lets go of the storage; nothing is accepted any more.
    pub(crate) async fn close(self: &Arc<Self>) -> Result<(), Error> {
        if self.state().stage == Stage::Ended {
            return Err(closed("close"));
        }
        let written = self.write_to_the_end(Tries::Once("close")).await;
        self.finish();
        let closed = self.storage.close().await;
        written.and(closed)
    }

    /// Writes what waits, for as long as the deadline allows, and ends; what went wrong.
    pub(crate) async fn end(self: &Arc<Self>, deadline: Duration) -> Vec<Error> {
        if self.state().stage == Stage::Ended {
            return Vec::new();
        }
        let errors = match self.end_if_quiet() {
            true => Vec::new(),
            false => self.in_time(deadline, self.write_to_the_end(Tries::Again)).await,
        };
        self.finish();
        self.tell();
        errors
    }

    /// The same of one that goes on. What is left it writes at its end, or says there.
    pub(crate) async fn drain_within(self: &Arc<Self>, deadline: Duration) {
        if self.state().is_quiet() {
            return;
        }
        let errors = self.in_time(deadline, self.write_and_wait(Tries::Again)).await;
        if !errors.is_empty() {
            self.state().sync_all();
        }
    }

    /// Writes, for as long as the deadline allows; what went wrong.
    async fn in_time(
        &self,
        deadline: Duration,
        writing: impl Future<Output = Result<(), Error>>,
    ) -> Vec<Error> {
        // When the time is over, nobody waits for a timer of no time either.
        let written = match deadline.is_zero() {
            true => None,
            false => within(&*self.runtime, deadline, writing).await,
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

    /// Writes what waits, then refuses calls, and writes what came meanwhile: nothing that was taken is lost.
    async fn write_to_the_end(self: &Arc<Self>, tries: Tries) -> Result<(), Error> {
        self.write_and_wait(tries).await?;
        self.refuse_calls();
        while !self.end_if_quiet() {
            self.write_and_wait(tries).await?;
        }
        Ok(())
    }

    fn refuse_calls(&self) {
        let mut state = self.state();
        if state.stage == Stage::Open {
            state.stage = Stage::Ending;
        }
    }

    /// Ends if nothing is left to be written; whether it has ended, by this call or another.
    fn end_if_quiet(&self) -> bool {
        let mut state = self.state();
        if state.is_quiet() {
            state.stage = Stage::Ended;
        }
        state.stage == Stage::Ended
    }

    /// Writes what waits, and what the calls leave that are under way now.
    async fn write_and_wait(self: &Arc<Self>, tries: Tries) -> Result<(), Error> {
        let written = self.write(tries).await;
        match self.calls_end().await {
            true => self.write(tries).await,
            false => written,
        }
    }

    async fn write(self: &Arc<Self>, tries: Tries) -> Result<(), Error> {
        match tries {
            Tries::Once(operation) => self.write_out(operation).await,
            Tries::Again => self.write_again_and_again().await,
        }
    }

    /// Waits until no call concerns any of the names that one concerns now; whether there was one.
    async fn calls_end(&self) -> bool {
        let mut names = self.state().queue.busy_names();
        let was_busy = !names.is_empty();
        loop {
            let freed = self.freed.rings();
            {
                let state = self.state();
                names.retain(|name| state.queue.is_busy(name));
            }
            if names.is_empty() {
                return was_busy;
            }
            self.freed.after(freed).await;
        }
    }

    /// Writes what waits however often the storage fails: it may be coming back. What a log keeps is tried
    /// once, because the next start has it.
    async fn write_again_and_again(self: &Arc<Self>) -> Result<(), Error> {
        let options = self.state().options;
        let mut pause = options.first_pause.min(LONGEST_PAUSE);
        loop {
            let rings = self.bell.rings();
            let Err(error) = self.write_out("shutdown").await else { return Ok(()) };
            if self.state().sync_all() {
                return Err(error);
            }
            let rung = self.bell.after(rings);
            rest(&*self.runtime, self.health.as_ref(), Some(pause), rung).await;
            pause = (pause * 2).min(options.longest_pause).min(LONGEST_PAUSE);
        }
    }

    /// Writes all that waits at the time of the call.
    pub(super) async fn write_out(self: &Arc<Self>, operation: &'static str) -> Result<(), Error> {
        let until = {
            let mut state = self.state();
            state.aside.hurry();
            state.last
        };
        loop {
            let freed = self.freed.rings();
            if self.is_through(until) {
                return Ok(());
            }
            match self.drain().await {
                Drained::Some => (),
                Drained::Failed(error) => return Err(self.left(operation, &error.to_string())),
                Drained::Nothing if self.is_through(until) => return Ok(()),
                Drained::Nothing => match self.refused() {
                    Some(error) => return Err(self.left(operation, &error.to_string())),
                    None => self.freed.after(freed).await,
                },
            }
        }
    }

    /// What the storage said last of changes that it does not take while it takes others.
    fn refused(&self) -> Option<Error> {
        let mut state = self.state();
        state.tidy_aside();
        let unknown = || Error::unavailable("write", "the storage does not take what waits");
        let is_held_up = !state.aside.is_empty();
        is_held_up.then(|| state.counts.last_error.clone().unwrap_or_else(unknown))
    }

    /// Accepts nothing any more, and lets go of the log, so that the next process may open it.
    fn finish(&self) {
        let log = {
            let mut state = self.state();
            state.stage = Stage::Ended;
            state.leave_stranded();
            state.sync_all();
            state.journal.log.take()
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
        let (pending, has_calls) = {
            let state = self.state();
            (state.pending(), state.queue.has_calls())
        };
        let left = pending.entries;
        let (messages, name) = (pending.messages, &self.name);
        let calls = if has_calls { ", and calls are under way" } else { "" };
        let detail = format!(
            "{name}: {left} changes and {messages} messages wait for the storage{calls}: {why}"
        );
        Error::unavailable(operation, detail)
    }
}

/// Who ends does not sleep through the moment at which the storage is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What is done when the storage fails.
#[derive(Debug, Clone, Copy)]
enum Tries {
    /// This operation fails, too.
    Once(&'static str),
    /// It is tried again, unless a log keeps what waits.
    Again,
}

impl State {
    /// Whether nothing waits and no call is under way that may leave something.
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_idle() && !self.queue.has_calls()
    }
}
