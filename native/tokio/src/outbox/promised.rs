//! Tokens that were given out while nobody could say what the storage has, and what is known to have been
//! invalidated since.

use std::collections::HashMap;

use bytes::Bytes;
use cachefn_core::Token;

/// Tokens by name that the storage has never seen.
#[derive(Debug, Default)]
pub(crate) struct Promised {
    tokens: HashMap<Bytes, Token>,
    /// By name: the number of the change up to which nothing is valid.
    ends: HashMap<Bytes, u64>,
    /// The same of all names, since there were too many.
    end: u64,
    /// From when on nobody begins with them any more, in milliseconds; none while the storage is away.
    until: Option<u64>,
}

impl Promised {
    /// The token that was given out for a name.
    pub(crate) fn get(&self, name: &[u8]) -> Option<Token> {
        self.tokens.get(name).copied()
    }

    /// Gives one out, if there is room.
    pub(crate) fn give(&mut self, name: &[u8], token: Token) -> Option<Token> {
        if let Some(given) = self.get(name) {
            return Some(given);
        }
        if self.tokens.len() >= MOST {
            return None;
        }
        self.until = None;
        self.tokens.insert(Bytes::copy_from_slice(name), token);
        Some(token)
    }

    /// The storage has taken all that waited. Who began before that may be on the way still.
    pub(crate) fn keep_for_a_while(&mut self, now: u64) {
        self.until = self.until.or(Some(now.saturating_add(WHILE)));
    }

    /// Whether there are any; those that were kept for long enough go.
    pub(crate) fn is_in_use(&mut self, now: u64) -> bool {
        if self.until.is_some_and(|until| until <= now) {
            (self.tokens, self.until) = (HashMap::new(), None);
        }
        !self.tokens.is_empty()
    }

    /// Whether any of these was given out.
    pub(crate) fn is_among<'n>(&self, mut tokens: impl Iterator<Item = (&'n [u8], Token)>) -> bool {
        tokens.any(|(name, token)| self.get(name) == Some(token))
    }

    /// What was written up to this change beside a token of this name is not valid any more. Of a namespace
    /// neither is what is below it.
    pub(crate) fn end(&mut self, name: &[u8], version: u64) {
        self.tokens.retain(|other, _| !covers(name, other));
        if self.ends.len() >= MOST {
            self.ends.clear();
            self.end = version;
        }
        self.ends.insert(Bytes::copy_from_slice(name), version);
    }

    /// Whether what was written at this change is not known to be invalid.
    pub(crate) fn is_valid(&self, name: &[u8], version: u64) -> bool {
        let after = |name: &[u8]| self.ends.get(name).is_none_or(|end| version > *end);
        version > self.end && places(name).all(after)
    }
}

/// A name, and if it is that of a namespace, those above it.
fn places(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = name.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    let above = slashes.filter(|_| name.starts_with(b"%n:")).map(|at| &name[..at]);
    above.chain(std::iter::once(name))
}

/// Whether the one name is the other, or that of a namespace that it is below.
pub(super) fn covers(name: &[u8], other: &[u8]) -> bool {
    places(other).any(|place| place == name)
}

const MOST: usize = 8_192;
/// Milliseconds.
const WHILE: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: Token = Token([7; 16]);

    #[test]
    fn s_28_a_name_has_one_promised_token_until_it_is_invalidated() {
        let mut promised = Promised::default();
        assert_eq!(promised.give(b"%t:a:x", TOKEN), Some(TOKEN));
        assert_eq!(promised.give(b"%t:a:x", Token([8; 16])), Some(TOKEN));
        promised.end(b"%t:a:x", 3);
        assert_eq!(promised.get(b"%t:a:x"), None);
        assert!(!promised.is_valid(b"%t:a:x", 3) && promised.is_valid(b"%t:a:x", 4));
        assert!(promised.is_valid(b"%t:a:y", 1));
    }

    #[test]
    fn s_31_what_is_below_a_namespace_ends_with_it_and_what_is_beside_it_does_not() {
        let mut promised = Promised::default();
        for name in [&b"%n:a"[..], b"%n:a/b/c", b"%n:ab", b"%t:a:b/c"] {
            promised.give(name, TOKEN);
        }
        promised.end(b"%n:a", 3);
        promised.end(b"%t:a:b", 3);
        assert_eq!((promised.get(b"%n:a"), promised.get(b"%n:a/b/c")), (None, None));
        assert_eq!((promised.get(b"%n:ab"), promised.get(b"%t:a:b/c")), (Some(TOKEN), Some(TOKEN)));
        assert!(!promised.is_valid(b"%n:a/b/c", 2) && promised.is_valid(b"%n:ab", 2));
    }

    #[test]
    fn s_28_there_is_room_for_so_many_and_what_does_not_fit_costs_misses() {
        let mut promised = Promised::default();
        for number in 0..MOST as u32 {
            assert!(promised.give(&number.to_le_bytes(), TOKEN).is_some());
            promised.end(&(number + 1_000_000).to_le_bytes(), number.into());
        }
        assert_eq!(promised.give(b"one more", TOKEN), None);
        promised.end(b"one more", 9_000);
        assert!(!promised.is_valid(b"another", 9_000) && promised.is_valid(b"another", 9_001));
    }
}
