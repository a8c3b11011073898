//! The text format JSON (RFC 8259).

use alloc::format;
use alloc::vec::Vec;

use serde::{Serialize, Serializer, de::DeserializeOwned};
use serde_json::error::Category;

use super::bounded::Bounds;
use super::distinct;
use crate::codec::Codec;
use crate::error::{Error, ErrorKind};

/// Writes values as JSON (RFC 8259), which JavaScript and people read too.
///
/// JSON names fields, so a type may gain fields that have a `#[serde(default)]` and lose others, and
/// what was written before can still be read. Bytes become lists of numbers, four times as long.
/// What JSON cannot tell apart is an error when it is written: `Some(None)` and `Some(())` are `null`
/// like `None`, and so are floats that are not finite. Maps need texts or numbers as keys. A value that is
/// nested deeper than 128 levels is written, but not read.
///
/// ```
/// use cachefn_core::{Codec, Json};
///
/// let (value, mut bytes) = ((7_u8, "Ada".to_string()), Vec::new());
/// Json.encode(&value, &mut bytes)?;
/// assert_eq!(bytes, br#"[7,"Ada"]"#);
/// assert_eq!(Codec::<(u8, String)>::decode(&Json, &bytes)?, value);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json;

impl<V: Serialize + DeserializeOwned> Codec<V> for Json {
    fn id(&self) -> u8 {
        2
    }

    fn encode(&self, value: &V, out: &mut Vec<u8>) -> Result<(), Error> {
        // What went wrong beneath may quote the value.
        let text = serde_json::to_vec(&Distinct(value)).map_err(|_| Error::encoding(NO_JSON))?;
        out.extend_from_slice(&text);
        Ok(())
    }

    fn decode(&self, bytes: &[u8]) -> Result<V, Error> {
        let bounds = Bounds::new(bytes.len());
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let read = bounds.read(&mut deserializer);
        let value = read.and_then(|value| deserializer.end().map(|()| value));
        value.map_err(|error| match (bounds.met(), error.classify()) {
            (Some(bound), _) => Error::new(ErrorKind::Codec, "decode", bound),
            (None, Category::Data) => Error::decoding(format!(
                "the JSON is no value of this type, line {} column {}",
                error.line(),
                error.column()
            )),
            (None, _) => Error::decoding(format!(
                "the bytes are no JSON, line {} column {}",
                error.line(),
                error.column()
            )),
        })
    }
}

/// What can be read as nothing but what it is.
struct Distinct<'v, V>(&'v V);

impl<V: Serialize> Serialize for Distinct<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        distinct::write(self.0, serializer, true)
    }
}

const NO_JSON: &str = "the value has no JSON of its own; maps need texts as keys, floats must be \
    finite, and `Some` must not hold nothing";
