//! Refuses to write what could not be told from something else when it is read.
//!
//! JSON and MessagePack have one word for nothing: `None`, `()` and, in JSON, a float that is not
//! finite are all `null`. Inside an `Option` that would come back as another value than was written.

use core::fmt;

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// Writes a value, or refuses to. `finite` says that the format has no other floats.
pub(super) fn write<V, S>(value: &V, serializer: S, finite: bool) -> Result<S::Ok, S::Error>
where
    V: Serialize + ?Sized,
    S: Serializer,
{
    value.serialize(Writer { inner: serializer, finite, in_some: false })
}

/// A serializer, or what it gives for something of many parts.
struct Writer<S> {
    inner: S,
    finite: bool,
    /// Whether the value is all that a `Some` holds.
    in_some: bool,
}

/// A value that will be written by a [`Writer`].
struct Written<'v, V: ?Sized> {
    value: &'v V,
    finite: bool,
    in_some: bool,
}

impl<V: Serialize + ?Sized> Serialize for Written<'_, V> {
    fn serialize<S: Serializer>(&self, inner: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Writer { inner, finite: self.finite, in_some: self.in_some })
    }
}

impl<S> Writer<S> {
    /// A value inside of this one, which no `Some` holds alone.
    fn part<'v, V: ?Sized>(&self, value: &'v V) -> Written<'v, V> {
        Written { value, finite: self.finite, in_some: false }
    }

    fn parts<P>(finite: bool, inner: P) -> Writer<P> {
        Writer { inner, finite, in_some: false }
    }
}

impl<S: Serializer> Writer<S> {
    fn nothing(self) -> Result<S, S::Error> {
        if self.in_some {
            return Err(S::Error::custom("nothing inside of something"));
        }
        Ok(self.inner)
    }

    fn float(self, is_finite: bool) -> Result<S, S::Error> {
        if self.finite && !is_finite {
            return Err(S::Error::custom("a float that is not finite"));
        }
        Ok(self.inner)
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method(self, $($argument: $type),*) -> Result<S::Ok, S::Error> {
            self.inner.$method($($argument),*)
        }
    )*};
}

macro_rules! open {
    ($($method:ident($($argument:ident: $type:ty),*) -> $parts:ident)*) => {$(
        fn $method(self, $($argument: $type),*) -> Result<Self::$parts, S::Error> {
            Ok(Self::parts(self.finite, self.inner.$method($($argument),*)?))
        }
    )*};
}

impl<S: Serializer> Serializer for Writer<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Writer<S::SerializeSeq>;
    type SerializeTuple = Writer<S::SerializeTuple>;
    type SerializeTupleStruct = Writer<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Writer<S::SerializeTupleVariant>;
    type SerializeMap = Writer<S::SerializeMap>;
    type SerializeStruct = Writer<S::SerializeStruct>;
    type SerializeStructVariant = Writer<S::SerializeStructVariant>;

    forward! {
        serialize_bool(value: bool) serialize_char(value: char) serialize_str(value: &str)
        serialize_i8(value: i8) serialize_i16(value: i16) serialize_i32(value: i32)
        serialize_i64(value: i64) serialize_i128(value: i128)
        serialize_u8(value: u8) serialize_u16(value: u16) serialize_u32(value: u32)
        serialize_u64(value: u64) serialize_u128(value: u128)
        serialize_bytes(value: &[u8])
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str)
    }
    open! {
        serialize_seq(len: Option<usize>) -> SerializeSeq
        serialize_tuple(len: usize) -> SerializeTuple
        serialize_tuple_struct(name: &'static str, len: usize) -> SerializeTupleStruct
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> SerializeTupleVariant
        serialize_map(len: Option<usize>) -> SerializeMap
        serialize_struct(name: &'static str, len: usize) -> SerializeStruct
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> SerializeStructVariant
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        self.float(value.is_finite())?.serialize_f32(value)
    }
    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        self.float(value.is_finite())?.serialize_f64(value)
    }
    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.nothing()?.serialize_none()
    }
    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.nothing()?.serialize_unit()
    }
    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.nothing()?.serialize_unit_struct(name)
    }
    fn serialize_some<V: Serialize + ?Sized>(self, value: &V) -> Result<S::Ok, S::Error> {
        let value = Written { value, finite: self.finite, in_some: true };
        self.inner.serialize_some(&value)
    }
    fn serialize_newtype_struct<V: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &V,
    ) -> Result<S::Ok, S::Error> {
        let value = Written { value, finite: self.finite, in_some: self.in_some };
        self.inner.serialize_newtype_struct(name, &value)
    }
    fn serialize_newtype_variant<V: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &V,
    ) -> Result<S::Ok, S::Error> {
        let value = self.part(value);
        self.inner.serialize_newtype_variant(name, index, variant, &value)
    }
    fn collect_str<V: fmt::Display + ?Sized>(self, value: &V) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! parts {
    ($($of:ident::$method:ident($($name:ident: $type:ty)?))*) => {$(
        impl<P: $of> $of for Writer<P> {
            type Ok = P::Ok;
            type Error = P::Error;

            fn $method<V: Serialize + ?Sized>(
                &mut self,
                $($name: $type,)?
                value: &V,
            ) -> Result<(), P::Error> {
                let value = self.part(value);
                self.inner.$method($($name,)? &value)
            }
            fn end(self) -> Result<P::Ok, P::Error> {
                self.inner.end()
            }
        }
    )*};
}

parts! {
    SerializeSeq::serialize_element()
    SerializeTuple::serialize_element()
    SerializeTupleStruct::serialize_field()
    SerializeTupleVariant::serialize_field()
    SerializeStruct::serialize_field(name: &'static str)
    SerializeStructVariant::serialize_field(name: &'static str)
}

impl<P: SerializeMap> SerializeMap for Writer<P> {
    type Ok = P::Ok;
    type Error = P::Error;

    fn serialize_key<V: Serialize + ?Sized>(&mut self, key: &V) -> Result<(), P::Error> {
        let key = self.part(key);
        self.inner.serialize_key(&key)
    }
    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), P::Error> {
        let value = self.part(value);
        self.inner.serialize_value(&value)
    }
    fn end(self) -> Result<P::Ok, P::Error> {
        self.inner.end()
    }
}
