//! CRC-32C by the processor's own instruction, where it has one: eight bytes at a time and no tables.

/// The checksum of these bytes; none where the processor has no instruction for it.
#[cfg(all(feature = "std", target_arch = "x86_64", not(miri)))]
#[inline]
pub(crate) fn crc_32c(bytes: &[u8]) -> Option<u32> {
    // SAFETY: it was asked whether the processor has what the function needs.
    std::arch::is_x86_feature_detected!("sse4.2").then(|| unsafe { by_eights(bytes) })
}

/// The checksum of these bytes; none where the processor has no instruction for it.
#[cfg(not(all(feature = "std", target_arch = "x86_64", not(miri))))]
#[inline]
pub(crate) fn crc_32c(_: &[u8]) -> Option<u32> {
    None
}

/// # Safety
/// The processor has SSE4.2.
#[cfg(all(feature = "std", target_arch = "x86_64", not(miri)))]
#[target_feature(enable = "sse4.2")]
#[allow(
    unused_unsafe,
    reason = "the oldest compiler that is supported takes them for unsafe even here"
)]
unsafe fn by_eights(bytes: &[u8]) -> u32 {
    use core::arch::x86_64::{_mm_crc32_u8, _mm_crc32_u64};
    let mut eights = bytes.chunks_exact(8);
    let mut crc = u64::from(u32::MAX);
    for eight in &mut eights {
        let eight = eight.try_into().map_or(0, u64::from_le_bytes);
        // SAFETY: the caller says that the processor has the instruction, which takes any numbers.
        crc = unsafe { _mm_crc32_u64(crc, eight) };
    }
    let mut crc = crc as u32;
    for byte in eights.remainder() {
        // SAFETY: as above.
        crc = unsafe { _mm_crc32_u8(crc, *byte) };
    }
    !crc
}
