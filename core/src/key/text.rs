//! The one text that every key has, equal in all languages: what globs match and storages name.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::json;

/// A key that has a text. Strings are their own text; a tuple's text is canonical JSON (RFC 8785)
/// without the outer brackets, so that `(7, "eu")` reads `7,"eu"`.
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
        let mut text = String::new();
        self.write_text(&mut text);
        json::write_string(out, &text);
    }
}

/// The text of a key.
pub fn key_text<K: KeyText + ?Sized>(key: &K) -> String {
    let mut text = String::new();
    key.write_text(&mut text);
    text
}

impl KeyText for str {
    fn write_text(&self, out: &mut String) {
        out.push_str(self);
    }
    fn write_json(&self, out: &mut String) {
        json::write_string(out, self);
    }
}

impl KeyText for char {
    fn write_text(&self, out: &mut String) {
        out.push(*self);
    }
}

macro_rules! by_display {
    ($($type:ty)*) => {$(
        impl KeyText for $type {
            fn write_text(&self, out: &mut String) {
                // Writing to a String never fails.
                let _ = write!(out, "{self}");
            }
            fn write_json(&self, out: &mut String) {
                self.write_text(out);
            }
        }
    )*};
}

by_display!(bool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

macro_rules! by_number {
    ($($type:ty)*) => {$(
        impl KeyText for $type {
            fn write_text(&self, out: &mut String) {
                json::write_number(out, f64::from(*self));
            }
            fn write_json(&self, out: &mut String) {
                self.write_text(out);
            }
        }
    )*};
}

by_number!(f32 f64);

macro_rules! by_reference {
    ($($type:ty),*) => {$(
        impl<T: KeyText + ?Sized> KeyText for $type {
            fn write_text(&self, out: &mut String) {
                (**self).write_text(out);
            }
            fn write_json(&self, out: &mut String) {
                (**self).write_json(out);
            }
        }
    )*};
}

by_reference!(&T, Box<T>, Rc<T>);

#[cfg(target_has_atomic = "ptr")]
by_reference!(alloc::sync::Arc<T>);

impl<T: KeyText + alloc::borrow::ToOwned + ?Sized> KeyText for Cow<'_, T> {
    fn write_text(&self, out: &mut String) {
        (**self).write_text(out);
    }
    fn write_json(&self, out: &mut String) {
        (**self).write_json(out);
    }
}

impl KeyText for String {
    fn write_text(&self, out: &mut String) {
        self.as_str().write_text(out);
    }
    fn write_json(&self, out: &mut String) {
        self.as_str().write_json(out);
    }
}

/// `None` is `null`.
impl<T: KeyText> KeyText for Option<T> {
    fn write_text(&self, out: &mut String) {
        self.write_json(out);
    }
    fn write_json(&self, out: &mut String) {
        match self {
            Some(value) => value.write_json(out),
            None => out.push_str("null"),
        }
    }
}

impl<T: KeyText> KeyText for [T] {
    fn write_text(&self, out: &mut String) {
        self.write_json(out);
    }
    fn write_json(&self, out: &mut String) {
        out.push('[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            item.write_json(out);
        }
        out.push(']');
    }
}

impl<T: KeyText> KeyText for Vec<T> {
    fn write_text(&self, out: &mut String) {
        self.as_slice().write_text(out);
    }
    fn write_json(&self, out: &mut String) {
        self.as_slice().write_json(out);
    }
}

impl<T: KeyText, const N: usize> KeyText for [T; N] {
    fn write_text(&self, out: &mut String) {
        self.as_slice().write_text(out);
    }
    fn write_json(&self, out: &mut String) {
        self.as_slice().write_json(out);
    }
}

macro_rules! tuple {
    ($($item:ident $at:tt)*) => {
        impl<$($item: KeyText),*> KeyText for ($($item,)*) {
            fn write_text(&self, out: &mut String) {
                let _ = &out;
                $(
                    if $at > 0 {
                        out.push(',');
                    }
                    self.$at.write_json(out);
                )*
            }
            fn write_json(&self, out: &mut String) {
                out.push('[');
                self.write_text(out);
                out.push(']');
            }
        }
    };
}

tuple!();
tuple!(A 0);
tuple!(A 0 B 1);
tuple!(A 0 B 1 C 2);
tuple!(A 0 B 1 C 2 D 3);
tuple!(A 0 B 1 C 2 D 3 E 4);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 L 10);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 L 10 M 11);
