//! How what waits goes to the storage: a batch after the other, one at a time.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use cachefn_core::{Error, Storage};

use super::change::Change;
use super::options::Mode;
use super::queue::Entry;
use super::sending::{Batch, Outcome, Sent, send};
use super::shared::Shared;
use super::state::{State, Stuck};
use super::told::OutboxEvent;

/// What one round did.
#[derive(Debug)]
pub(crate) enum Drained {
    /// There was nothing to do, or it is under way elsewhere.
    Nothing,
    Some,
    Failed(Error),
}

impl<S: Storage> Shared<S> {
    /// Writes one batch, and sends the messages that follow what is written.
    pub(crate) async fn drain(self: &Arc<Self>) -> Drained {
        let _turn = self.turn().await;
        let mut under_way = UnderWay { shared: self, batch: Batch::default() };
        {
            let mut state = self.state();
            state.journal.sync_batch();
            under_way.batch = state.take(self.now());
        }
        let drained = if under_way.batch.changes.is_empty() {
            Drained::Nothing
        } else {
            let outcome = send(self, &under_way.batch, self.now()).await;
            let (overtaken, dead) = (outcome.overtaken.clone(), outcome.dead.clone());
            let drained = under_way.settle(outcome);
            self.distrust(&overtaken);
            self.disown(&dead);
            drained
        };
        drop(under_way);
        let told = self.publish_ready().await;
        self.tell();
        match (drained, told) {
            (Drained::Nothing, told) => told,
            (drained, _) => drained,
        }
    }

    /// Waits until nobody else drains.
    async fn turn(self: &Arc<Self>) -> Turn<'_, S> {
        let mut seat = self.turns.seat();
        poll_fn(|context| {
            seat.take(context);
            let mut state = self.state();
            if state.is_draining {
                return Poll::Pending;
            }
            state.is_draining = true;
            Poll::Ready(Turn { shared: self })
        })
        .await
    }
}

/// The right to drain.
struct Turn<'s, S> {
    shared: &'s Arc<Shared<S>>,
}

impl<S> Drop for Turn<'_, S> {
    fn drop(&mut self) {
        self.shared.state().is_draining = false;
        self.shared.turns.ring();
    }
}

/// A batch that the storage has not answered. Dropped before that, it waits as before.
struct UnderWay<'s, S> {
    shared: &'s Arc<Shared<S>>,
    batch: Batch,
}

impl<S: Storage> UnderWay<'_, S> {
    fn settle(&mut self, outcome: Outcome) -> Drained {
        let shared = self.shared;
        let mut state = shared.state();
        let batch = std::mem::take(&mut self.batch);
        for sent in &batch.changes {
            state.queue.end(&sent.name);
        }
        let drained = state.settle(&batch, outcome, shared.now());
        drop(state);
        shared.freed.ring();
        drained
    }
}

impl<S> Drop for UnderWay<'_, S> {
    fn drop(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if !batch.changes.is_empty() {
            let mut state = self.shared.state();
            for sent in &batch.changes {
                state.queue.end(&sent.name);
            }
            drop(state);
            self.shared.freed.ring();
            self.shared.bell.ring();
        }
    }
}

impl State {
    /// The next changes to be written, in their order. Whoever takes them says when they are over.
    fn take(&mut self, now: u64) -> Batch {
        while self.bury(now) {}
        let first = self.queue.in_order().next().map(|(_, entry)| entry.version);
        // Who fails alone, again and again, may be what the storage does not like: the next is tried.
        let is_suspect =
            |stuck: &Stuck| Some(stuck.version) == first && stuck.times.is_multiple_of(PATIENCE);
        let skipped = self.stuck.filter(is_suspect).map(|stuck| stuck.version);
        let free = self.queue.in_order().filter(|(name, _)| !self.queue.is_busy(name));
        let taken = free.filter(|(_, entry)| Some(entry.version) != skipped);
        let taken = taken.filter(|(_, entry)| !self.needs_token(entry, skipped)).take(self.batch);
        let sent = |(name, entry): (&Bytes, &Entry)| {
            let (name, change) = (name.clone(), entry.change.clone());
            Sent { name, version: entry.version, change }
        };
        let changes: Vec<Sent> = taken.map(sent).collect();
        let Some(skipped) = skipped.filter(|_| changes.is_empty()) else {
            changes.iter().for_each(|sent| self.queue.begin(&sent.name));
            return Batch { changes };
        };
        // There is no other.
        self.stuck = Some(Stuck { version: skipped, times: 1, proofs: 0 });
        self.take(now)
    }

