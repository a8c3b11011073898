//! What waits is written beside the tokens that the storage has now, where that undoes no invalidation.
//!
//! A record is valid beside the tokens with which its value began. Of each of them the storage says, before the
//! record goes there, one of three things.
//!
//! *It is there*: nothing is to be done.
//!
//! *There is none.* The storage was emptied, or has given it up, or never had one. A new one is drawn, never
//! the old one, with which older records might come back, and the record is written with it. Not so if the
//! name was invalidated after the record was written, here or, as far as that was heard, elsewhere; nor if
//! the token is known to have been another one by then.
//!
//! *There is another.* Somebody has invalidated what began with the one before, and the record is dead. Only
//! one that was promised here, while nobody could say what the storage has, was never replaced by anyone:
//! what is there may be older than the record or younger. A value that was loaded is dead then, because
//! its source may have changed since. A value that a caller has set counts as set when it
//! arrives, as with the names of records the last who reaches the storage wins; but not if an invalidation
//! was heard since.
//!
//! The tokens are read first and the record is written then: whoever invalidates between the two replaces
//! what was read. In the other order the record would be valid beside a token that is younger than it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Error, Record, Storage, Token};

use super::batch::Sent;
use super::change::Kept;
use super::known::draw;
use super::lists::TokenNames;
use super::shared::Shared;
use super::state::State;

/// A record that is about to be written.
pub(crate) enum Revival {
    /// As it was.
    Same,
    /// Beside other tokens.
    Beside(Bytes),
    /// Nobody will find it.
    Dead,
}

/// What the storage says of one token of a record.
enum Place {
    /// The record is to have this one.
    Is(Token),
    /// There is none, and one may be put there.
    Free,
    Other,
}

type There = BTreeMap<Bytes, Option<Token>>;

impl<S: Storage> Shared<S> {
    /// What becomes of these records, in their order.
    ///
    /// # Errors
    /// When the storage could not be asked.
    pub(crate) async fn revive(&self, puts: &[(&Sent, &Kept)]) -> Result<Vec<Revival>, Error> {
        let names: BTreeSet<&Bytes> = lists(puts).flat_map(|list| list.iter()).collect();
        if names.is_empty() {
            return Ok(puts.iter().map(|_| Revival::Same).collect());
        }
        let asked: Vec<&[u8]> = names.iter().map(|name| &name[..]).collect();
        let before = self.state().last;
        let tokens = self.storage.tokens(&asked).await?;
        let mut there: There = names.into_iter().cloned().zip(tokens).collect();
        let mut revivals = beside_theirs(puts, &there);
        let others = puts.iter().zip(&revivals).filter(|(_, revival)| revival.is_none());
        let waiting: Vec<Waiting<'_>> = others.map(|(put, _)| Waiting::new(put)).collect();
        self.fill(&waiting, &mut there).await?;
        let (now, mut state) = (self.now(), self.state());
        state.learn(there.iter().map(|(name, token)| (&name[..], *token)), before);
        let undecided = revivals.iter_mut().filter(|revival| revival.is_none());
        for (put, place) in waiting.iter().zip(undecided) {
            let revival = state.revival(put, &there);
            if let Revival::Beside(record) = &revival {
                state.queue.exchange(&put.sent.name, put.sent.version, record.clone());
                let now_there = Record::tokens_in(record).unwrap_or_default();
                for ((name, own), token) in put.tokens().zip(now_there) {
                    if own != token {
                        state.doubts.insert(name, now);
                    }
                }
            }
            *place = Some(revival);
        }
        Ok(revivals.into_iter().map(|revival| revival.unwrap_or(Revival::Same)).collect())
    }

