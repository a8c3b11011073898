//! How much of its life a record must have left to be of use.

use crate::entry::milliseconds;
use crate::options::EntryOptions;

/// For how many milliseconds at least a record of the storage must still be fresh, and longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Least(pub(super) u64);

impl Least {
    pub(super) const ANY: Least = Least(0);

    pub(super) fn is_met(self, terms: &EntryOptions) -> bool {
        milliseconds(terms.ttl) > self.0
    }
}
