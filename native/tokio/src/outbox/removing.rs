//! How deletes and new tokens go to the storage, or wait for it.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Error, Storage, Token};

use super::change::{Change, Replacement};
use super::passing::Passing;
use super::shared::{Shared, closed};
use super::stage::Stage;
use super::state::{State, Way};

impl<S: Storage> Shared<S> {
    pub(crate) async fn delete(self: &Arc<Self>, name: &[u8]) -> Result<bool, Error> {
        let mut was_there = None;
        let changes = |state: &State| {
            was_there = state.had(name, self.now());
            vec![(name, Change::Gone)]
        };
        let Some(passing) = self.pass_removals("delete", &[name], changes).await? else {
            return Ok(was_there.unwrap_or(false));
        };
        let deleted = self.storage.delete(name).await;
        let deleted = self.settle(passing, deleted)?;
        Ok(was_there.or(deleted).unwrap_or(false))
    }

    /// What the queue knows about a name is counted by it; of the others the storage says how many it had.
    pub(crate) async fn delete_many(self: &Arc<Self>, names: &[&[u8]]) -> Result<usize, Error> {
        let mut distinct = names.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let (mut queued, mut known) = (0, Vec::new());
        let changes = |state: &State| {
            let now = self.now();
            known = distinct.iter().map(|name| state.had(name, now)).collect::<Vec<_>>();
            queued = known.iter().filter(|known| **known == Some(true)).count();
            distinct.iter().map(|name| (*name, Change::Gone)).collect()
        };
        let Some(passing) = self.pass_removals("delete_many", &distinct, changes).await? else {
            return Ok(queued);
        };
        let of = |is_known: bool| {
            let names =
                distinct.iter().zip(&known).filter(|(_, known)| known.is_some() == is_known);
            names.map(|(name, _)| *name).collect::<Vec<&[u8]>>()
        };
        let (unknown, counted) = (of(false), of(true));
        let mut deleted = self.storage.delete_many(&unknown).await;
        if !counted.is_empty() {
            let others = self.storage.delete_many(&counted).await;
            deleted = deleted.and_then(|deleted| others.map(|_| deleted));
        }
        Ok(queued + self.settle(passing, deleted)?.unwrap_or(0))
    }

    pub(crate) async fn delete_if(
        self: &Arc<Self>,
        name: &[u8],
        record: &[u8],
    ) -> Result<bool, Error> {
        // Decided when nothing is on its way under the name any more: what was queued may be stored then.
        let (mut held, mut is_taken) = (None, false);
        let changes = |state: &State| {
            held = state.holds(name, record, self.now());
            is_taken = state.version_of(name).is_some();
            match held {
                Some(false) => Vec::new(),
                // Whatever the storage has under its name is older, and goes, too.
                Some(true) => vec![(name, Change::Gone)],
                // Another record is to go already: then whatever there is goes.
                None if is_taken => vec![(name, Change::Gone)],
                None => vec![(name, Change::TakeBack(Bytes::copy_from_slice(record)))],
            }
        };
        let passing = self.pass_removals("delete_if", &[name], changes).await?;
        let (Some(passing), true) = (passing, held != Some(false)) else {
            return Ok(held.unwrap_or(false));
        };
        if held == Some(true) || is_taken {
            let deleted = self.storage.delete(name).await;
            return self.settle(passing, deleted).map(|_| held == Some(true));
        }
        let deleted = self.storage.delete_if(name, record).await;
        Ok(self.settle(passing, deleted)?.unwrap_or(false))
    }

    pub(crate) async fn replace_tokens(
        self: &Arc<Self>,
        tokens: &[(&[u8], Token)],
    ) -> Result<(), Error> {
        let names: Vec<&[u8]> = tokens.iter().map(|(name, _)| *name).collect();
        let changes = |state: &State| {
            let change = |&(name, token): &(_, Token)| {
                (name, Change::Token(Replacement { token, known: state.known_before(name) }))
            };
            tokens.iter().map(change).collect()
        };
        let Some(passing) = self.pass_removals("replace_tokens", &names, changes).await? else {
            return Ok(());
        };
        let replaced = self.storage.replace_tokens(tokens).await;
        if replaced.is_ok() {
            let mut state = self.state();
            tokens.iter().for_each(|(name, token)| state.renew(name, *token));
        }
        self.settle(passing, replaced).map(drop)
    }

    /// Makes the removals visible, and decides whether they go to the storage now, or wait.
    async fn pass_removals<'s, 'n>(
        self: &'s Arc<Self>,
        operation: &'static str,
        names: &[&'n [u8]],
        mut changes: impl FnMut(&State) -> Vec<(&'n [u8], Change)>,
    ) -> Result<Option<Passing<'s, S>>, Error> {
        loop {
            let freed = self.freed.rings();
            {
                let mut state = self.state();
                if state.stage != Stage::Open {
                    return Err(closed(operation));
                }
                match state.way_of_removals(names.iter().copied()) {
                    Way::Direct => {
                        let changes = changes(&state);
                        return Ok(Some(Passing::removals(self, &mut state, changes)));
                    }
                    Way::Queue => {
                        // What was found is what is changed: nobody writes in between.
                        let (now, changes) = (self.now(), changes(&state));
                        if state.refuses(&changes) {
                            return Err(full(operation));
                        }
                        self.leave_held(state, changes, now);
                        return Ok(None);
                    }
                    Way::Wait => (),
                }
            }
            self.freed.after(freed).await;
        }
    }

    /// What the storage said to removals; nothing when they wait for it.
    fn settle<T>(
        self: &Arc<Self>,
        passing: Passing<'_, S>,
        done: Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match done {
            Err(error) if error.is_retryable() => {
                let mut state = self.state();
                if state.stage == Stage::Ended {
                    // Nobody would write what it left.
                    passing.end(&mut state);
                    return Err(error);
                }
                state.fail(&error);
                passing.fail(&mut state);
                drop(state);
                self.after();
                Ok(None)
            }
            done => {
                passing.end(&mut self.state());
                done.map(Some)
            }
        }
    }
}

fn full(operation: &'static str) -> Error {
    let detail = "the storage is down, and the outbox has no room for more; raise its max_entries";
    Error::unavailable(operation, detail)
}
