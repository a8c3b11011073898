//! Whether a file or a folder is a storage, before it is opened as one.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Whether this is a file that holds a storage; it is not there if not. To open another one would move
/// it away.
pub(super) fn is_storage(path: &Path) -> Result<bool, String> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.to_string()),
    };
    let mut begin = [0; MAGIC.len()];
    match file.read_exact(&mut begin) {
        Ok(()) if begin == MAGIC => Ok(true),
        Ok(()) => Err("it is no storage of a cache".into()),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err("it is too short for a storage of a cache".into())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Whether this is a folder that holds a storage.
#[cfg(feature = "rocksdb")]
pub(super) fn is_rocksdb(path: &Path) -> bool {
    path.join("cachefn-rocksdb").is_file()
}

/// What the file of every storage begins with.
const MAGIC: [u8; 9] = *b"redb\x1A\x0A\xA9\x0D\x0A";
