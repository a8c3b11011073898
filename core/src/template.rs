//! Keys that a `#[cachefn]` function has as text: escaped fields, one buffer a thread, types beside it.

use alloc::string::String;
use core::fmt::{self, Display, Write};
#[cfg(feature = "std")]
use core::{
    cell::Cell,
    hash::{Hash, Hasher},
    mem,
    ops::{Deref, DerefMut},
};

use crate::key::KeyText;
#[cfg(feature = "std")]
use crate::key::Lookup;

/// Writes one field of a template such as `"user:{id}:{lang}"`.
///
/// `stop` is the character that follows the field in the template. It and `%` are written as `%` and
/// two upper-case hexadecimal digits per byte of UTF-8, so the first `stop` in the text is where the
/// field ends, and no field can pretend to be two. The last field of a template has no `stop` and is
/// written as it is.
///
/// ```
/// use cachefn_core::private::write_field;
///
/// let mut key = String::from("user:");
/// write_field(&mut key, &"7:8", Some(':'));
/// key.push(':');
/// write_field(&mut key, &"en:GB", None);
/// assert_eq!(key, "user:7%3A8:en:GB");
/// ```
///
/// # Panics
/// When the field's `Display` reports an error, as `to_string` does: half a field could be the text of
/// another.
pub fn write_field(out: &mut String, field: &dyn Display, stop: Option<char>) {
    let written = match stop {
        None => write!(out, "{field}"),
        Some(stop) => write!(Escaped { out, stop }, "{field}"),
    };
    written.expect("a Display implementation returned an error although a String takes any text");
}

/// The text of a key while it is looked up. It is written into a buffer that its thread keeps, so a
/// hit allocates nothing.
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct Text(String);

#[cfg(feature = "std")]
impl Text {
    /// An empty text. A second one at the same time has a buffer of its own.
    #[inline]
    #[allow(clippy::new_without_default, reason = "generated code calls nothing else")]
    pub fn new() -> Text {
        Text(BUFFER.try_with(Cell::take).unwrap_or_default())
    }

    /// The text of a key.
    #[inline]
    pub fn of<K: KeyText + ?Sized>(key: &K) -> Text {
        let mut text = Text::new();
        key.write_text(&mut text);
        text
    }
}

#[cfg(feature = "std")]
impl Drop for Text {
    #[inline]
    fn drop(&mut self) {
        if (1..=BUFFER_MAX).contains(&self.0.capacity()) {
            let mut text = mem::take(&mut self.0);
            text.clear();
            // Without the thread's buffer, at the thread's end, the text is freed instead.
            let _ = BUFFER.try_with(|buffer| drop(buffer.replace(text)));
        }
    }
}

#[cfg(feature = "std")]
impl Deref for Text {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

#[cfg(feature = "std")]
impl DerefMut for Text {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}

#[cfg(feature = "std")]
impl Hash for Text {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(feature = "std")]
impl Lookup<String> for Text {
    #[inline]
    fn matches(&self, key: &String) -> bool {
        self.0 == *key
    }

    fn to_key(&self) -> String {
        self.0.as_str().into()
    }
}

/// The key of a function with type parameters: what they are, and the text of its `key`. Patterns
/// match the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypedKey<T> {
    types: T,
    text: String,
}

impl<T> KeyText for TypedKey<T> {
    fn write_text(&self, out: &mut String) {
        out.push_str(&self.text);
    }
}

/// A [`TypedKey`] while it is looked up.
#[cfg(feature = "std")]
#[derive(Debug, Hash)]
pub struct Typed<T> {
    /// What the type parameters are, and the values of those that are constants.
    pub types: T,
    /// The text of the key.
    pub text: Text,
}

#[cfg(feature = "std")]
impl<T: Copy + Hash + Eq> Lookup<TypedKey<T>> for Typed<T> {
    #[inline]
    fn matches(&self, key: &TypedKey<T>) -> bool {
        self.types == key.types && *self.text == key.text
    }

    fn to_key(&self) -> TypedKey<T> {
        TypedKey { types: self.types, text: self.text.to_key() }
    }
}

struct Escaped<'a> {
    out: &'a mut String,
    stop: char,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = text;
        while let Some(at) = plain.find(['%', self.stop]) {
            let (before, rest) = plain.split_at(at);
            let after = rest.chars().next().map_or(0, char::len_utf8);
            self.out.push_str(before);
            for byte in rest.as_bytes()[..after].iter() {
                write!(self.out, "%{byte:02X}")?;
            }
            plain = &rest[after..];
        }
        self.out.push_str(plain);
        Ok(())
    }
}

/// A longer buffer, in bytes, is not kept.
#[cfg(feature = "std")]
const BUFFER_MAX: usize = 4096;

#[cfg(feature = "std")]
std::thread_local! {
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(field: &dyn Display, stop: Option<char>) -> String {
        let mut out = String::from("<");
        write_field(&mut out, field, stop);
        out
    }

    #[test]
    fn h_04_a_field_cannot_pretend_to_be_two() {
        assert_eq!(field(&"a:b", Some(':')), "<a%3Ab");
        assert_eq!(field(&"a%3Ab", Some(':')), "<a%253Ab");
        assert_eq!(field(&"a:b", Some('/')), "<a:b");
        assert_eq!(field(&"é→é", Some('→')), "<é%E2%86%92é");
        assert_eq!(field(&"%", Some('%')), "<%25");
        assert_eq!(field(&"::", Some(':')), "<%3A%3A");
        assert_eq!(field(&"", Some(':')), "<");
    }

    #[test]
    fn the_last_field_is_written_as_it_is() {
        assert_eq!(field(&"a:b%", None), "<a:b%");
        assert_eq!(field(&7, None), "<7");
    }

    #[test]
    fn a_field_that_is_displayed_in_parts_is_escaped_as_a_whole() {
        struct Parts;
        impl Display for Parts {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                ["a:", ":%"].iter().try_for_each(|part| f.write_str(part))
            }
        }
        assert_eq!(field(&Parts, Some(':')), "<a%3A%3A%25");
    }

    #[cfg(feature = "std")]
    #[test]
    fn the_buffer_of_a_text_is_used_again() {
        let mut first = Text::new();
        first.push_str("a key that is longer than nothing");
        let place = first.as_ptr();
        let second = Text::of("another");
        assert_ne!(second.as_ptr(), place, "two at a time have two buffers");
        drop(second);
        drop(first);
        let mut third = Text::new();
        assert!(third.is_empty());
        third.push('x');
        assert_eq!(third.as_ptr(), place);
    }

    #[cfg(feature = "std")]
    #[test]
    fn a_long_buffer_is_not_kept() {
        let mut long = Text::new();
        long.reserve(BUFFER_MAX + 1);
        drop(long);
        assert!(Text::new().capacity() <= BUFFER_MAX);
    }

    #[cfg(feature = "std")]
    #[test]
    fn s_21_types_tell_equal_texts_apart() {
        use core::any::TypeId;
        use core::hash::BuildHasher;

        let typed = |types| Typed { types, text: Text::of("7") };
        let (small, large) = (typed((TypeId::of::<u8>(),)), typed((TypeId::of::<u64>(),)));
        assert!(small.matches(&small.to_key()) && !small.matches(&large.to_key()));
        let hasher = std::hash::RandomState::new();
        assert_eq!(hasher.hash_one(&small), hasher.hash_one(small.to_key()));
        assert_eq!(crate::key::key_text(&small.to_key()), "7");
    }
}
