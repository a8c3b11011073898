//! In which scopes records have no tags, as far as was seen.

use std::sync::atomic::{AtomicU64, Ordering};

/// For each scope whether its records were seen without tags, and whether one was seen with some.
pub(super) struct Hints {
    plain: [AtomicU64; WORDS],
    mixed: [AtomicU64; WORDS],
}

impl Hints {
    pub(super) fn new() -> Self {
        Hints { plain: none(), mixed: none() }
    }

    /// Whether a record of this scope is likely to have no tags.
    pub(super) fn is_plain(&self, scope: u16) -> bool {
        has(&self.plain, scope) && !has(&self.mixed, scope)
    }

    /// A record was seen.
    pub(super) fn saw(&self, scope: u16, is_plain: bool) {
        let (word, bit) = place(scope);
        let words = if is_plain { &self.plain } else { &self.mixed };
        // It is only written when it changes, because all readers share it.
        if words[word].load(Ordering::Relaxed) & bit == 0 {
            words[word].fetch_or(bit, Ordering::Relaxed);
        }
    }
}

fn none() -> [AtomicU64; WORDS] {
    std::array::from_fn(|_| AtomicU64::new(0))
}

fn has(words: &[AtomicU64; WORDS], scope: u16) -> bool {
    let (word, bit) = place(scope);
    words[word].load(Ordering::Relaxed) & bit != 0
}

fn place(scope: u16) -> (usize, u64) {
    (usize::from(scope >> 6) % WORDS, 1 << (scope & 63))
}

/// A bit for each of the 4,096 hashes of scopes.
const WORDS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_with_tags_is_enough_to_expect_more() {
        let hints = Hints::new();
        for scope in [0, 63, 64, 4_095] {
            assert!(!hints.is_plain(scope));
            hints.saw(scope, true);
            assert!(hints.is_plain(scope) && !hints.is_plain(scope ^ 1));
            hints.saw(scope, false);
            hints.saw(scope, true);
            assert!(!hints.is_plain(scope));
        }
    }
}
