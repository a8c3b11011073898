//! The codecs over `serde`: each a format that somebody else defined, read with care.

#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
mod any;
#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
mod bounded;
#[cfg(any(feature = "json", feature = "messagepack"))]
mod distinct;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "messagepack")]
mod messagepack;
#[cfg(feature = "postcard")]
mod postcard;
#[cfg(feature = "postcard")]
mod samples;
#[cfg(feature = "postcard")]
mod schema;
#[cfg(feature = "postcard")]
mod shape;
#[cfg(feature = "postcard")]
mod trace;

#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
pub use any::AnyCodec;
#[cfg(feature = "json")]
pub use json::Json;
#[cfg(feature = "messagepack")]
pub use messagepack::MessagePack;
#[cfg(feature = "postcard")]
pub use postcard::Postcard;
