//! What this process knows to lie in Redis, because it wrote it. A change to that is its own.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// By the keys in Redis, or by hashes of them: two that meet can only cost a miss.
#[derive(Default)]
pub(super) struct Journal {
    hasher: RandomState,
    pages: Mutex<Pages>,
}

/// The older page goes when the newer one is full.
#[derive(Default)]
struct Pages {
    newer: HashMap<u64, Print>,
    older: HashMap<u64, Print>,
}

/// What is enough of a value to know it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Print {
    Absent,
    /// The last bytes, of which the last four are a record's checksum: how many, and a hash of them.
    End(usize, u64),
}

impl Journal {
    /// How many bytes of a value are looked at.
    pub(super) const END: usize = 64;
    const PAGE: usize = 32_768;

    pub(super) fn print(&self, value: &[u8]) -> Print {
        let end = &value[value.len().saturating_sub(Self::END)..];
        if end.is_empty() {
            Print::Absent
        } else {
            Print::End(end.len(), self.hasher.hash_one(end))
        }
    }

    /// Whether this is the end of a value with that print. What stands before a short one does not count.
    pub(super) fn is_of(&self, print: Print, end: &[u8]) -> bool {
        match print {
            Print::Absent => end.is_empty(),
            Print::End(length, _) if length > end.len() => false,
            Print::End(length, hash) => self.hasher.hash_one(&end[end.len() - length..]) == hash,
        }
    }

    /// From now on this is what lies under a key.
    pub(super) fn note(&self, key: &[u8], print: Print) {
        let mut pages = self.lock();
        if pages.newer.len() >= Self::PAGE {
            pages.older = std::mem::take(&mut pages.newer);
        }
        pages.newer.insert(self.hasher.hash_one(key), print);
    }

    /// Others have put something else there than this, so that this would be theirs if it came again. What was
    /// written here meanwhile stays known.
    pub(super) fn forget(&self, key: &[u8], print: Print) {
        let (mut pages, hash) = (self.lock(), self.hasher.hash_one(key));
        let Pages { newer, older } = &mut *pages;
        if newer.get(&hash).is_none_or(|noted| *noted == print) {
            newer.remove(&hash);
            older.remove(&hash);
        }
    }

    /// What should lie under a key, if that is known.
    pub(super) fn find(&self, key: &[u8]) -> Option<Print> {
        let (pages, hash) = (self.lock(), self.hasher.hash_one(key));
        pages.newer.get(&hash).or_else(|| pages.older.get(&hash)).copied()
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_38_a_value_is_known_again_by_its_end_and_no_other_is() {
        let journal = Journal::default();
        let long = |last: u8| [vec![7; 500], vec![last]].concat();
        for value in [&b"x"[..], &[1; 64], &long(1)] {
            let print = journal.print(value);
            let framed = [b"frame", value].concat();
            let end = &framed[framed.len().saturating_sub(Journal::END)..];
            assert!(journal.is_of(print, end));
            for other in [&b""[..], b"y", &[2; 64], &long(2)[437..]] {
                assert!(!journal.is_of(print, other));
            }
        }
        assert!(journal.is_of(Print::Absent, b"") && !journal.is_of(Print::Absent, b"x"));
    }

    #[test]
    fn h_38_what_others_have_replaced_is_theirs_when_it_comes_again() {
        let journal = Journal::default();
        let (first, second) = (journal.print(b"first"), journal.print(b"second"));
        journal.note(b"k", first);
        journal.forget(b"k", second);
        assert_eq!(journal.find(b"k"), Some(first), "it was written here meanwhile");
        journal.forget(b"k", first);
        assert_eq!(journal.find(b"k"), None);
        journal.note(b"k", second);
        assert_eq!(journal.find(b"k"), Some(second));
    }

    #[test]
    fn s_30_a_journal_forgets_the_oldest_and_stays_small() {
        let journal = Journal::default();
        for number in 0..5 * Journal::PAGE {
            journal.note(&number.to_le_bytes(), Print::Absent);
        }
        let known = (0..5 * Journal::PAGE)
            .filter(|number| journal.find(&number.to_le_bytes()).is_some())
            .count();
        assert!((Journal::PAGE..=2 * Journal::PAGE).contains(&known), "{known}");
        assert_eq!(journal.find(&(5 * Journal::PAGE - 1).to_le_bytes()), Some(Print::Absent));
    }
}
