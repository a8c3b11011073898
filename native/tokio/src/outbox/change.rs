//! What waits for the storage under one name.

use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Keep, Lease, Token};

use super::lists::{Lists, TokenNames, own};

/// What a write made of a name.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A record is to be kept.
    Put(Kept),
    /// There is to be no record.
    Gone,
    /// A token takes the place of the one before it.
    Token(Replacement),
    /// This very record is to go, if it is still there.
    TakeBack(Bytes),
    /// Nothing is to be done any more: what was to be done is taken back.
    Nothing,
}

/// A record on the terms it came with.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) record: Bytes,
    /// The monotonic time, in milliseconds, from which on nobody needs it; [`NEVER`] for always.
    pub(crate) deadline: u64,
    /// Names of the tokens it is checked against.
    pub(crate) tokens: TokenNames,
    /// Under which it was made; in memory only, because it is over by the next start.
    pub(crate) lease: Option<Lease>,
    /// Its caller had the value, and no source was asked for it; in memory only.
    pub(crate) is_given: bool,
}

/// A token, and the one that the storage had when it was drawn, if that is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replacement {
    pub(crate) token: Token,
    pub(crate) known: Option<Token>,
}

/// No deadline.
pub(crate) const NEVER: u64 = u64::MAX;

impl Kept {
    pub(crate) fn new(record: Bytes, keep: Keep<'_>, now: u64) -> Self {
        Kept::beside(own(keep.tokens), record, keep, now)
    }

    /// The same of one of many, most of which have the same tokens.
    pub(crate) fn sharing(lists: &mut Lists, record: Bytes, keep: Keep<'_>, now: u64) -> Self {
        Kept::beside(lists.share(keep.tokens), record, keep, now)
    }

    fn beside(tokens: TokenNames, record: Bytes, keep: Keep<'_>, now: u64) -> Self {
        let deadline = keep.life.map_or(NEVER, |life| now.saturating_add(ms(life)));
        Kept { record, deadline, tokens, lease: keep.lease, is_given: keep.is_given }
    }

    pub(crate) fn is_dead(&self, now: u64) -> bool {
        self.deadline != NEVER && self.deadline <= now
    }

    /// How long it is of use from now on.
    pub(crate) fn remaining(&self, now: u64) -> Option<Duration> {
        let left = || Duration::from_millis(self.deadline.saturating_sub(now));
        (self.deadline != NEVER).then(left)
    }
}

impl Change {
    pub(crate) fn is_put(&self) -> bool {
        matches!(self, Change::Put(_))
    }

    /// About how many bytes of memory it takes under a name.
    pub(crate) fn weight(&self, name: &[u8]) -> usize {
        let body = match self {
            Change::Put(kept) => {
                let tokens = kept.tokens.iter().map(|name| name.len() + TOKEN_NAME);
                kept.record.len() + tokens.sum::<usize>()
            }
            Change::TakeBack(record) => record.len(),
            Change::Gone | Change::Token(_) | Change::Nothing => 0,
        };
        name.len() + body + OVERHEAD
    }
}

/// Milliseconds, where a part of one counts as a whole one.
pub(crate) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(NEVER)
}

/// What a place in the queue takes beside name and record: it is found by name, by its turn and by its end.
const OVERHEAD: usize = 320;
/// What a name in a list takes beside its bytes.
const TOKEN_NAME: usize = 32;
