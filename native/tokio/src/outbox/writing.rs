//! How sets and tokens go to the storage, or wait for it.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Error, Keep, Put, Record, Storage, Token};

use super::change::{Change, Kept, Replacement};
use super::drain::Drained;
use super::leaving::{Left, Told};
use super::lists::Lists;
use super::passing::Passing;
use super::shared::{Shared, closed};
use super::stage::Stage;
use super::state::{State, Way};

impl<S: Storage> Shared<S> {
    pub(crate) async fn set(
        self: &Arc<Self>,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Told, Error> {
        match self.leave_set(name, record, keep)? {
            Left::Waits(told, turn) => {
                turn.given().await;
                Ok(told)
            }
            // What waits for nothing does not carry this along.
            Left::Not(record) => Box::pin(self.pass_set(name, record, keep)).await,
        }
    }

    /// A set that the storage is asked for now, or that may have to wait until there is room.
    async fn pass_set(
        self: &Arc<Self>,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Told, Error> {
        if self.is_too_large(name, &record) {
            return self.storage.set_telling(name, record, keep).await;
        }
        let puts = [Put { name, record: record.clone(), keep }];
        let Some(passing) = self.pass_sets("set", &puts).await? else {
            let kept = Kept::new(record, keep, self.now());
            self.leave("set", [(name, Change::Put(kept))])?;
            return Ok(self.known_tokens(keep.tokens));
        };
        let written = self.storage.set_telling(name, record, keep).await;
        let (told, written) = match written {
            Ok(told) => {
                let tokens = told.iter().flatten().copied();
                self.state().learn(keep.tokens.iter().copied().zip(tokens), passing.begun());
                (told, Ok(()))
            }
            Err(error) => (self.known_tokens(keep.tokens), Err(error)),
        };
        self.settle_sets(passing, &puts, written)?;
        Ok(told)
    }

    pub(crate) async fn set_many(self: &Arc<Self>, records: Vec<Put<'_>>) -> Result<(), Error> {
        if records.iter().any(|put| self.is_too_large(put.name, &put.record)) {
            let (large, fitting): (Vec<_>, Vec<_>) =
                records.into_iter().partition(|put| self.is_too_large(put.name, &put.record));
            let refused = self.storage.set_many(large).await;
            return Box::pin(self.set_many(fitting)).await.and(refused);
        }
        let Some(passing) = self.pass_sets("set_many", &records).await? else {
            let (now, mut lists) = (self.now(), Lists::default());
            let changes = records.into_iter().map(|Put { name, record, keep }| {
                (name, Change::Put(Kept::sharing(&mut lists, record, keep, now)))
            });
            return self.leave("set_many", changes);
        };
        let written = self.storage.set_many(records.clone()).await;
        self.settle_sets(passing, &records, written)
    }

    /// What the storage never takes does not wait for it: whoever sets it is told at once.
    pub(crate) fn is_too_large(&self, name: &[u8], record: &[u8]) -> bool {
        let can = self.storage.capabilities();
        name.len() > can.max_name || record.len() > can.max_record
    }

    /// Makes room, and decides whether these go to the storage now or wait.
    async fn pass_sets<'s>(
        self: &'s Arc<Self>,
        operation: &'static str,
        puts: &[Put<'_>],
    ) -> Result<Option<Passing<'s, S>>, Error> {
        let names = || puts.iter().map(|put| put.name);
        let mut own = None;
        loop {
            {
                let (now, mut state) = (self.now(), self.state());
                if state.stage != Stage::Open {
                    return Err(closed(operation));
                }
                if state.way_of_sets(names()) == Way::Direct {
                    // To read them takes as long as they are: nobody waits for the lock meanwhile.
                    if own.is_none() && state.promised.is_in_use(now) {
                        drop(state);
                        own = Some(tokens_of(puts));
                        continue;
                    }
                    // With a token that the storage has never seen, which is exchanged on the way through the queue.
                    if !state.promised.is_among(own.iter().flatten().copied()) {
                        return Ok(Some(Passing::sets(self, &mut state, names())));
                    }
                }
                if !state.must_help() {
                    return Ok(None);
                }
            }
            if let Drained::Nothing = self.drain().await {
                return Ok(None);
            }
        }
    }

    /// What became of sets that went to the storage themselves.
    fn settle_sets(
        self: &Arc<Self>,
        passing: Passing<'_, S>,
        puts: &[Put<'_>],
        written: Result<(), Error>,
    ) -> Result<(), Error> {
        let (now, begun, mut state) = (self.now(), passing.begun(), self.state());
        // What another process told of meanwhile is newer: none of these is to be, if it is there in spite of the error.
        let change = |put: &Put<'_>| match state.queue.is_told_since(put.name, begun) {
            true => Change::TakeBack(put.record.clone()),
            false => Change::Put(Kept::new(put.record.clone(), put.keep, now)),
        };
        let has_failed = written.as_ref().is_err_and(Error::is_retryable);
        let changes: Vec<_> = puts.iter().filter(|_| has_failed).map(change).collect();
        passing.end(&mut state);
        let error = match &written {
            Err(error) if has_failed => error,
            _ => return written,
        };
        // Who wrote the name meanwhile, and waits, is newer; nobody writes it before these wait.
        let names = puts.iter().map(|put| put.name).zip(changes);
        let left: Vec<_> = names.filter(|(name, _)| state.version_of(name).is_none()).collect();
        self.leave_failed(state, left, error, now)
    }

    /// Of a token that waits for the storage, or is on its way, the new one is told already: what the storage
    /// has still is not valid any more for whoever begins now.
    pub(crate) async fn create_tokens(
        self: &Arc<Self>,
        tokens: &[(&[u8], Token)],
    ) -> Result<Vec<Token>, Error> {
        self.must_be_open("create_tokens")?;
        if self.state().is_in_their_place(tokens) {
            // A token that waits may get an heir on its way. If the storage is well, what is in the way goes first.
            let _ = self.write_out("create_tokens").await;
        }
        let mut told: Vec<Option<Token>> = Vec::with_capacity(tokens.len());
        let mut over = Vec::new();
        {
            let (now, state) = (self.now(), self.state());
            if state.stage != Stage::Open {
                return Err(closed("create_tokens"));
            }
            for (name, own) in tokens {
                let change = state.change(name);
                told.push(match change.as_deref() {
                    Some(Change::Token(Replacement { token, .. })) => Some(*token),
                    _ if state.queue.is_busy(name) => None,
                    Some(Change::Put(kept)) => Token::read(&kept.record).or_else(|| {
                        over.push((*name, *own));
                        Some(*own)
                    }),
                    Some(Change::Gone) => {
                        over.push((*name, *own));
                        Some(*own)
                    }
                    Some(Change::TakeBack(_) | Change::Nothing) | None => None,
                });
            }
            // What waits under the name of a token, and is none, makes place for one.
            if !over.is_empty() {
                let change = |(name, token)| {
                    let known = state.known_before(name);
                    (name, Change::Token(Replacement { token, known }))
                };
                let changes: Vec<_> = over.into_iter().map(change).collect();
                self.leave_held(state, changes, now);
            }
        }
        let missing = tokens.iter().zip(&told).filter(|(_, told)| told.is_none());
        let missing: Vec<(&[u8], Token)> = missing.map(|(token, _)| *token).collect();
        let mut there = Vec::new().into_iter();
        if !missing.is_empty() {
            there = self.create_missing(&missing).await?.into_iter();
        }
        let told = told.into_iter().map(|told| told.or_else(|| there.next()));
        told.collect::<Option<Vec<_>>>().ok_or_else(too_few)
    }

    async fn create_missing(
        self: &Arc<Self>,
        missing: &[(&[u8], Token)],
    ) -> Result<Vec<Token>, Error> {
        let (down, asked) = {
            let mut state = self.state();
            state.expect_heirs(missing);
            (state.counts.last_error.clone().filter(|_| state.is_down), state.last)
        };
        let created = match down {
            // Who knows that the storage does not answer does not wait for it again, if it can be helped.
            Some(error) if self.remembered(missing).is_some() => Err(error),
            _ => self.storage.create_tokens(missing).await,
        };
        match created {
            Ok(there) => {
                let told =
                    missing.iter().zip(&there).map(|((name, _), token)| (*name, Some(*token)));
                self.state().learn(told, asked);
                Ok(there)
            }
            Err(error) if error.is_retryable() => self.promise(missing, &error).ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// The tokens under these names, if they are known without asking.
    fn known_tokens(&self, names: &[&[u8]]) -> Told {
        let now = self.now();
        self.state().known_tokens(names, now)
    }

    /// The tokens that the storage had last, or that were promised, if there is one for each name.
    fn remembered(&self, missing: &[(&[u8], Token)]) -> Option<Vec<Token>> {
        let state = self.state();
        missing.iter().map(|(name, _)| state.remembered(name)).collect()
    }

    /// The same, and a promise where nothing is known: a value may begin with a token that the storage will
    /// see only when it is well again.
    fn promise(&self, missing: &[(&[u8], Token)], error: &Error) -> Option<Vec<Token>> {
        let mut state = self.state();
        // What begins so goes through the queue, where the tokens are looked at again.
        state.fail(error);
        let token = |(name, own): &(&[u8], Token)| {
            let given = state.known.get(name).or_else(|| state.promised.give(name, *own))?;
            // It may be there in spite of the failure, and can only be there because nothing was.
            if given != *own {
                state.heirs.insert(name, *own, given);
            }
            Some(given)
        };
        missing.iter().map(token).collect()
    }
}

impl State {
    /// Whether anything but tokens waits under any of these names, and the storage may take it.
    fn is_in_their_place(&self, tokens: &[(&[u8], Token)]) -> bool {
        let is_none = |change: &Change| match change {
            Change::Put(kept) => Token::read(&kept.record).is_none(),
            Change::Gone => true,
            _ => false,
        };
        !self.is_down
            && tokens.iter().any(|(name, _)| self.change(name).as_deref().is_some_and(is_none))
    }
}

/// The tokens in these records, by their names.
fn tokens_of<'p>(puts: &[Put<'p>]) -> Vec<(&'p [u8], Token)> {
    let tokens = |put: &Put<'p>| {
        let own = Record::tokens_in(&put.record).unwrap_or_default();
        put.keep.tokens.iter().copied().zip(own).collect::<Vec<_>>()
    };
    puts.iter().flat_map(tokens).collect()
}

fn too_few() -> Error {
    Error::unavailable("create_tokens", "the storage returned fewer tokens than it was given")
}
