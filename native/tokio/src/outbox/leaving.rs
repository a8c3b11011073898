//! How changes are left to wait, and who is woken for them.

use std::sync::{Arc, MutexGuard};
use std::task::Poll;

use bytes::Bytes;
use cachefn_core::{Error, Keep, Storage, Token};

use super::change::{Change, Kept};
use super::shared::{Shared, closed};
use super::stage::Stage;
use super::state::{State, Way};
use super::worker::spawn;

/// The tokens that are there, as far as the storage or the outbox tells of them.
pub(crate) type Told = Option<Vec<Option<Token>>>;

/// What became of a set that might wait.
pub(crate) enum Left {
    Waits(Told, Turn),
    /// It goes to the storage now, or somebody has to make room for it.
    Not(Bytes),
}

impl<S: Storage> Shared<S> {
    /// Leaves a set to wait, if it is to wait and has room: one look at the clock and one lock are all that a
    /// set pays which is written behind.
    ///
    /// # Errors
    /// The outbox is closed.
    pub(crate) fn leave_set(
        self: &Arc<Self>,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Left, Error> {
        if self.is_too_large(name, &record) {
            return Ok(Left::Not(record));
        }
        let (now, mut state) = (self.now(), self.state());
        if state.stage != Stage::Open {
            return Err(closed("set"));
        }
        if state.must_help() || state.way_of_sets([name]) != Way::Queue {
            return Ok(Left::Not(record));
        }
        // Tokens that were promised go when they were kept for long enough.
        state.promised.is_in_use(now);
        let kept = Kept::sharing(&mut state.lists, record, keep, now);
        state.note(name, Change::Put(kept), now);
        let told = state.known_tokens(keep.tokens, now);
        let turn = state.turn_of_set();
        self.wake(state);
        Ok(Left::Waits(told, turn))
    }

    /// Leaves changes to wait for the storage, of a call that has begun.
    ///
    /// # Errors
    /// The outbox has ended: nobody would write them.
    pub(crate) fn leave<'n>(
        self: &Arc<Self>,
        operation: &'static str,
        changes: impl IntoIterator<Item = (&'n [u8], Change)>,
    ) -> Result<(), Error> {
        let (now, state) = (self.now(), self.state());
        if state.stage == Stage::Ended {
            return Err(closed(operation));
        }
        self.leave_held(state, changes, now);
        Ok(())
    }

    /// The same of what the storage failed with, with the lock held that they were decided with.
    ///
    /// # Errors
    /// The same, and then this one.
    pub(crate) fn leave_failed<'n>(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        changes: impl IntoIterator<Item = (&'n [u8], Change)>,
        error: &Error,
        now: u64,
    ) -> Result<(), Error> {
        if state.stage == Stage::Ended {
            return Err(error.clone());
        }
        state.fail(error);
        self.leave_held(state, changes, now);
        Ok(())
    }

    /// [`leave`](Self::leave) with the lock held that they were decided with.
    pub(crate) fn leave_held<'n>(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        changes: impl IntoIterator<Item = (&'n [u8], Change)>,
        now: u64,
    ) {
        state.together(|state| {
            for (name, change) in changes {
                state.note(name, change, now);
            }
        });
        self.wake(state);
    }

    /// Sees to it that what waits is written, and tells what has happened. To be called whenever something
    /// was left to wait.
    pub(crate) fn after(self: &Arc<Self>) {
        self.wake(self.state());
    }

    /// [`after`](Self::after) what was left with the lock held.
    fn wake(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        let is_full_batch = state.waiting() >= state.options.batch && !state.is_down;
        let must_ring = state.is_stalled || (state.is_gathering && is_full_batch);
        state.is_gathering &= !must_ring;
        let is_needed = !state.is_idle() && state.stage != Stage::Ended;
        let must_spawn = is_needed && !state.has_worker;
        state.has_worker |= must_spawn;
        let has_news = !state.events.is_empty();
        drop(state);
        if must_ring {
            self.bell.ring();
        }
        if must_spawn {
            spawn(self);
        }
        if has_news {
            self.tell();
        }
    }
}

/// Whether whoever set something lets others run before it goes on.
pub(crate) struct Turn(bool);

impl Turn {
    pub(crate) async fn given(self) {
        let mut must_wait = self.0;
        std::future::poll_fn(|context| {
            if !std::mem::take(&mut must_wait) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

impl State {
    /// Where one thread runs everything, nobody could write what waits while somebody sets and sets.
    fn turn_of_set(&mut self) -> Turn {
        self.sets += 1;
        let has_work = self.is_draining || self.waiting() >= self.options.batch;
        Turn(has_work && self.sets.is_multiple_of(SETS_A_TURN))
    }

    /// The tokens under these names, if they are known without asking.
    pub(crate) fn known_tokens(&self, names: &[&[u8]], now: u64) -> Told {
        let token =
            |name: &&[u8]| self.queued_token(name, now).or_else(|| self.remembered(name).map(Some));
        names.iter().map(token).collect()
    }
}

/// After so many sets the worker gets a turn, if it has something to do.
const SETS_A_TURN: u64 = 128;
