//! Makes long payloads shorter, where the feature `lz4` is on.

#[cfg(feature = "lz4")]
use alloc::vec::Vec;

use bytes::Bytes;

#[cfg(feature = "lz4")]
use super::layout;
use super::reader::corrupt;
use crate::error::Error;
#[cfg(feature = "lz4")]
use crate::error::ErrorKind;

/// The payload as one block of LZ4, if that is worth it.
#[cfg(feature = "lz4")]
pub(super) fn compress(payload: &[u8]) -> Option<Vec<u8>> {
    let compressed = lz4_flex::block::compress(payload);
    // The length, which stands before it, takes less than the difference.
    (compressed.len() + 10 < payload.len()).then_some(compressed)
}

/// The payload that a block of LZ4 stands for, which must have this length.
#[cfg(feature = "lz4")]
pub(super) fn decompress(block: &[u8], length: u64) -> Result<Bytes, Error> {
    let is_possible = length <= (block.len() as u64).saturating_mul(layout::LARGEST_RATIO);
    let wrong = || corrupt("its compressed payload has another length than it says");
    let length = usize::try_from(length).ok().filter(|_| is_possible).ok_or_else(wrong)?;
    let mut payload = Vec::new();
    payload.try_reserve_exact(length).map_err(|_| {
        Error::new(ErrorKind::Unavailable, "decode", "there is no memory to decompress the record")
    })?;
    payload.resize(length, 0);
    match lz4_flex::block::decompress_into(block, &mut payload) {
        Ok(written) if written == length => Ok(Bytes::from(payload)),
        Ok(_) => Err(wrong()),
        Err(_) => Err(corrupt("its payload cannot be decompressed")),
    }
}

#[cfg(not(feature = "lz4"))]
pub(super) fn compress(_: &[u8]) -> Option<alloc::vec::Vec<u8>> {
    None
}

#[cfg(not(feature = "lz4"))]
pub(super) fn decompress(_: &[u8], _: u64) -> Result<Bytes, Error> {
    Err(corrupt("the record is compressed; it takes the feature `lz4` of cachefn-core to read it"))
}
