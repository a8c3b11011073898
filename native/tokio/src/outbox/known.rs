//! The tokens that the storage is known to have had: what a load may begin with while it cannot be asked.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use cachefn_core::Token;

/// Tokens by name, the last that were seen. One that was replaced by others meanwhile costs misses, never
/// a wrong value: what is written with it is dead.
#[derive(Debug, Default)]
pub(crate) struct Known {
    young: HashMap<Box<[u8]>, Seen>,
    /// Those before, dropped when the young ones are as many.
    old: HashMap<Box<[u8]>, Seen>,
    /// Nothing is known from before this number.
    from: u64,
}

/// A token, and the number at which it was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    token: Token,
    at: u64,
}

impl Known {
    /// This token is there now; the number is that of now.
    pub(crate) fn insert(&mut self, name: &[u8], token: Token, at: u64) {
        if let Some(seen) = self.young.get_mut(name) {
            *seen = Seen { token, at };
            return;
        }
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name.into(), Seen { token, at });
    }

    /// This token was there at some time after this number, unless something younger is known.
    pub(crate) fn learn(&mut self, name: &[u8], token: Token, asked: u64) {
        if asked >= self.from && self.seen(name).is_none_or(|seen| asked >= seen.at) {
            self.insert(name, token, asked);
        }
    }

    /// Nothing is known, and what was asked before this number is not learnt either.
    pub(crate) fn forget(&mut self, number: u64) {
        *self = Known { from: number, ..Known::default() };
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<Token> {
        self.seen(name).map(|seen| seen.token)
    }

    fn seen(&self, name: &[u8]) -> Option<&Seen> {
        self.young.get(name).or_else(|| self.old.get(name))
    }
}

/// A token that nobody has drawn before, from the keys that the system gave this process.
pub(crate) fn draw() -> Token {
    let half = || RandomState::new().hash_one(0x0017_B0C5_u32).to_le_bytes();
    let mut bits = [0; 16];
    bits[..8].copy_from_slice(&half());
    bits[8..].copy_from_slice(&half());
    Token(bits)
}

const MOST: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_28_what_was_seen_last_is_known_and_the_table_is_bounded() {
        let mut known = Known::default();
        for number in 0..3 * MOST as u32 {
            known.insert(&number.to_le_bytes(), Token([1; 16]), 1);
        }
        known.insert(b"last", Token([2; 16]), 1);
        assert_eq!(known.get(b"last"), Some(Token([2; 16])));
        assert_eq!(known.get(&0u32.to_le_bytes()), None);
        assert!(known.young.len() + known.old.len() <= 2 * MOST);
    }

    #[test]
    fn s_28_an_answer_teaches_nothing_that_was_asked_for_before_what_is_known() {
        let mut known = Known::default();
        let [old, new] = [1, 2].map(|byte| Token([byte; 16]));
        known.learn(b"n", old, 3);
        known.insert(b"n", new, 5);
        known.learn(b"n", old, 4);
        assert_eq!(known.get(b"n"), Some(new));
        known.learn(b"n", old, 5);
        assert_eq!(known.get(b"n"), Some(old));
        known.forget(7);
        known.learn(b"n", old, 6);
        assert_eq!(known.get(b"n"), None);
        known.learn(b"n", new, 7);
        assert_eq!(known.get(b"n"), Some(new));
    }

    #[test]
    fn s_28_tokens_are_never_drawn_twice() {
        let drawn: std::collections::HashSet<Token> = (0..1_000).map(|_| draw()).collect();
        assert_eq!(drawn.len(), 1_000);
    }
}
