//! Loads whose values memory has and the storage has not yet: another cache may say meanwhile that they
//! are too old.

use alloc::string::String;
use alloc::vec::Vec;

use crate::sync::Mutex;

#[derive(Debug, Default)]
pub(super) struct Landings {
    under_way: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    /// By number: the text of the key, and whether it is too old.
    loads: Vec<(u64, String, bool)>,
    next: u64,
}

impl Landings {
    /// A value with this text of its key goes to memory now, and then to the storage.
    pub(super) fn begin(&self, text: String) -> UnderWay<'_> {
        let mut list = self.under_way.lock();
        list.next += 1;
        let number = list.next;
        list.loads.push((number, text, false));
        UnderWay { landings: self, number }
    }

    /// Values for these keys are too old.
    pub(super) fn overtake(&self, mut is_meant: impl FnMut(&str) -> bool) {
        for (_, text, is_overtaken) in &mut self.under_way.lock().loads {
            *is_overtaken |= is_meant(text);
        }
    }
}

/// One of them; off the list when it is dropped.
#[must_use]
pub(super) struct UnderWay<'a> {
    landings: &'a Landings,
    number: u64,
}

impl UnderWay<'_> {
    /// Whether another cache has said that the value is too old.
    pub(super) fn is_overtaken(&self) -> bool {
        let list = self.landings.under_way.lock();
        list.loads.iter().any(|(number, _, is_overtaken)| *number == self.number && *is_overtaken)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut list = self.landings.under_way.lock();
        let at = list.loads.iter().position(|(number, ..)| *number == self.number);
        let gone = at.map(|at| list.loads.swap_remove(at));
        drop(list);
        drop(gone);
    }
}
