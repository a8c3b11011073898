//! The one text that every key has, equal in all languages: what patterns match and storages name.

#[cfg(feature = "std")]
use alloc::boxed::Box;
use alloc::string::String;
#[cfg(feature = "std")]
use alloc::sync::Arc;
#[cfg(feature = "std")]
use core::any::Any;

use super::{json, reading};

/// A key that has a text, the same in every language.
///
/// A string is its own text. Numbers, lists and options are canonical JSON (RFC 8785), except that
/// whole numbers of any size are digits, and `NaN` and `Infinity` stand bare. A tuple is a JSON array
/// without its brackets, as the arguments of a function are; tuples inside of it keep theirs.
///
/// | key | text |
/// |---|---|
/// | `"eu"`, `'e'` | `eu`, `e` |
/// | `7_u64`, `true` | `7`, `true` |
/// | `(7, "eu")`, `("eu",)` | `7,"eu"`, `"eu"` |
/// | `()` | nothing |
/// | `(1, (2, 3), [4, 5], ())` | `1,[2,3],[4,5],[]` |
/// | `-0.0`, `0.1_f32` | `0`, `0.10000000149011612` (as `f64` it is this number) |
/// | `None`, `Some(7)`, `Some("a")` | `null`, `7`, `"a"` |
/// | `Some(None)` | `Some(null)` |
///
/// For a type of your own write [`write_text`](KeyText::write_text): equal keys need equal texts, and
/// different keys different ones. The text of a key may be written under a lock of the cache, so it
/// must not use the cache.
///
/// ```
/// use cachefn_core::{Glob, KeyText, MemoryCache};
///
/// #[derive(Clone, PartialEq, Eq, Hash)]
/// struct UserId(u32);
/// impl KeyText for UserId {
///     fn write_text(&self, out: &mut String) {
///         out.push_str("user:");
///         self.0.write_text(out);
///     }
/// }
/// let cache = MemoryCache::<UserId, &str>::builder().build()?;
/// cache.set(UserId(7), "Ada")?;
/// assert_eq!(cache.invalidate_by_pattern(&Glob::prefix("user:")), 1);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub trait KeyText {
    /// Appends the text of the key.
    fn write_text(&self, out: &mut String);

    /// Appends the key as it stands inside a tuple or list: unless said otherwise, its text as a
    /// JSON string.
    fn write_json(&self, out: &mut String) {
        json::write_string(out, &key_text(self));
    }

    /// Whether this is `None`, perhaps inside of `Some`s, so that one more `Some` must be told.
    #[doc(hidden)]
    fn is_nothing(&self) -> bool {
        false
    }

    /// A key that may have this text, where it is easily found. Whoever asks writes its text again.
    #[doc(hidden)]
    fn read_text(_: &str) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// The same for what [`write_json`](KeyText::write_json) wrote, which is taken from the text.
    #[doc(hidden)]
    fn read_json(text: &mut &str) -> Option<Self>
    where
        Self: Sized,
    {
        Self::read_text(&reading::string(text)?)
    }
}

/// The text of a key.
pub fn key_text<K: KeyText + ?Sized>(key: &K) -> String {
    let mut text = String::new();
    key.write_text(&mut text);
    text
}

/// The key with a text, if there is a way back. A key without one may have the text all the same.
#[cfg(feature = "std")]
pub(crate) fn read_key<K: KeyText + 'static>(text: &str) -> Option<K> {
    let key = K::read_text(text).or_else(|| read_pointer(text));
    key.filter(|key| key_text(key) == text)
}

/// A pointer to a text, which no method of what it points to could make.
#[cfg(feature = "std")]
fn read_pointer<K: 'static>(text: &str) -> Option<K> {
    let mut key = None::<K>;
    let place: &mut dyn Any = &mut key;
    if let Some(key) = place.downcast_mut::<Option<Arc<str>>>() {
        *key = Some(text.into());
    } else if let Some(key) = place.downcast_mut::<Option<Box<str>>>() {
        *key = Some(text.into());
    }
    key
}

#[cfg(test)]
mod tests;
