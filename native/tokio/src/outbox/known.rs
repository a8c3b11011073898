//! The tokens that the storage is known to have had: what a load may begin with while it cannot be asked.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use cachefn_core::Token;

/// Tokens by name, the last that were seen. One that was replaced by others meanwhile costs misses, never
/// a wrong value: what is written with it is dead.
#[derive(Debug, Default)]
pub(crate) struct Known {
    young: HashMap<Box<[u8]>, Token>,
    /// Those before, dropped when the young ones are as many.
    old: HashMap<Box<[u8]>, Token>,
}

impl Known {
    pub(crate) fn insert(&mut self, name: &[u8], token: Token) {
        if self.young.get(name) == Some(&token) {
            return;
        }
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name.into(), token);
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<Token> {
        self.young.get(name).or_else(|| self.old.get(name)).copied()
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
            known.insert(&number.to_le_bytes(), Token([1; 16]));
        }
        known.insert(b"last", Token([2; 16]));
        assert_eq!(known.get(b"last"), Some(Token([2; 16])));
        assert_eq!(known.get(&0u32.to_le_bytes()), None);
        assert!(known.young.len() + known.old.len() <= 2 * MOST);
    }

    #[test]
    fn s_28_tokens_are_never_drawn_twice() {
        let drawn: std::collections::HashSet<Token> = (0..1_000).map(|_| draw()).collect();
        assert_eq!(drawn.len(), 1_000);
    }
}
