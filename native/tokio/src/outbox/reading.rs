//! How reads look into the queue before they ask the storage.

use bytes::Bytes;
use cachefn_core::{Error, Found, Record, Storage, Token};

use super::change::{Change, Kept, Replacement};
use super::shared::Shared;
use super::state::State;

/// What the queue knows about a name.
enum Known {
    Nothing,
    /// This is under it.
    Is(Found),
    Absent,
    /// Whatever the storage has, but not this.
    Not(Bytes),
}

impl State {
    fn look(&self, name: &[u8], now: u64) -> Known {
        match self.change(name).as_deref() {
            None | Some(Change::Nothing) => Known::Nothing,
            Some(Change::Put(kept)) if kept.is_dead(now) => Known::Absent,
            Some(Change::Put(kept)) => Known::Is(found(kept, now)),
            Some(Change::Gone) => Known::Absent,
            Some(Change::Token(Replacement { token, .. })) => {
                Known::Is(Found::new(Bytes::copy_from_slice(&token.0)))
            }
            Some(Change::TakeBack(record)) => Known::Not(record.clone()),
        }
    }

    /// Whether tokens wait, or are on their way.
    fn has_tokens(&self) -> bool {
        self.queue.tokens() > 0
    }

    /// Whether the queue has this record, or another one or none; nothing if it knows nothing.
    pub(crate) fn holds(&self, name: &[u8], record: &[u8], now: u64) -> Option<bool> {
        match self.look(name, now) {
            Known::Is(found) => Some(is_same(&found.record, record)),
            Known::Absent => Some(false),
            Known::Not(taken) => (taken == record).then_some(false),
            Known::Nothing => None,
        }
    }

    /// The token that waits under a name, or that none will be there; nothing where nothing waits.
    pub(crate) fn queued_token(&self, name: &[u8], now: u64) -> Option<Option<Token>> {
        match self.look(name, now) {
            Known::Is(found) => Some(Token::read(&found.record)),
            Known::Absent => Some(None),
            Known::Nothing | Known::Not(_) => None,
        }
    }

    /// What a delete is told that is not the first to take a record away: that there is none.
    pub(crate) fn had(&self, name: &[u8], now: u64) -> Option<bool> {
        match self.look(name, now) {
            Known::Not(_) => Some(false),
            _ => self.has(name, now),
        }
    }

    /// Whether the queue has a record; nothing if only the storage knows.
    pub(crate) fn has(&self, name: &[u8], now: u64) -> Option<bool> {
        match self.look(name, now) {
            Known::Is(_) => Some(true),
            Known::Absent => Some(false),
            Known::Not(_) | Known::Nothing => None,
        }
    }
}

/// Whether these are the same record, beside whichever tokens: those of the one that waits may have been
/// exchanged.
fn is_same(own: &Bytes, record: &[u8]) -> bool {
    let but_for_tokens = || {
        let tokens = Record::tokens_in(&Bytes::copy_from_slice(record)).ok()?;
        Record::with_tokens(own, &tokens).ok().filter(|own| own == record)
    };
    own == record || (own.len() == record.len() && but_for_tokens().is_some())
}

fn found(kept: &Kept, now: u64) -> Found {
    let mut found = Found::new(kept.record.clone());
    found.remaining = kept.remaining(now);
    found
}

impl<S: Storage> Shared<S> {
    pub(crate) async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let (known, has_tokens) = {
            let (now, state) = (self.now(), self.state());
            (state.look(name, now), state.has_tokens())
        };
        let not = match known {
            Known::Is(found) => return Ok(Some(found)),
            Known::Absent => return Ok(None),
            Known::Nothing => None,
            Known::Not(record) => Some(record),
        };
        Ok(self.checked(self.storage.get(name).await?, not.as_ref(), has_tokens))
    }

    pub(crate) async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        let (known, has_tokens): (Vec<Known>, bool) = {
            let (now, state) = (self.now(), self.state());
            (names.iter().map(|name| state.look(name, now)).collect(), state.has_tokens())
        };
        let asks = |known: &Known| matches!(known, Known::Nothing | Known::Not(_));
        let asked = names.iter().zip(&known).filter(|(_, known)| asks(known));
        let asked: Vec<&[u8]> = asked.map(|(name, _)| *name).collect();
        let mut there = match asked.is_empty() {
            true => Vec::new().into_iter(),
            false => self.storage.get_many(&asked).await?.into_iter(),
        };
        let answer = |known| match known {
            Known::Is(found) => Some(found),
            Known::Absent => None,
            Known::Nothing => self.checked(there.next().flatten(), None, has_tokens),
            Known::Not(record) => self.checked(there.next().flatten(), Some(&record), has_tokens),
        };
        Ok(known.into_iter().map(answer).collect())
    }

    /// What the storage found, unless it is this. If tokens waited when it was asked, or wait now, those beside it
    /// may be old: the cache asks for them.
    fn checked(
        &self,
        found: Option<Found>,
        not: Option<&Bytes>,
        had_tokens: bool,
    ) -> Option<Found> {
        let mut found = found.filter(|found| not != Some(&found.record))?;
        if had_tokens || self.state().has_tokens() {
            found.tokens = None;
        }
        Some(found)
    }

    pub(crate) async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        let (mut tokens, asked) = {
            let (now, state) = (self.now(), self.state());
            let queued = names.iter().map(|name| state.queued_token(name, now));
            (queued.collect::<Vec<_>>(), state.last)
        };
        let missing = names.iter().zip(&tokens).filter(|(_, token)| token.is_none());
        let missing: Vec<&[u8]> = missing.map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            let there = self.storage.tokens(&missing).await?;
            self.state().learn(missing.into_iter().zip(there.iter().copied()), asked);
            let mut there = there.into_iter();
            for token in tokens.iter_mut().filter(|token| token.is_none()) {
                *token = Some(there.next().flatten());
            }
        }
        Ok(tokens.into_iter().map(Option::flatten).collect())
    }
}
