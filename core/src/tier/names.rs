//! Under which names entries and tokens lie in a storage. Other caches, and other languages, find them
//! by the same.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use crate::error::{Error, ErrorKind};

/// Longer keys are refused.
const LONGEST_KEY: usize = 64 << 10;

/// Few keys are longer: room for their text is made with that for the name.
const USUAL_KEY: usize = 24;

/// The part of a storage that belongs to one cache.
#[derive(Debug)]
pub(crate) struct Space {
    /// `{namespace}:`, escaped.
    prefix: String,
    /// Whose tags these are: the namespace up to a `/`, so that the functions of one named cache
    /// share them.
    scope: String,
    /// `%n:` and the escaped namespace.
    token: Vec<u8>,
    longest: usize,
}

impl Space {
    pub(crate) fn new(namespace: &str, longest: usize) -> Self {
        let scope = namespace.split('/').next().unwrap_or(namespace);
        let mut prefix = escaped(namespace);
        let token = ["%n:", &prefix].concat().into_bytes();
        prefix.push(':');
        Space { prefix, scope: escaped(scope), token, longest }
    }

    /// What the full name of every entry begins with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The full name of the key whose text is written behind what is there.
    ///
    /// # Errors
    /// Of kind `key` when the text is longer than 64 KiB.
    pub(crate) fn name(
        &self,
        operation: &'static str,
        text: impl FnOnce(&mut String),
    ) -> Result<String, Error> {
        let mut name = String::with_capacity(self.prefix.len() + USUAL_KEY);
        name.push_str(&self.prefix);
        text(&mut name);
        let length = name.len() - self.prefix.len();
        if length > LONGEST_KEY {
            let detail = alloc::format!(
                "the text of the key has {length} bytes; a storage takes 65536 at most"
            );
            return Err(Error::new(ErrorKind::Key, operation, detail));
        }
        Ok(name)
    }

    /// The name under which the storage keeps it: a hash where the full one is too long.
    pub(crate) fn stored<'n>(&self, name: &'n str) -> Cow<'n, [u8]> {
        if name.len() <= self.longest {
            return Cow::Borrowed(name.as_bytes());
        }
        let mut short = String::new();
        let room = self.longest.saturating_sub(33);
        if self.prefix.len() <= room {
            short.push_str(&self.prefix);
        }
        // Writing to a string cannot fail.
        let _ = write!(short, "#{:032x}", fingerprint(name.as_bytes()));
        Cow::Owned(short.into_bytes())
    }

    /// The text of the key with this full name.
    pub(crate) fn text<'a>(&self, name: &'a [u8]) -> Option<&'a str> {
        let text = name.strip_prefix(self.prefix.as_bytes())?;
        core::str::from_utf8(text).ok()
    }

    /// Whose token makes all entries invalid at once.
    pub(crate) fn namespace_token(&self) -> &[u8] {
        &self.token
    }

    /// Whose token makes the entries with a tag invalid.
    pub(crate) fn remove_token(&self, tag: &str) -> Vec<u8> {
        ["%t:", &self.scope, ":", tag].concat().into_bytes()
    }

    /// Whose token makes the entries with a tag stale.
    pub(crate) fn expire_token(&self, tag: &str) -> Vec<u8> {
        ["%x:", &self.scope, ":", tag].concat().into_bytes()
    }
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(':', "%3A")
}

/// The namespace that was [`escaped`] so.
pub(super) fn unescaped(text: &str) -> String {
    text.replace("%3A", ":").replace("%25", "%")
}

/// 128 bits of FNV-1a: names that meet in it are told apart by the record, which has the full name.
fn fingerprint(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

/// A number that nobody has drawn before, from the keys that the machine gave this process. Where it gives
/// every process the same, they differ by the platform's random numbers, and if there are none by `salt`.
pub(crate) fn draw(salt: u64) -> u128 {
    use core::hash::BuildHasher;
    let half = || std::collections::hash_map::RandomState::new().hash_one(salt);
    let drawn = u128::from(half()) << 64 | u128::from(half());
    drawn ^ crate::platform::random().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_23_colons_and_percents_of_a_namespace_are_escaped_and_keys_are_not() {
        let space = Space::new("a:b%/c", usize::MAX);
        assert_eq!(space.name("get", |name| name.push_str("k:1")).unwrap(), "a%3Ab%25/c:k:1");
        assert_eq!(space.text(b"a%3Ab%25/c:k:1"), Some("k:1"));
        assert_eq!(space.text(b"other:k:1"), None);
        assert_eq!(unescaped("a%3Ab%25/c"), "a:b%/c");
        assert_eq!(unescaped(&escaped("%3A:%25")), "%3A:%25");
        assert_eq!(space.namespace_token(), b"%n:a%3Ab%25/c");
        assert_eq!(space.remove_token("t"), b"%t:a%3Ab%25:t");
    }

    #[test]
    fn s_23_a_name_too_long_for_the_storage_becomes_a_hash_of_it_all() {
        let space = Space::new("ns", 40);
        let name = |letter: &str| ["ns:", &letter.repeat(40)].concat();
        let (one, other) = (name("x"), name("y"));
        assert_eq!(*space.stored("ns:short"), *b"ns:short");
        assert_eq!(space.stored(&one).len(), 36);
        assert_ne!(space.stored(&one), space.stored(&other));
    }

    #[test]
    fn h_06_a_key_of_64_kib_is_taken_and_a_longer_one_refused() {
        let space = Space::new("ns", usize::MAX);
        let name = |length| space.name("set", |name| name.push_str(&"x".repeat(length)));
        assert!(name(65_536).is_ok());
        let error = name(65_537).unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Key, "set"));
    }

    #[test]
    fn s_28_tokens_are_never_drawn_twice() {
        let drawn: alloc::collections::BTreeSet<u128> = (0..10_000).map(|_| draw(7)).collect();
        assert_eq!(drawn.len(), 10_000);
    }
}
