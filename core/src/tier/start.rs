//! What protects a value: the tokens that were there before it began to be made.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::record::RecordTag;
use crate::storage::Token;

/// The tokens that were there before a value began to be made: they protect it.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(super) namespace: Token,
    pub(super) tags: Vec<RecordTag>,
    /// They were there once, and whether they still are is told when the value is written.
    pub(super) is_guess: bool,
}

impl Start {
    /// Whether the tokens were not asked for, but remembered.
    pub(crate) fn is_guess(&self) -> bool {
        self.is_guess
    }

    /// The tokens, in the order of their names.
    pub(super) fn tokens(&self) -> impl Iterator<Item = Token> {
        let tags = self.tags.iter().flat_map(|tag| [tag.remove, tag.expire]);
        core::iter::once(self.namespace).chain(tags)
    }

    /// Which of these tags do not protect the value yet.
    pub(crate) fn unprotected(&self, tags: &[Box<str>]) -> Vec<Box<str>> {
        let known = |tag: &str| self.tags.iter().any(|own| *own.name == *tag);
        let mut late: Vec<Box<str>> = Vec::new();
        for tag in tags {
            if !known(tag) && !late.contains(tag) {
                late.push(tag.clone());
            }
        }
        late
    }
}