    /// Puts new tokens where there are none and records need them.
    async fn fill(&self, waiting: &[Waiting<'_>], there: &mut There) -> Result<(), Error> {
        let mut offers: BTreeMap<Bytes, Token> = BTreeMap::new();
        {
            let mut state = self.state();
            for put in waiting.iter().filter(|put| !state.is_hopeless(put, there)) {
                for (name, own) in put.tokens() {
                    if let Place::Free = state.place_of(put, name, own, there) {
                        offers.insert(name.clone(), own);
                    }
                }
            }
            // Noted before the storage is asked: see `Heirs`.
            for (name, own) in &mut offers {
                let heir = draw();
                state.heirs.insert(name, heir, *own);
                *own = heir;
            }
        }
        if !offers.is_empty() {
            let offered: Vec<(&[u8], Token)> =
                offers.iter().map(|(name, token)| (&name[..], *token)).collect();
            let tokens = self.storage.create_tokens(&offered).await?;
            there.extend(offers.into_keys().zip(tokens.into_iter().map(Some)));
        }
        Ok(())
    }
}

/// The names of tokens of these records, most of which have the same as the one before them.
fn lists<'p>(puts: &[(&'p Sent, &'p Kept)]) -> impl Iterator<Item = &'p TokenNames> {
    let mut last: Option<&TokenNames> = None;
    puts.iter()
        .map(|(_, kept)| &kept.tokens)
        .filter(move |list| last.replace(list).is_none_or(|last| !Arc::ptr_eq(last, list)))
}

/// Those beside the very tokens that are there stay as they are, which is told at a glance: most of them.
fn beside_theirs<'p>(puts: &[(&'p Sent, &'p Kept)], there: &There) -> Vec<Option<Revival>> {
    let mut last: Option<(&'p TokenNames, Option<Vec<Token>>)> = None;
    let same = |(_, kept): &(&'p Sent, &'p Kept)| {
        if last.as_ref().is_none_or(|(list, _)| !Arc::ptr_eq(list, &kept.tokens)) {
            let tokens = kept.tokens.iter().map(|name| there.get(name).copied().flatten());
            last = Some((&kept.tokens, tokens.collect()));
        }
        let (_, tokens) = last.as_ref()?;
        Record::has_tokens(&kept.record, tokens.as_ref()?).then_some(Revival::Same)
    };
    puts.iter().map(same).collect()
}

/// A record that waits, and the tokens in it; none of what is no record of a cache.
struct Waiting<'p> {
    sent: &'p Sent,
    kept: &'p Kept,
    own: Vec<Token>,
}

impl<'p> Waiting<'p> {
    fn new((sent, kept): &(&'p Sent, &'p Kept)) -> Self {
        let own = Record::tokens_in(&kept.record).ok();
        let own = own.filter(|own| own.len() == kept.tokens.len()).unwrap_or_default();
        Waiting { sent, kept, own }
    }

    /// By name.
    fn tokens(&self) -> impl Iterator<Item = (&'p Bytes, Token)> {
        self.kept.tokens.iter().zip(self.own.iter().copied())
    }
}

impl State {
    fn revival(&self, put: &Waiting<'_>, there: &There) -> Revival {
        if self.is_hopeless(put, there) {
            return Revival::Dead;
        }
        let token = |(name, own)| match self.place_of(put, name, own, there) {
            Place::Is(token) => token,
            // By which it expires: then it is stale.
            Place::Free | Place::Other => own,
        };
        let tokens: Vec<Token> = put.tokens().map(token).collect();
        if tokens == put.own {
            return Revival::Same;
        }
        Record::with_tokens(&put.kept.record, &tokens).map_or(Revival::Same, Revival::Beside)
    }

    /// Whether a token has another in its place without which nobody finds the record.
    fn is_hopeless(&self, put: &Waiting<'_>, there: &There) -> bool {
        let must_be = |name: &Bytes| !name.starts_with(b"%x:");
        put.tokens().any(|(name, own)| {
            must_be(name) && matches!(self.place_of(put, name, own, there), Place::Other)
        })
    }

    fn place_of(&self, put: &Waiting<'_>, name: &Bytes, own: Token, there: &There) -> Place {
        let is_promised = self.promised.get(name) == Some(own);
        let is_valid = self.promised.is_valid(name, put.sent.version);
        match there.get(name).copied().flatten() {
            Some(token) if token == own => Place::Is(own),
            Some(token) if is_valid && self.heirs.descends(name, token, own) => Place::Is(token),
            Some(token) if is_promised && is_valid && put.kept.is_given => Place::Is(token),
            // It waits itself, and goes there later.
            _ if self.queued(name) == Some(own) => Place::Is(own),
            Some(_) => Place::Other,
            None => {
                let known = self.known.get(name);
                let is_last = known.is_none_or(|known| self.heirs.descends(name, known, own));
                if is_valid && (is_last || is_promised) { Place::Free } else { Place::Other }
            }
        }
    }
}
