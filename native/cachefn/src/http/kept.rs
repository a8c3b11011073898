//! What the cache behind the layer holds: for each target a list of its variants, and the responses.

use std::sync::Arc;

use super::stored::Stored;
use super::vary::{Selecting, length, matches};

/// A response, or the list of those of one target; the value type of the cache behind an
/// [`HttpCache`](super::HttpCache). What is in it is the layer's own business.
#[derive(Debug, Clone)]
pub struct Kept(pub(super) Entry);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// A fetch that brought nothing to keep.
    Nothing,
    Variants(Arc<Vec<Variant>>),
    Response(Arc<Stored>),
}

/// Where a response is that was chosen by these headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) place: Box<str>,
    /// When the origin made it, in milliseconds since 1970.
    pub(super) date: u64,
    pub(super) selecting: Vec<Selecting>,
}

impl Variant {
    /// What clients said is a part of it, and they say as much as they like.
    fn weight(&self) -> usize {
        64 + 48 * self.selecting.len() + length(&self.selecting)
    }
}

impl Kept {
    /// What it weighs in memory, in bytes.
    pub(super) fn weight(&self) -> u64 {
        let bytes = match &self.0 {
            Entry::Nothing => 0,
            Entry::Variants(all) => all.iter().map(Variant::weight).sum(),
            Entry::Response(stored) => stored.weight() + OVERHEAD,
        };
        bytes as u64
    }
}

/// What a response costs beside its bytes: the tables of its headers, its entry.
const OVERHEAD: usize = 512;

/// The variants that a request may be answered with, the best first: those that were chosen by some
/// header before those that were chosen by none, and newer before older ones.
pub(super) fn matching<'v>(all: &'v [Variant], request: &http::HeaderMap) -> Vec<&'v Variant> {
    let mut found: Vec<&Variant> =
        all.iter().filter(|one| matches(&one.selecting, request)).collect();
    found.sort_by_key(|one| (one.selecting.is_empty(), std::cmp::Reverse(one.date)));
    found
}

/// The list with one more; of equal choices the newer stays, of too many the oldest leaves.
pub(super) fn with(all: &[Variant], new: Variant, most: usize) -> (Vec<Variant>, Vec<Variant>) {
    let (mut kept, mut gone): (Vec<Variant>, Vec<Variant>) = all
        .iter()
        .cloned()
        .partition(|one| one.selecting != new.selecting && one.place != new.place);
    gone.retain(|one| one.place != new.place);
    kept.push(new);
    if kept.len() > most {
        gone.extend(kept.drain(..kept.len() - most));
    }
    (kept, gone)
}
