//! Keeps bytes from elsewhere from exhausting the stack, the memory or the time of whoever reads them.
//!
//! What stands between a format's deserializer and a type's visitor counts how deep they are and how
//! many elements came: bytes that say "one more level" again and again end in an error instead of an
//! overflow of the stack, and so does a short list of billions of elements that take no bytes.

use core::cell::Cell;
use core::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// How deep values may be nested: as deep as most readers of JSON allow.
pub(super) const DEEPEST: u32 = 128;

/// How many elements there may be beside one for each byte.
pub(super) const WEIGHTLESS: usize = 1 << 16;

/// What a value may still take, and which bound it met.
pub(super) struct Bounds {
    levels: Cell<u32>,
    elements: Cell<usize>,
    met: Cell<Option<&'static str>>,
}

impl Bounds {
    /// For a value that so many bytes stand for.
    pub(super) fn new(bytes: usize) -> Self {
        Bounds {
            levels: Cell::new(DEEPEST),
            elements: Cell::new(bytes.saturating_add(WEIGHTLESS)),
            met: Cell::new(None),
        }
    }

    /// Why the bytes were refused, if it was here.
    pub(super) fn met(&self) -> Option<&'static str> {
        self.met.get()
    }

    /// The value that a deserializer gives, within these bounds.
    pub(super) fn read<'de, V, D>(&self, deserializer: D) -> Result<V, D::Error>
    where
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        V::deserialize(self.around(deserializer))
    }

    fn around<T>(&self, inner: T) -> Bounded<'_, T> {
        Bounded { inner, bounds: self }
    }

    fn deeper<T, E: Error>(&self, visit: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let Some(levels) = self.levels.get().checked_sub(1) else {
            return Err(self.refuse("the value is nested deeper than 128 levels"));
        };
        self.levels.set(levels);
        let visited = visit();
        self.levels.set(levels + 1);
        visited
    }

    fn element<E: Error>(&self) -> Result<(), E> {
        let Some(elements) = self.elements.get().checked_sub(1) else {
            return Err(self.refuse("the value has more elements than its bytes justify"));
        };
        self.elements.set(elements);
        Ok(())
    }

    fn refuse<E: Error>(&self, why: &'static str) -> E {
        self.met.set(Some(why));
        E::custom(why)
    }
}

/// Anything of `serde` that hands something on to something else.
struct Bounded<'b, T> {
    inner: T,
    bounds: &'b Bounds,
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* self.bounds.around(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Bounded<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any() deserialize_bool() deserialize_char() deserialize_unit()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_seq()
        deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! pass {
    ($($method:ident: $type:ty)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Bounded<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    pass! {
        visit_bool: bool visit_char: char
        visit_i8: i8 visit_i16: i16 visit_i32: i32 visit_i64: i64 visit_i128: i128
        visit_u8: u8 visit_u16: u16 visit_u32: u32 visit_u64: u64 visit_u128: u128
        visit_f32: f32 visit_f64: f64
        visit_str: &str visit_borrowed_str: &'de str visit_string: alloc::string::String
        visit_bytes: &[u8] visit_borrowed_bytes: &'de [u8] visit_byte_buf: alloc::vec::Vec<u8>
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.bounds.deeper(|| self.inner.visit_some(self.bounds.around(from)))
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.bounds.deeper(|| self.inner.visit_newtype_struct(self.bounds.around(from)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, from: A) -> Result<V::Value, A::Error> {
        self.bounds.deeper(|| self.inner.visit_seq(self.bounds.around(from)))
    }
    fn visit_map<A: MapAccess<'de>>(self, from: A) -> Result<V::Value, A::Error> {
        self.bounds.deeper(|| self.inner.visit_map(self.bounds.around(from)))
    }
    fn visit_enum<A: EnumAccess<'de>>(self, from: A) -> Result<V::Value, A::Error> {
        self.bounds.deeper(|| self.inner.visit_enum(self.bounds.around(from)))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Bounded<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(self.bounds.around(from))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.bounds.element()?;
        self.inner.next_element_seed(self.bounds.around(seed))
    }
    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint().map(|hint| hint.min(self.bounds.elements.get()))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.bounds.element()?;
        self.inner.next_key_seed(self.bounds.around(seed))
    }
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(self.bounds.around(seed))
    }
    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint().map(|hint| hint.min(self.bounds.elements.get()))
    }
}

impl<'de, 'b, A: EnumAccess<'de>> EnumAccess<'de> for Bounded<'b, A> {
    type Error = A::Error;
    type Variant = Bounded<'b, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (value, variant) = self.inner.variant_seed(self.bounds.around(seed))?;
        Ok((value, self.bounds.around(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(self.bounds.around(seed))
    }
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(len, self.bounds.around(visitor))
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.struct_variant(fields, self.bounds.around(visitor))
    }
}