    /// Whether a record is beside a token that is not there before it: which one the storage gets is decided then.
    fn needs_token(&self, entry: &Entry, skipped: Option<u64>) -> bool {
        let Change::Put(kept) = &entry.change else { return false };
        let is_late = |name: &Bytes| {
            let token = self.queue.get(name).map(|token| Some(token.version));
            token.is_some_and(|version| version == skipped || self.queue.is_busy(name))
        };
        self.queue.tokens() > 0 && kept.tokens.iter().any(is_late)
    }

    fn settle(&mut self, batch: &Batch, outcome: Outcome, now: u64) -> Drained {
        let Outcome { accepted, refused, tokens, failed, overtaken: _, dead: _ } = outcome;
        for (name, token) in tokens {
            self.known.insert(&name, token);
        }
        let goes_on = !accepted.is_empty() || !refused.is_empty();
        self.counts.accepted += accepted.len() as u64;
        for (name, version) in accepted {
            self.queue.remove_version(&name, version);
        }
        for (name, version, error) in refused {
            self.refuse(&name, version, error, now);
        }
        self.log_accepted();
        match failed {
            Some(error) => {
                self.note_failure(batch, &error, goes_on);
                Drained::Failed(error)
            }
            None => {
                self.note_success(batch, now);
                Drained::Some
            }
        }
    }

    fn note_failure(&mut self, batch: &Batch, error: &Error, goes_on: bool) {
        if !goes_on {
            self.fail(error);
        }
        self.batch = 1;
        self.counts.last_error = Some(error.clone());
        let [sent] = &batch.changes[..] else { return };
        let is_first =
            self.queue.in_order().next().is_some_and(|(_, entry)| entry.version == sent.version);
        match &mut self.stuck {
            Some(stuck) if stuck.version == sent.version => stuck.times += 1,
            // The other failed, too: it is the storage.
            Some(stuck) if !is_first => (stuck.times, stuck.proofs) = (stuck.times + 1, 0),
            _ => self.stuck = Some(Stuck { version: sent.version, times: 1, proofs: 0 }),
        }
    }

    fn note_success(&mut self, batch: &Batch, now: u64) {
        self.is_down = false;
        self.batch = (self.batch * 2).min(self.options.batch);
        // The storage took another, but not this one, and that more than once: it is not the storage.
        if let Some(mut stuck) = self.stuck.take() {
            let left = self.queue.in_order().find(|(_, entry)| entry.version == stuck.version);
            let name = left.map(|(name, _)| name.clone());
            let was_tried = batch.changes.iter().any(|sent| sent.version == stuck.version);
            if let Some(name) = name.filter(|_| !was_tried && stuck.times >= PATIENCE) {
                (stuck.times, stuck.proofs) = (PATIENCE - 1, stuck.proofs + 1);
                if stuck.proofs == PROOFS {
                    let error = self.counts.last_error.clone();
                    let error =
                        error.unwrap_or_else(|| Error::unavailable("set", "it failed alone"));
                    self.refuse(&name, stuck.version, error, now);
                } else {
                    (self.stuck, self.batch) = (Some(stuck), 1);
                }
            }
        }
        if self.queue.waiting() == 0 {
            self.batch = self.options.batch;
            self.promised.keep_for_a_while(now);
            if self.counts.last_error.take().is_some() {
                self.events.push(OutboxEvent::Caught);
            }
        }
    }

    /// Whether a batch is to be written without waiting for more.
    pub(crate) fn is_due(&self) -> bool {
        let has_removals = self.queue.waiting() > self.queue.puts();
        let is_full = self.queue.waiting() >= self.options.batch || self.is_full();
        self.options.mode == Mode::Through || is_full || has_removals
    }
}

/// So often a change fails alone before the next one is tried.
const PATIENCE: u32 = 3;
/// So often others are accepted in between before it is given up: a storage that fails now and then does not
/// do that by chance.
const PROOFS: u32 = 12;
