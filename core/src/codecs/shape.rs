//! A deserializer that reads nothing: it notes what it is asked for and answers with samples.

use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::samples::{LENGTHS, TEXTS};
use super::trace::{Meeting, ROOT, Refused, Trace, mix};

/// One place in a type.
pub(super) struct Shape<'t> {
    trace: &'t mut Trace,
    place: u64,
    depth: u32,
}

impl<'t> Shape<'t> {
    /// The type as a whole.
    pub(super) fn new(trace: &'t mut Trace) -> Self {
        Shape { trace, place: ROOT, depth: 0 }
    }

    fn fact(&mut self, what: &[&[u8]]) -> Result<(), Refused> {
        self.trace.fact(self.place, what)
    }

    /// One of the samples for this place.
    fn sample<T: Copy>(&mut self, what: &[u8], samples: &[T]) -> Result<T, Refused> {
        self.fact(&[what])?;
        let offer = self.trace.offer(self.place, samples.len());
        samples.get(offer).copied().ok_or(Refused)
    }

    /// How many elements to give: one, but none where this type was met before.
    fn count<T>(&mut self, what: &[u8]) -> Result<usize, Refused> {
        let counts = match self.trace.meet::<T>(self.place)? {
            Meeting::First => [1, 0, 2, 3],
            Meeting::Again => [0, 1, 2, 3],
        };
        self.sample(what, &counts)
    }

    fn inner(&mut self, label: &[u8]) -> Result<Shape<'_>, Refused> {
        if self.depth == DEEPEST {
            return Err(Refused);
        }
        let place = mix(self.place, label);
        Ok(Shape { trace: self.trace, place, depth: self.depth + 1 })
    }

    /// Something of so many parts, each of a type of its own.
    fn parts<'de, V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_seq(Parts { shape: self, next: 0, count, are_alike: false })
    }
}

/// What stands for a number of this type.
macro_rules! numbers {
    ($($method:ident $visit:ident $type:ident [$($sample:literal),*])*) => {$(
        fn $method<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
            let samples: &[$type] = &[$($sample),*];
            let sample = self.sample(stringify!($type).as_bytes(), samples)?;
            visitor.$visit(sample)
        }
    )*};
}

impl<'de> Deserializer<'de> for Shape<'_> {
    type Error = Refused;

    numbers! {
        deserialize_bool visit_bool bool [false, true]
        deserialize_i8 visit_i8 i8 [1, 0, -1]
        deserialize_i16 visit_i16 i16 [1, 0, -1]
        deserialize_i32 visit_i32 i32 [1, 0, -1]
        deserialize_i64 visit_i64 i64 [1, 0, -1]
        deserialize_i128 visit_i128 i128 [1, 0, -1]
        deserialize_u8 visit_u8 u8 [1, 0, 2]
        deserialize_u16 visit_u16 u16 [1, 0, 2]
        deserialize_u32 visit_u32 u32 [1, 0, 2]
        deserialize_u64 visit_u64 u64 [1, 0, 2]
        deserialize_u128 visit_u128 u128 [1, 0, 2]
        deserialize_f32 visit_f32 f32 [1.0, 0.0, 0.5]
        deserialize_f64 visit_f64 f64 [1.0, 0.0, 0.5]
        deserialize_char visit_char char ['a', '0']
    }

    fn deserialize_str<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        let text = self.sample(b"text", TEXTS)?;
        visitor.visit_str(text)
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }
    fn deserialize_bytes<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        let length = self.sample(b"bytes", &LENGTHS)?;
        visitor.visit_bytes(&[1; 32][..length])
    }
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_bytes(visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        match self.count::<V::Value>(b"option")? {
            0 => visitor.visit_none(),
            _ => visitor.visit_some(self.inner(b"some")?),
        }
    }
    fn deserialize_unit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        self.fact(&[b"unit"])?;
        visitor.visit_unit()
    }
    fn deserialize_unit_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"unit struct", name.as_bytes()])?;
        visitor.visit_unit()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"newtype struct", name.as_bytes()])?;
        visitor.visit_newtype_struct(self.inner(b"newtype")?)
    }
    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        let count = self.count::<V::Value>(b"list")?;
        visitor.visit_seq(Parts { shape: self, next: 0, count, are_alike: true })
    }
    fn deserialize_tuple<V: Visitor<'de>>(
        mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"tuple", &(len as u64).to_le_bytes()])?;
        self.parts(len, visitor)
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"tuple struct", name.as_bytes(), &(len as u64).to_le_bytes()])?;
        self.parts(len, visitor)
    }
    fn deserialize_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        let count = self.count::<V::Value>(b"map")?;
        visitor.visit_map(Parts { shape: self, next: 0, count, are_alike: true })
    }
    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"struct", name.as_bytes()])?;
        self.named(fields)?;
        self.parts(fields.len(), visitor)
    }
    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"enum", name.as_bytes()])?;
        self.named(variants)?;
        let meeting = self.trace.meet::<V::Value>(self.place)?;
        let chosen = self.trace.choose::<V::Value>(meeting, variants.len().max(1) as u32)?;
        let inside = self.inner(&chosen.index.to_le_bytes())?;
        let read = visitor.visit_enum(OneOf { shape: inside, index: chosen.index });
        self.trace.chosen(&chosen, read.is_ok());
        read
    }

    fn deserialize_any<V: Visitor<'de>>(mut self, _: V) -> Result<V::Value, Refused> {
        self.fact(&[b"any"])?;
        Err(Refused)
    }
    forward_to_deserialize_any! { identifier ignored_any }

    fn is_human_readable(&self) -> bool {
        false
    }
}

