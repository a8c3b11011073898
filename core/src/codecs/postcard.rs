//! The compact binary format `postcard`.

use alloc::vec::Vec;

use postcard::{Deserializer, ser_flavors, serialize_with_flavor};
use serde::{Serialize, de::DeserializeOwned};

use super::bounded::Bounds;
use super::schema;
use crate::codec::Codec;
use crate::error::{Error, ErrorKind};

/// Writes values in the compact binary format of the crate [`postcard`](https://docs.rs/postcard), and
/// a fingerprint of their type into the record's schema: after a change of the type what was written
/// before is a miss, never a wrong value.
///
/// The fingerprint covers the names of structs, fields and variants, their order, and the types of
/// fields, as far as `Deserialize` tells them. It cannot see behind a `Deserialize` written by hand
/// that refuses every sample it is given; where that is the case, it covers the size of the type.
/// What a number means to you it cannot know either: change the `version` of the function, or the
/// name of the cache.
///
/// Types that ask the format what comes next (`#[serde(untagged)]`, `#[serde(flatten)]`,
/// `serde_json::Value`) cannot be read from it; use another codec for those. A value that is nested
/// deeper than 128 levels is written, but not read, and so is a list of more than 65,536 elements that
/// take no bytes.
///
/// ```
/// use cachefn_core::{Codec, ErrorKind, Postcard};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Debug, PartialEq)]
/// struct User {
///     id: u64,
///     name: String,
/// }
///
/// let (user, mut bytes) = (User { id: 7, name: "Ada".into() }, Vec::new());
/// Postcard.encode(&user, &mut bytes)?;
/// assert_eq!(bytes, b"\x07\x03Ada");
/// assert_eq!(Codec::<User>::decode(&Postcard, &bytes)?, user);
///
/// let other: Result<(u64, u8), _> = Postcard.decode(&bytes);
/// assert_eq!(other.unwrap_err().kind(), ErrorKind::Codec);
/// assert_ne!(Codec::<User>::schema(&Postcard), Codec::<(u64, String)>::schema(&Postcard));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Postcard;

impl<V: Serialize + DeserializeOwned> Codec<V> for Postcard {
    fn id(&self) -> u8 {
        1
    }

    fn encode(&self, value: &V, out: &mut Vec<u8>) -> Result<(), Error> {
        let before = out.len();
        serialize_with_flavor(value, Appending(out)).map_err(|error| {
            out.truncate(before);
            // Its errors are numbers with fixed texts, which cannot tell the value.
            Error::encoding(alloc::format!("the value has no bytes in postcard: {error}"))
        })
    }

    fn decode(&self, bytes: &[u8]) -> Result<V, Error> {
        let bounds = Bounds::new(bytes.len());
        let mut deserializer = Deserializer::from_bytes(bytes);
        let value = bounds.read(&mut deserializer).map_err(|error| match bounds.met() {
            Some(bound) => Error::new(ErrorKind::Codec, "decode", bound),
            None => {
                Error::decoding(alloc::format!("the bytes are no postcard of this type: {error}"))
            }
        })?;
        match deserializer.finalize() {
            Ok([]) => Ok(value),
            _ => Err(Error::decoding("the bytes go on after the value")),
        }
    }

    fn schema(&self) -> u32 {
        schema::fingerprint::<V>()
    }
}

/// Writes behind what is there.
struct Appending<'o>(&'o mut Vec<u8>);

impl ser_flavors::Flavor for Appending<'_> {
    type Output = ();

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }
    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
