//! The binary format MessagePack.

use alloc::vec::Vec;

use rmp_serde::{Deserializer, Serializer};
use serde::{Serialize, de::DeserializeOwned};

use super::bounded::Bounds;
use super::distinct;
use crate::codec::Codec;
use crate::error::{Error, ErrorKind};

/// Writes values as [MessagePack](https://msgpack.org), structs as maps by the names of their fields:
/// as short as a format can be that JavaScript reads too.
///
/// A type may gain fields that have a `#[serde(default)]` and lose others, and what was written before
/// can still be read. Bytes are written as such where the type says so (`serde_bytes`), otherwise as a
/// list of numbers. `Some(None)` and `Some(())` are an error when they are written: they could not be
/// told from `None`. A value that is nested deeper than 128 levels is written, but not read.
///
/// ```
/// use cachefn_core::{Codec, MessagePack};
///
/// let (value, mut bytes) = ((7_u8, "Ada".to_string()), Vec::new());
/// MessagePack.encode(&value, &mut bytes)?;
/// assert_eq!(bytes, b"\x92\x07\xA3Ada");
/// assert_eq!(Codec::<(u8, String)>::decode(&MessagePack, &bytes)?, value);
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessagePack;

impl<V: Serialize + DeserializeOwned> Codec<V> for MessagePack {
    fn id(&self) -> u8 {
        3
    }

    fn encode(&self, value: &V, out: &mut Vec<u8>) -> Result<(), Error> {
        let before = out.len();
        let mut serializer = Serializer::new(&mut *out).with_struct_map();
        // What went wrong beneath may quote the value.
        let written = distinct::write(value, &mut serializer, false);
        written.map_err(|_| {
            out.truncate(before);
            Error::encoding("the value has no MessagePack of its own; `Some` must not hold nothing")
        })
    }

    fn decode(&self, bytes: &[u8]) -> Result<V, Error> {
        let bounds = Bounds::new(bytes.len());
        let mut deserializer = Deserializer::new(bytes);
        let value = bounds.read(&mut deserializer).map_err(|_| {
            let why = bounds.met().unwrap_or("the bytes are no MessagePack of this type");
            Error::new(ErrorKind::Codec, "decode", why)
        })?;
        if !deserializer.get_ref().is_empty() {
            return Err(Error::decoding("the bytes go on after the value"));
        }
        Ok(value)
    }
}