impl Shape<'_> {
    /// Fields or variants, in their order.
    fn named(&mut self, names: &[&str]) -> Result<(), Refused> {
        let hash = names.iter().fold(ROOT, |hash, name| mix(mix(hash, name.as_bytes()), &[0xFF]));
        self.fact(&[b"names", &(names.len() as u64).to_le_bytes(), &hash.to_le_bytes()])
    }
}

/// The elements of something, or the fields.
struct Parts<'t> {
    shape: Shape<'t>,
    next: usize,
    count: usize,
    /// Whether all stand in the same place of the type.
    are_alike: bool,
}

impl<'de> SeqAccess<'de> for Parts<'_> {
    type Error = Refused;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refused> {
        if self.next == self.count {
            return Ok(None);
        }
        let label = if self.are_alike { u64::MAX } else { self.next as u64 };
        self.next += 1;
        seed.deserialize(self.shape.inner(&label.to_le_bytes())?).map(Some)
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.count - self.next)
    }
}

impl<'de> MapAccess<'de> for Parts<'_> {
    type Error = Refused;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refused> {
        if self.next == self.count {
            return Ok(None);
        }
        self.next += 1;
        seed.deserialize(self.shape.inner(b"key")?).map(Some)
    }
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refused> {
        seed.deserialize(self.shape.inner(b"value")?)
    }
}

/// One variant of an enum.
struct OneOf<'t> {
    shape: Shape<'t>,
    index: u32,
}

impl<'de, 't> EnumAccess<'de> for OneOf<'t> {
    type Error = Refused;
    type Variant = Shape<'t>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Shape<'t>), Refused> {
        let index: U32Deserializer<Refused> = self.index.into_deserializer();
        Ok((seed.deserialize(index)?, self.shape))
    }
}

impl<'de> VariantAccess<'de> for Shape<'_> {
    type Error = Refused;

    fn unit_variant(mut self) -> Result<(), Refused> {
        self.fact(&[b"unit variant"])
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        mut self,
        seed: S,
    ) -> Result<S::Value, Refused> {
        self.fact(&[b"newtype variant"])?;
        seed.deserialize(self.inner(b"newtype")?)
    }
    fn tuple_variant<V: Visitor<'de>>(
        mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"tuple variant", &(len as u64).to_le_bytes()])?;
        self.parts(len, visitor)
    }
    fn struct_variant<V: Visitor<'de>>(
        mut self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fact(&[b"struct variant"])?;
        self.named(fields)?;
        self.parts(fields.len(), visitor)
    }
}

/// How deep types are looked at.
const DEEPEST: u32 = 64;
