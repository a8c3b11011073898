//! A batch of changes, and what became of it.

use cachefn_core::{Error, Token};

use super::cells::Name;
use super::change::Change;

/// Changes of different names, in their order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) changes: Vec<Sent>,
    /// Known to fail where others do not, and tried again.
    pub(crate) is_again: bool,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) name: Name,
    pub(crate) version: u64,
    /// Where it is in the batch.
    pub(crate) at: u32,
    /// Where the queue had it.
    pub(crate) cell: Option<u32>,
    pub(crate) change: Change,
}

/// What became of a batch. What is nowhere in it was not tried, or failed with the others.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Places in the batch.
    pub(crate) accepted: Vec<u32>,
    /// Nothing was to be done for these, or perhaps nothing: they do not tell that the storage takes changes.
    pub(crate) nothing: Vec<u32>,
    /// Refused alone, each with its reason.
    pub(crate) refused: Vec<Refusal>,
    /// So many were refused one after the other, with nothing accepted in between.
    pub(crate) in_a_row: usize,
    /// Tokens that the storage has now.
    pub(crate) tokens: Vec<(Name, Token)>,
    /// Names of tokens that others had replaced meanwhile: what was written beside ours is dead.
    pub(crate) overtaken: Vec<Name>,
    /// Names of records that nobody will find.
    pub(crate) dead: Vec<Name>,
    /// Why the rest is to be tried again.
    pub(crate) failed: Option<Error>,
}

/// A change that the storage refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) name: Name,
    pub(crate) version: u64,
    pub(crate) is_put: bool,
    pub(crate) error: Error,
    /// So many of its batch were accepted before.
    pub(crate) after: u64,
}
