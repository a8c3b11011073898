//! How what waits goes to the storage: a batch after the other, one at a time.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use cachefn_core::{Error, Storage};

use super::batch::{Batch, Outcome, Sent};
use super::options::Mode;
use super::sending::send;
use super::shared::Shared;
use super::state::{State, Stuck};
use super::taking::PATIENCE;
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
            state.sync_batch();
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
        end(&mut state, &batch);
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
            end(&mut state, &batch);
            drop(state);
            self.shared.freed.ring();
            self.shared.bell.ring();
        }
    }
}

/// The call that concerned all of these is over.
fn end(state: &mut State, batch: &Batch) {
    for sent in &batch.changes {
        if !state.queue.end_at(sent.cell, sent.version) {
            state.queue.end(&sent.name);
        }
    }
}

impl State {
    fn settle(&mut self, batch: &Batch, outcome: Outcome, now: u64) -> Drained {
        let Outcome { accepted, nothing, refused, tokens, failed, .. } = outcome;
        for (name, token) in tokens {
            self.renew(&name, token);
            self.befores.remove(&name[..]);
        }
        let (before, goes_on) = (self.aside.accepted(), !accepted.is_empty());
        self.aside.accept(accepted.len() as u64);
        self.counts.accepted += (accepted.len() + nothing.len()) as u64;
        let done = accepted.into_iter().chain(nothing);
        for sent in done.filter_map(|at| batch.changes.get(at as usize)) {
            self.settle_accepted(sent, now);
        }
        let error = failed.clone().or_else(|| refused.first().map(|refusal| refusal.error.clone()));
        let is_doubtful = self.together(|state| {
            let settled = refused.into_iter().map(|one| state.settle_refused(one, before, now));
            settled.fold(false, |is_doubtful, is_known| is_doubtful | !is_known)
        });
        if batch.is_again {
            self.settle_again(batch, error.as_ref(), now);
        }
        self.log_accepted();
        // A storage that takes nothing is down, whatever it says.
        match failed.or(error.clone().filter(|_| is_doubtful && !goes_on)) {
            Some(_) if batch.is_again => Drained::Some,
            Some(error) => {
                self.note_failure(batch, &error, goes_on, now);
                Drained::Failed(error)
            }
            None if error.is_some() && !goes_on => Drained::Some,
            None => {
                self.note_success(batch, now);
                Drained::Some
            }
        }
    }

    fn settle_accepted(&mut self, sent: &Sent, now: u64) {
        if self.queue.remove_at(sent.cell, sent.version) {
            return;
        }
        match self.spilled.remove(sent.version) {
            Some(slot) => self.counts.expired += u64::from(slot.is_dead(now)),
            None => drop(self.queue.remove_version(&sent.name, sent.version)),
        }
    }

    fn note_failure(&mut self, batch: &Batch, error: &Error, goes_on: bool, now: u64) {
        if !goes_on {
            self.fail(error);
        }
        self.batch = 1;
        self.counts.last_error = Some(error.clone());
        let [sent] = &batch.changes[..] else { return };
        if !error.is_retryable() {
            return;
        }
        let is_first = self.first_due(now) == Some(sent.version);
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
            let name = self.name_of_version(stuck.version);
            let was_tried = batch.changes.iter().any(|sent| sent.version == stuck.version);
            if let Some(name) = name.filter(|_| !was_tried && stuck.times >= PATIENCE) {
                (stuck.times, stuck.proofs) = (PATIENCE - 1, stuck.proofs + 1);
                if stuck.proofs == PROOFS {
                    let error = self.counts.last_error.clone();
                    let error =
                        error.unwrap_or_else(|| Error::unavailable("set", "it failed alone"));
                    self.give_way((*name).into(), stuck.version, error, now);
                } else {
                    (self.stuck, self.batch) = (Some(stuck), 1);
                }
            }
        }
        if self.waiting() == 0 {
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
        let is_full = self.waiting() >= self.options.batch || self.is_full();
        self.options.mode == Mode::Through || is_full || has_removals
    }
}

/// So often others are accepted in between before it is given up: a storage that fails now and then does not
/// do that by chance.
const PROOFS: u32 = 12;
