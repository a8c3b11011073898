//! The one text that every key has, equal in all languages: what patterns match and storages name.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write;

use super::json;

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

    fn write_json(&self, out: &mut String) {
        json::write_string(out, self.encode_utf8(&mut [0; 4]));
    }
}

/// Types that are the same JSON value as a whole key and as a part of one.
macro_rules! value {
    ($([$($generics:tt)*] $type:ty => |$value:ident, $out:ident| $write:expr;)+) => { $(
        impl<$($generics)*> KeyText for $type {
            fn write_text(&self, out: &mut String) {
                self.write_json(out);
            }

            fn write_json(&self, $out: &mut String) {
                let $value = self;
                $write
            }
        }
    )+ };
}

value! {
    [] bool => |value, out| out.push_str(if *value { "true" } else { "false" });
    [] f64 => |value, out| json::write_number(out, *value);
    [] f32 => |value, out| json::write_number(out, f64::from(*value));
    [T: KeyText] [T] => |list, out| write_list(out, list);
    [T: KeyText, const N: usize] [T; N] => |list, out| write_list(out, list);
    [T: KeyText] Vec<T> => |list, out| write_list(out, list);
}

macro_rules! digits {
    ($($type:ty)+) => { value! { $(
        [] $type => |value, out| write!(out, "{value}").expect("a String takes any text");
    )+ } };
}

digits! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }

impl<T: KeyText> KeyText for Option<T> {
    fn write_text(&self, out: &mut String) {
        self.write_json(out);
    }

    fn write_json(&self, out: &mut String) {
        match self {
            None => out.push_str("null"),
            Some(value) if value.is_nothing() => {
                out.push_str("Some(");
                value.write_json(out);
                out.push(')');
            }
            Some(value) => value.write_json(out),
        }
    }

    fn is_nothing(&self) -> bool {
        self.as_ref().is_none_or(KeyText::is_nothing)
    }
}

/// Types that stand for another one.
macro_rules! forward {
    ($($(#[$attribute:meta])* [$($generics:tt)*] $type:ty;)+) => { $(
        $(#[$attribute])*
        impl<$($generics)*> KeyText for $type {
            fn write_text(&self, out: &mut String) {
                (**self).write_text(out);
            }

            fn write_json(&self, out: &mut String) {
                (**self).write_json(out);
            }

            fn is_nothing(&self) -> bool {
                (**self).is_nothing()
            }
        }
    )+ };
}

forward! {
    [] String;
    [T: KeyText + ?Sized] &T;
    [T: KeyText + ?Sized] &mut T;
    [T: KeyText + ?Sized] Box<T>;
    [T: KeyText + ?Sized] Rc<T>;
    #[cfg(target_has_atomic = "ptr")]
    [T: KeyText + ?Sized] Arc<T>;
    [T: KeyText + ToOwned + ?Sized] Cow<'_, T>;
}

impl KeyText for () {
    fn write_text(&self, _: &mut String) {}

    fn write_json(&self, out: &mut String) {
        out.push_str("[]");
    }
}

macro_rules! tuples {
    ($(($first:ident $first_at:tt $(, $T:ident $at:tt)*))+) => { $(
        impl<$first: KeyText $(, $T: KeyText)*> KeyText for ($first, $($T,)*) {
            fn write_text(&self, out: &mut String) {
                self.$first_at.write_json(out);
                $(
                    out.push(',');
                    self.$at.write_json(out);
                )*
            }

            fn write_json(&self, out: &mut String) {
                out.push('[');
                self.write_text(out);
                out.push(']');
            }
        }
    )+ };
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}

fn write_list<T: KeyText>(out: &mut String, list: &[T]) {
    out.push('[');
    for (at, value) in list.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        value.write_json(out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Area(&'static str);

    impl KeyText for Area {
        fn write_text(&self, out: &mut String) {
            out.push_str(self.0);
        }
    }

    #[test]
    fn a_type_of_ones_own_is_itself_as_a_key_and_quoted_inside_of_others() {
        assert_eq!(key_text(&Area("a\"b")), "a\"b");
        assert_eq!(key_text(&(Area("a\"b"), [Area("c")])), r#""a\"b",["c"]"#);
    }

    #[test]
    fn what_stands_for_a_key_has_its_text() {
        let text = String::from("a,b");
        let pointers = (Box::new(&text), Rc::<str>::from("a,b"), Cow::Borrowed("a,b"));
        assert_eq!(key_text(&pointers), r#""a,b","a,b","a,b""#);
        assert_eq!(key_text(&pointers.0), "a,b");
        assert_eq!(key_text(&pointers.1), "a,b");
        #[cfg(target_has_atomic = "ptr")]
        assert_eq!(key_text(&Arc::<[u8]>::from([1, 2])), "[1,2]");
        assert_eq!(key_text(&Some(&Box::new(None::<u8>))), "Some(null)");
    }

    #[test]
    fn whole_numbers_of_every_size_are_digits() {
        let largest = (u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX);
        assert_eq!(
            key_text(&largest),
            "255,65535,4294967295,18446744073709551615,340282366920938463463374607431768211455"
        );
        assert_eq!(key_text(&usize::MAX), alloc::format!("{}", usize::MAX));
        let smallest = (i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN);
        assert_eq!(
            key_text(&smallest),
            "-128,-32768,-2147483648,-9223372036854775808,-170141183460469231731687303715884105728"
        );
    }

    #[test]
    fn options_of_options_stay_apart() {
        let options: [Option<Option<Option<u8>>>; 4] =
            [None, Some(None), Some(Some(None)), Some(Some(Some(1)))];
        assert_eq!(key_text(&options), "[null,Some(null),Some(Some(null)),1]");
        assert_eq!(key_text(&None::<&str>), "null");
        assert_eq!(key_text(&Some("null")), "\"null\"");
    }
}
