//! What a storage keeps under a name: one value with all that decides whether it may still be used.

mod compression;
mod decoding;
mod encoding;
mod fields;
mod layout;
mod reader;
mod tokens;

#[cfg(feature = "std")]
pub(crate) use encoding::Head;
pub use fields::{Record, RecordTag};
