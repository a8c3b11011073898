//! Values of any type, as far as their bytes tell what they are.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Number, Value};

/// A value of a format that describes itself. What JSON has no word for becomes the nearest text, so it
/// is to be looked at, not to be written back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Loose(pub(crate) Value);

impl Serialize for Loose {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose(Value::Null))
    }
    fn visit_none<E>(self) -> Result<Loose, E> {
        Ok(Loose(Value::Null))
    }
    fn visit_some<D: Deserializer<'de>>(self, own: D) -> Result<Loose, D::Error> {
        Loose::deserialize(own)
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, own: D) -> Result<Loose, D::Error> {
        Loose::deserialize(own)
    }
    fn visit_bool<E>(self, own: bool) -> Result<Loose, E> {
        Ok(Loose(own.into()))
    }
    fn visit_i64<E>(self, own: i64) -> Result<Loose, E> {
        Ok(Loose(own.into()))
    }
    fn visit_u64<E>(self, own: u64) -> Result<Loose, E> {
        Ok(Loose(own.into()))
    }
    fn visit_i128<E>(self, own: i128) -> Result<Loose, E> {
        Ok(Loose(own.to_string().into()))
    }
    fn visit_u128<E>(self, own: u128) -> Result<Loose, E> {
        Ok(Loose(own.to_string().into()))
    }
    fn visit_f64<E>(self, own: f64) -> Result<Loose, E> {
        let number = Number::from_f64(own).map(Value::Number);
        Ok(Loose(number.unwrap_or_else(|| own.to_string().into())))
    }
    fn visit_str<E>(self, own: &str) -> Result<Loose, E> {
        Ok(Loose(own.into()))
    }
    fn visit_bytes<E>(self, own: &[u8]) -> Result<Loose, E> {
        Ok(Loose(hex(own).into()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut own: A) -> Result<Loose, A::Error> {
        let mut list = Vec::new();
        while let Some(Loose(value)) = own.next_element()? {
            list.push(value);
        }
        Ok(Loose(list.into()))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut own: A) -> Result<Loose, A::Error> {
        let mut map = Map::new();
        while let Some((Loose(key), Loose(value))) = own.next_entry()? {
            let key = match key {
                Value::String(text) => text,
                other => other.to_string(),
            };
            map.insert(key, value);
        }
        Ok(Loose(map.into()))
    }
}

/// Bytes as people write them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len() + 2);
    text.push_str("0x");
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use cachefn_core::{Codec, Json, MessagePack};

    #[test]
    fn what_messagepack_can_hold_and_json_cannot_is_shown_all_the_same() {
        // {1: bin(01 ff), "n": NaN, "u": 2^64 - 1}
        let bytes = b"\x83\x01\xC4\x02\x01\xFF\xA1n\xCB\x7F\xF8\0\0\0\0\0\0\xA1u\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
        let Loose(value) = MessagePack.decode(bytes).unwrap();
        assert_eq!(value.to_string(), r#"{"1":"0x01ff","n":"NaN","u":18446744073709551615}"#);
    }

    #[test]
    fn json_passes_unchanged() {
        let text = r#"{"a":[1,-2,0.5,"x",null,true],"b":{}}"#;
        let Loose(value) = Json.decode(text.as_bytes()).unwrap();
        assert_eq!(value.to_string(), text);
        let mut bytes = Vec::new();
        Json.encode(&Loose(value), &mut bytes).unwrap();
        assert_eq!(bytes, text.as_bytes());
    }
}
