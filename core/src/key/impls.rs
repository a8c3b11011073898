//! The texts of keys of the language's own types, and the way back from them.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write;

use super::text::KeyText;
use super::{json, reading};

impl KeyText for str {
    fn write_text(&self, out: &mut String) {
        out.push_str(self);
    }

    fn write_json(&self, out: &mut String) {
        json::write_string(out, self);
    }
}

impl KeyText for String {
    fn write_text(&self, out: &mut String) {
        out.push_str(self);
    }

    fn write_json(&self, out: &mut String) {
        json::write_string(out, self);
    }

    fn read_text(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

impl KeyText for char {
    fn write_text(&self, out: &mut String) {
        out.push(*self);
    }

    fn write_json(&self, out: &mut String) {
        json::write_string(out, self.encode_utf8(&mut [0; 4]));
    }

    fn read_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Types that are the same JSON value as a whole key and as a part of one.
macro_rules! value {
    ($(
        [$($generics:tt)*] $type:ty => |$value:ident, $out:ident| $write:expr
            $(, |$text:ident| $read:expr)?;
    )+) => { $(
        impl<$($generics)*> KeyText for $type {
            fn write_text(&self, out: &mut String) {
                self.write_json(out);
            }

            fn write_json(&self, $out: &mut String) {
                let $value = self;
                $write
            }

            $(
                fn read_text(text: &str) -> Option<Self> {
                    reading::whole(text, Self::read_json)
                }

                fn read_json($text: &mut &str) -> Option<Self> {
                    $read
                }
            )?
        }
    )+ };
}

value! {
    [] bool => |value, out| out.push_str(if *value { "true" } else { "false" }),
        |text| reading::word(text)?.parse().ok();
    [] f64 => |value, out| json::write_number(out, *value);
    [] f32 => |value, out| json::write_number(out, f64::from(*value));
    [T: KeyText] [T] => |list, out| write_list(out, list);
    [T: KeyText, const N: usize] [T; N] => |list, out| write_list(out, list),
        |text| reading::list(text, T::read_json)?.try_into().ok();
    [T: KeyText] Vec<T> => |list, out| write_list(out, list),
        |text| reading::list(text, T::read_json);
}

macro_rules! digits {
    ($($type:ty)+) => { value! { $(
        [] $type => |value, out| write!(out, "{value}").expect("a String takes any text"),
            |text| reading::word(text)?.parse().ok();
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

    fn read_text(text: &str) -> Option<Self> {
        reading::whole(text, Self::read_json)
    }

    fn read_json(text: &mut &str) -> Option<Self> {
        if reading::eat(text, "null").is_some() {
            return Some(None);
        }
        let nested = reading::eat(text, "Some(").is_some();
        let value = T::read_json(text)?;
        if nested {
            reading::eat(text, ")")?;
        }
        Some(Some(value))
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

    fn read_text(text: &str) -> Option<Self> {
        text.is_empty().then_some(())
    }

    fn read_json(text: &mut &str) -> Option<Self> {
        reading::eat(text, "[]")
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

            fn read_text(text: &str) -> Option<Self> {
                Self::read_json(&mut &*["[", text, "]"].concat())
            }

            fn read_json(text: &mut &str) -> Option<Self> {
                reading::eat(text, "[")?;
                let tuple = (
                    $first::read_json(text)?,
                    $({
                        reading::eat(text, ",")?;
                        $T::read_json(text)?
                    },)*
                );
                reading::eat(text, "]")?;
                Some(tuple)
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
