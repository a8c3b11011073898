//! The folder of a storage: whether it can be ours, who has it, and where damaged databases go.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use cachefn_core::Error;

/// A folder that this storage has, until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Locked. It tells the format, the process and the bound.
    mark: File,
    /// What the folder might take of the disk when it was open before, if it was and that is known.
    bound: Option<u64>,
}

/// A database that could not be used, and what became of it.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("cache");
/// drop(cachefn_rocksdb::RocksDbStorage::open(&path)?);
/// std::fs::write(path.join("data/CURRENT"), "nonsense")?;
///
/// let storage = cachefn_rocksdb::RocksDbStorage::open(&path)?;
/// let damaged = &storage.damaged()[0];
/// assert!(damaged.moved_to.ends_with("cache/damaged-1"));
/// assert_eq!(std::fs::read(damaged.moved_to.join("CURRENT"))?, b"nonsense");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damaged {
    /// Where it is now. Nothing uses it any more, so it may be looked at or deleted.
    pub moved_to: PathBuf,
    /// What was wrong with it.
    pub why: String,
}

impl Folder {
    /// Takes a folder, or makes one; and what another version left there, which was moved away.
    pub(crate) fn take(path: &Path) -> Result<(Self, Option<Damaged>), Error> {
        check(path)?;
        fs::create_dir(path).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(refused(path, &error)),
        })?;
        // Only a folder of ours may be written to.
        if is_foreign(path).map_err(|error| refused(path, &error))? {
            let text = format!(
                "{} is not a folder of this storage; name another one, or an empty one",
                path.display()
            );
            return Err(Error::config("open", text));
        }
        let mut options = OpenOptions::new();
        let opened = options.read(true).write(true).create(true).truncate(false);
        let mark = opened.open(path.join(MARK)).map_err(|error| refused(path, &error))?;
        match mark.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(path, &mark)),
            Err(TryLockError::Error(error)) => return Err(refused(path, &error)),
        }
        // None in a new mark, and in one that was damaged: then the database itself has to tell.
        let other = number_after(&mark, "format ").filter(|format| *format != FORMAT);
        let bound = number_after(&mark, "max_bytes ");
        let folder = Folder { path: path.into(), mark, bound };
        let moved = other.filter(|_| folder.data().exists()).map(|format| {
            let why = format!("it has the format {format}, and this version reads only {FORMAT}");
            folder.set_aside(why)
        });
        let moved = moved.transpose().map_err(|error| refused(path, &error))?;
        folder.sign(bound).map_err(|error| refused(path, &error))?;
        Ok((folder, moved))
    }

    /// What it might take of the disk when it was open before.
    pub(crate) fn bound(&self) -> Option<u64> {
        self.bound
    }

    /// Writes down what it may take of the disk, for who opens it next.
    pub(crate) fn set_bound(&mut self, most: u64) -> Result<(), Error> {
        self.bound = Some(most);
        self.sign(self.bound).map_err(|error| refused(&self.path, &error))
    }

    /// Where the database is.
    pub(crate) fn data(&self) -> PathBuf {
        self.path.join(DATA)
    }

    /// Gives the database another name. It must not be open.
    pub(crate) fn set_aside(&self, why: String) -> io::Result<Damaged> {
        let free = (1_u32..)
            .map(|number| self.path.join(format!("{ASIDE}{number}")))
            .find(|path| !path.exists())
            .unwrap_or_else(|| self.path.join(ASIDE));
        fs::rename(self.data(), &free)?;
        Ok(Damaged { moved_to: free, why })
    }

    /// Writes the format, who has the folder, and the bound. What was there before is not longer.
    fn sign(&self, bound: Option<u64>) -> io::Result<()> {
        let (mut mark, process) = (&self.mark, std::process::id());
        let mut text = format!("format {FORMAT}\nprocess {process:<10}\n");
        if let Some(most) = bound {
            text.push_str(&format!("max_bytes {most:<20}\n"));
        }
        mark.seek(SeekFrom::Start(0))?;
        mark.write_all(text.as_bytes())
    }
}

/// Closing is not enough: a program that is just being started by another thread still has every open file.
impl Drop for Folder {
    fn drop(&mut self) {
        // If it cannot be unlocked, it is when all who have it open have closed it.
        let _ = self.mark.unlock();
    }
}

/// What is wrong with a path, as far as that shows before it is used.
fn check(path: &Path) -> Result<(), Error> {
    let shown = path.display();
    let told = |text: String| Err(Error::config("open", text));
    if path.as_os_str().is_empty() {
        return told("the path is empty; name a folder".into());
    }
    if path.exists() && !path.is_dir() {
        return told(format!("{shown} is not a folder; name one, or a path where none is yet"));
    }
    let above = match path.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
        None => return Ok(()),
    };
    if !above.is_dir() {
        return told(format!("the folder {} does not exist; create it first", above.display()));
    }
    Ok(())
}

/// Whether there is something in the folder that this storage has not made.
fn is_foreign(path: &Path) -> io::Result<bool> {
    if path.join(MARK).exists() {
        return Ok(false);
    }
    Ok(fs::read_dir(path)?.next().transpose()?.is_some())
}

fn refused(path: &Path, error: &io::Error) -> Error {
    let shown = path.display();
    match error.kind() {
        PermissionDenied | ReadOnlyFilesystem => {
            let advice = "name a folder that this user may write to";
            Error::config("open", format!("{shown} cannot be written ({error}); {advice}"))
        }
        _ => Error::unavailable("open", format!("{shown}: {error}")),
    }
}

fn taken(path: &Path, mark: &File) -> Error {
    let shown = path.display();
    let text = match number_after(mark, "process ") {
        Some(process) if process == u64::from(std::process::id()) => format!(
            "{shown} is open in this process already; clone the RocksDbStorage that has it, or \
             name another folder"
        ),
        Some(process) => format!(
            "{shown} is open in process {process}; one process at a time can have it: end that \
             one, or name another folder"
        ),
        None => format!(
            "{shown} is open already, in this process or another; one process at a time can have \
             it: close it there, or name another folder"
        ),
    };
    Error::unavailable("open", text)
}

fn number_after(mut mark: &File, word: &str) -> Option<u64> {
    let mut text = String::new();
    mark.seek(SeekFrom::Start(0)).ok()?;
    mark.take(LONGEST).read_to_string(&mut text).ok()?;
    text.lines().find_map(|line| line.strip_prefix(word)?.trim().parse().ok())
}

const MARK: &str = "cachefn-rocksdb";
const DATA: &str = "data";
const ASIDE: &str = "damaged-";
const FORMAT: u64 = 1;
/// More than any mark has, in bytes.
const LONGEST: u64 = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_33_a_folder_is_free_although_a_program_that_is_being_started_has_its_files_still() {
        let place = tempfile::tempdir().unwrap();
        let (folder, _) = Folder::take(place.path()).unwrap();
        let of_the_other = folder.mark.try_clone().unwrap();
        assert!(Folder::take(place.path()).is_err(), "it is in use");
        drop(folder);
        Folder::take(place.path()).unwrap();
        drop(of_the_other);
    }
}
