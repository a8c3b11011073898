//! The numbers of the record format that its writer and its reader share.

use crc::{CRC_32_ISCSI, Crc, Table};

use crate::raw::crc_32c;

/// How every record begins. The first byte makes it no text in any common encoding.
pub(super) const MAGIC: [u8; 3] = [0xCA, b'f', b'n'];

/// The only version there is; a reader knows none but its own.
pub(super) const VERSION: u8 = 1;

/// Flag: the payload is the varint of its length, then one block of LZ4.
pub(super) const COMPRESSED: u8 = 1;

/// Magic, version and flags.
pub(super) const PREFIX: usize = 5;

/// CRC-32C of all bytes before it, little-endian.
pub(super) const CHECKSUM: usize = 4;

/// The shortest tag: an empty name and two tokens.
pub(super) const SHORTEST_TAG: usize = 33;

/// LZ4 says at most so many bytes with one.
#[cfg(feature = "lz4")]
pub(super) const LARGEST_RATIO: u64 = 255;

/// The checksum of everything before it.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    crc_32c(bytes).unwrap_or_else(|| CRC.checksum(bytes))
}

/// 16 KiB of tables go through 16 bytes at a time; small machines get along with 1 KiB.
#[cfg(target_pointer_width = "64")]
static CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);
#[cfg(not(target_pointer_width = "64"))]
static CRC: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);

#[cfg(test)]
mod tests {
    use super::{CRC, CRC_32_ISCSI, Crc, Table, checksum};

    #[test]
    fn s_38_the_checksum_is_crc_32c_whatever_makes_it() {
        assert_eq!(checksum(b"123456789"), 0xE306_9283);
        let small = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);
        for length in 0..100 {
            let bytes: alloc::vec::Vec<u8> =
                (0..length).map(|at: u8| at.wrapping_mul(37)).collect();
            let whole = small.checksum(&bytes);
            assert_eq!(checksum(&bytes), whole, "{length} bytes");
            assert_eq!(CRC.checksum(&bytes), whole, "{length} bytes by tables");
        }
    }
}
