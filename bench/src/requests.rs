//! Reads recorded requests: a key a line, or numbers of 32 bits; plain or packed with zstd.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::trace::{from_lines, from_numbers};

/// The requests of a file as dense ids: numbers of 32 bits, little end first, when it is called
/// `….u32` or `….u32.zst`, else a key a line, whatever its bytes. At most `most` of them.
///
/// # Errors
/// When there is nothing to replay; the text names the file and what is wrong with it.
pub fn read(path: &Path, most: usize) -> Result<Vec<u32>, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let name = name.unwrap_or_default();
    let fail = |detail: String| Err(format!("read {}: {detail}", path.display()));
    if path.is_dir() {
        return fail("it is a folder, not a trace".into());
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return fail(error.to_string()),
    };
    let numbers = name.trim_end_matches(".zst").ends_with(".u32");
    let bytes = if bytes.starts_with(&ZSTD) {
        match unpack(&bytes, if numbers { 4 * most as u64 } else { u64::MAX }) {
            Ok(bytes) => bytes,
            Err(error) => return fail(format!("it cannot be unpacked by zstd: {error}")),
        }
    } else if name.ends_with(".zst") {
        return fail("it is called .zst, but zstd did not pack it".into());
    } else {
        bytes
    };
    if numbers && bytes.len() % 4 != 0 {
        let size = bytes.len();
        return fail(format!("{size} bytes are no whole number of 4-byte keys; is it cut off?"));
    }
    let ids = if numbers { from_numbers(&bytes, most) } else { from_lines(&bytes, most) };
    if ids.is_empty() {
        return fail("it is empty: there is no request in it".into());
    }
    Ok(ids)
}

fn unpack(bytes: &[u8], most: u64) -> std::io::Result<Vec<u8>> {
    let mut decoder = zstd::Decoder::with_buffer(bytes)?;
    decoder.window_log_max(31)?;
    let mut unpacked = Vec::new();
    decoder.take(most).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

/// The first bytes of everything that zstd packed.
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, bytes: &[u8]) -> Result<Vec<u32>, String> {
        let folder = std::env::temp_dir().join(format!("cachefn-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        let ids = read(&path, 1_000);
        fs::remove_file(path).unwrap();
        ids
    }

    #[test]
    fn lines_are_keys_whatever_their_bytes() {
        assert_eq!(written("lines.txt", b"b\r\na\n\n\xff\nb\n"), Ok(vec![0, 1, 2, 0]));
    }

    #[test]
    fn numbers_may_be_far_apart() {
        let bytes = [7_u32, u32::MAX, 7].map(u32::to_le_bytes).concat();
        assert_eq!(written("numbers.u32", &bytes), Ok(vec![0, 1, 0]));
    }

    #[test]
    fn packed_files_are_unpacked() {
        let packed = zstd::encode_all(&b"x\ny\nx\n"[..], 1).unwrap();
        assert_eq!(written("lines.zst", &packed), Ok(vec![0, 1, 0]));
        let numbers = zstd::encode_all(&[1_u32, 0, 1].map(u32::to_le_bytes).concat()[..], 1);
        assert_eq!(written("numbers.u32.zst", &numbers.unwrap()), Ok(vec![1, 0, 1]));
    }

    #[test]
    fn what_cannot_be_replayed_says_why() {
        let packed = zstd::encode_all(&[b'x'; 10_000][..], 1).unwrap();
        let cases: [(&str, &[u8], &str); 6] = [
            ("empty.txt", b"", "empty"),
            ("blank.txt", b"\n\n", "empty"),
            ("odd.u32", b"12345", "5 bytes"),
            ("plain.zst", b"a\nb\n", "zstd did not pack it"),
            ("cut.zst", &packed[..packed.len() - 4], "cannot be unpacked"),
            ("empty.u32", b"", "empty"),
        ];
        for (name, bytes, expected) in cases {
            let error = written(name, bytes).unwrap_err();
            assert!(error.contains(name) && error.contains(expected), "{error}");
        }
        let missing = read(Path::new("no/such/file"), 1).unwrap_err();
        assert!(missing.contains("no/such/file") && missing.contains("No such"), "{missing}");
        assert!(read(&std::env::temp_dir(), 1).unwrap_err().contains("folder"));
    }
}
