//! The requests of the identifiers demo, when it was run: every identifier in the sources of the
//! dependencies, in order.

use std::fs;
use std::path::Path;

use crate::trace::dense;
use crate::workload::Workload;

/// The workload, or nothing when the demo has not written it or wrote something else.
pub fn workload() -> Option<Workload> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/identifiers/stream.bin");
    let ids = dense(parse(&fs::read(file).ok()?)?);
    let unique = ids.iter().max().map_or(1, |most| *most as usize + 1);
    let capacities = [1_000, 100, 10].map(|part| (unique / part).max(1)).to_vec();
    Some(Workload { name: "identifiers".into(), ids, capacities })
}

/// Four numbers (format, words, bytes of their text, requests), the text, zeros up to a multiple of
/// four, and the number of the word of each request.
fn parse(bytes: &[u8]) -> Option<Vec<u32>> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (format, text, requests) = (number(0)?, number(8)? as usize, number(12)? as usize);
    let numbers = bytes.get((16 + text).next_multiple_of(4)..)?;
    if format != FORMAT || numbers.len() != 4 * requests || requests == 0 {
        return None;
    }
    let ids = numbers.chunks_exact(4).map(|id| u32::from_le_bytes([id[0], id[1], id[2], id[3]]));
    Some(ids.collect())
}

const FORMAT: u32 = 0x4346_0001;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_and_a_cut_one_is_not() {
        let mut bytes = [FORMAT, 2, 4, 3].map(u32::to_le_bytes).concat();
        bytes.extend(b"a\nb\n");
        bytes.extend([0_u32, 1, 0].map(u32::to_le_bytes).concat());
        assert_eq!(parse(&bytes), Some(vec![0, 1, 0]));
        assert_eq!(parse(&bytes[..bytes.len() - 4]), None);
        assert_eq!(parse(b"CF"), None);
    }
}
