//! Whether a file can be at a path, and who has it open.

use std::fs::{self, File};
use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
use std::io::Read;
use std::path::Path;

use cachefn_core::Error;

use crate::failure::Failure;

/// What is wrong with a path, as far as that shows before it is opened.
pub(crate) fn check(path: &Path) -> Result<(), Error> {
    let shown = path.display();
    if path.is_dir() {
        return Err(Error::config("open", format!("{shown} is a folder; name a file in it")));
    }
    // A device must not be moved away as a damaged file would be.
    if path.exists() && !path.is_file() {
        return Err(Error::config("open", format!("{shown} is a device or the like; name a file")));
    }
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Err(Error::config("open", "the path is empty; name a file")),
    };
    if path.file_name().is_none() {
        return Err(Error::config("open", format!("{shown} names no file")));
    }
    if !folder.is_dir() {
        let text = format!("the folder {} does not exist; create it first", folder.display());
        return Err(Error::config("open", text));
    }
    // Asked for here, because the engine's own words do not tell the path.
    let mut options = fs::OpenOptions::new();
    let opened = options.read(true).write(true).create(true).truncate(false).open(path);
    let opened = opened.map_err(|error| match error.kind() {
        PermissionDenied | ReadOnlyFilesystem => {
            let shown = path.display();
            let advice = "name a file in a folder that this user may write to";
            Error::config("open", format!("{shown} cannot be written ({error}); {advice}"))
        }
        _ => Error::unavailable("open", format!("{}: {error}", path.display())),
    })?;
    // Only a file of ours may be moved away when it is damaged.
    if may_be_ours(&opened) { Ok(()) } else { Err(foreign(path)) }
}

/// The error for a file that belongs to somebody else.
fn foreign(path: &Path) -> Error {
    let text = format!("{} is not a file of this storage; name another one", path.display());
    Error::config("open", text)
}

/// Whether a file begins as the engine's files do, or nearly, or was not written yet.
fn may_be_ours(mut file: &File) -> bool {
    let mut start = [0; MAGIC.len()];
    let Ok(length) = file.read(&mut start) else { return true };
    let start = &start[..length];
    let strange = start.iter().zip(MAGIC).filter(|(own, magic)| **own != *magic).count();
    strange <= 2 || start.iter().all(|byte| *byte == 0)
}

/// How the files of redb begin.
const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";

/// What a failure to open this file is called.
pub(crate) fn told(failure: &Failure, path: &Path) -> Error {
    let shown = path.display();
    match failure {
        Failure::Taken => {}
        Failure::Foreign => return foreign(path),
        other => return other.told("open"),
    }
    let text = match holder(path) {
        Some(process) if process == std::process::id() => format!(
            "{shown} is open in this process already; clone the FileStorage that has it, or name \
             another file"
        ),
        Some(process) => format!(
            "{shown} is open in process {process}; one process at a time can have it: end that one, \
             or name another file"
        ),
        None => format!(
            "{shown} is open already, in this process or another; one process at a time can have it: \
             close it there, or name another file"
        ),
    };
    Error::unavailable("open", text)
}

/// The process that holds a lock on the file, where the system tells.
#[cfg(target_os = "linux")]
fn holder(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{}", fs::metadata(path).ok()?.ino());
    let locks = fs::read_to_string("/proc/locks").ok()?;
    // `1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF`
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, _, _, _, process, file, ..] = words[..] else { return None };
        let process: u32 = process.parse().ok()?;
        (file.ends_with(&inode) && process > 0).then_some(process)
    })
}

#[cfg(not(target_os = "linux"))]
fn holder(_: &Path) -> Option<u32> {
    None
}
