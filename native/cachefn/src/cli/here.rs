//! Storages of this machine: a file, or a folder of RocksDB. One process at a time has them open.

use std::fs::File;
use std::path::Path;

use cachefn_core::AnyStorage;
use cachefn_file::FileStorage;

use super::failure::Failure;
use super::magic;
use crate::config::Backend;

/// An open storage of this machine.
pub(super) struct Here {
    pub(super) storage: AnyStorage,
    /// What was found damaged when it was opened: where it was moved, and why.
    pub(super) damage: Vec<String>,
}

/// Whether a storage that is not there may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    Refuse,
    Make,
}

/// # Errors
/// Of the storage when it is no file of a cache, or is not there and may not be made.
pub(super) fn file(path: &Path, absent: Absent) -> Result<Here, Failure> {
    may_be_opened(path, magic::is_storage(path), absent, "there is no such file")?;
    let storage = FileStorage::open(path)?;
    let damage = storage.damaged().iter().map(|own| moved(&own.why, &own.moved_to)).collect();
    Ok(Here { storage: AnyStorage::new(storage), damage })
}

/// With the bound that its program gave it; `most` is that of a new one.
///
/// # Errors
/// Of the storage when it is no folder of a cache, or is not there and may not be made.
#[cfg(feature = "rocksdb")]
pub(super) fn rocksdb(path: &Path, most: Option<u64>, absent: Absent) -> Result<Here, Failure> {
    let none = "there is no folder of a RocksDB storage";
    may_be_opened(path, Ok(magic::is_rocksdb(path)), absent, none)?;
    let builder = cachefn_rocksdb::RocksDbStorage::builder(path).keep_bound();
    let storage =
        most.into_iter().fold(builder, |builder, most| builder.max_bytes(most)).build()?;
    let damage = storage.damaged().iter().map(|own| moved(&own.why, &own.moved_to)).collect();
    Ok(Here { storage: AnyStorage::new(storage), damage })
}

#[cfg(not(feature = "rocksdb"))]
pub(super) fn rocksdb(path: &Path, _: Option<u64>, _: Absent) -> Result<Here, Failure> {
    Err(Failure::Usage(format!(
        "open {}: this program was built without RocksDB; build it with \
         `cargo install cachefn --features cli,rocksdb`",
        path.display()
    )))
}

/// Whether nobody has made this storage yet: nothing is there, or an empty folder or file, such as a volume that was
/// just mounted. What is something else there is a fault of another kind.
pub(super) fn is_absent(path: &Path, backend: Backend) -> bool {
    match backend {
        #[cfg(feature = "rocksdb")]
        Backend::RocksDb => {
            !path.exists() || path.read_dir().is_ok_and(|mut entries| entries.next().is_none())
        }
        Backend::File => {
            let is_empty = path.metadata().is_ok_and(|own| own.is_file() && own.len() == 0);
            is_empty || magic::is_storage(path) == Ok(false)
        }
        _ => false,
    }
}

/// Whether a storage could be made here: by opening the file that is there, or else by one in its folder that is gone
/// afterwards.
///
/// # Errors
/// What is wrong, and what to do.
pub(super) fn can_be_made(path: &Path) -> Result<(), String> {
    if path.is_file() {
        let opened = File::options().append(true).open(path);
        return opened.map(drop).map_err(|error| format!("{error}; let the service write it"));
    }
    let folder = match path.parent() {
        _ if path.is_dir() => path,
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let shown = folder.display();
    if !folder.is_dir() {
        return Err(format!("the folder {shown} does not exist; create it first"));
    }
    let probe = folder.join(format!(".cachefn-doctor-{}", std::process::id()));
    let made = File::options().write(true).create_new(true).open(&probe);
    let made = made.and_then(|_| std::fs::remove_file(&probe));
    made.map_err(|error| {
        format!("the folder {shown} cannot be written ({error}); name another one")
    })
}

fn moved(why: &str, to: &Path) -> String {
    format!("{why}; it is now {}", to.display())
}

fn may_be_opened(
    path: &Path,
    is_there: Result<bool, String>,
    absent: Absent,
    none: &str,
) -> Result<(), Failure> {
    let why = match (is_there, absent) {
        (Ok(true), _) | (Ok(false), Absent::Make) => return Ok(()),
        (Ok(false), Absent::Refuse) => none.into(),
        (Err(why), _) => why,
    };
    Err(Failure::Storage(format!("open {}: {why}", path.display())))
}
