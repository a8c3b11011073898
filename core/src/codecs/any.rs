//! A codec that is chosen before the types of the values are known.

use alloc::vec::Vec;

use serde::{Serialize, de::DeserializeOwned};

use crate::codec::Codec;
use crate::error::Error;

/// Any of the codecs over `serde`, for caches that serve many types of values.
///
/// ```
/// use cachefn_core::{AnyCodec, Codec, Postcard};
/// let (codec, mut bytes) = (AnyCodec::from(Postcard), Vec::new());
/// codec.encode(&7_u32, &mut bytes)?;
/// assert_eq!((bytes, Codec::<u32>::id(&codec)), (vec![7], Codec::<u32>::id(&Postcard)));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnyCodec {
    /// [`Postcard`](crate::Postcard).
    #[cfg(feature = "postcard")]
    Postcard,
    /// [`Json`](crate::Json).
    #[cfg(feature = "json")]
    Json,
    /// [`MessagePack`](crate::MessagePack).
    #[cfg(feature = "messagepack")]
    MessagePack,
}

impl<V: Serialize + DeserializeOwned> Codec<V> for AnyCodec {
    fn id(&self) -> u8 {
        with!(self, codec => Codec::<V>::id(&codec))
    }

    fn encode(&self, value: &V, out: &mut Vec<u8>) -> Result<(), Error> {
        with!(self, codec => codec.encode(value, out))
    }

    fn decode(&self, bytes: &[u8]) -> Result<V, Error> {
        with!(self, codec => codec.decode(bytes))
    }

    fn schema(&self) -> u32 {
        with!(self, codec => Codec::<V>::schema(&codec))
    }
}

#[cfg(feature = "postcard")]
impl From<super::postcard::Postcard> for AnyCodec {
    fn from(_: super::postcard::Postcard) -> Self {
        AnyCodec::Postcard
    }
}

#[cfg(feature = "json")]
impl From<super::json::Json> for AnyCodec {
    fn from(_: super::json::Json) -> Self {
        AnyCodec::Json
    }
}

#[cfg(feature = "messagepack")]
impl From<super::messagepack::MessagePack> for AnyCodec {
    fn from(_: super::messagepack::MessagePack) -> Self {
        AnyCodec::MessagePack
    }
}

macro_rules! with {
    ($own:expr, $codec:ident => $call:expr) => {
        match $own {
            #[cfg(feature = "postcard")]
            AnyCodec::Postcard => {
                let $codec = super::postcard::Postcard;
                $call
            }
            #[cfg(feature = "json")]
            AnyCodec::Json => {
                let $codec = super::json::Json;
                $call
            }
            #[cfg(feature = "messagepack")]
            AnyCodec::MessagePack => {
                let $codec = super::messagepack::MessagePack;
                $call
            }
        }
    };
}
use with;
