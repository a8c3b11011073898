//! The files of a log, and the one process that has them.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use cachefn_core::Error;

/// A folder that this process alone uses.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked until this is dropped; the system unlocks it when the process ends, however it does.
    lock: File,
}

/// Closing is not enough: a program that is just being started by another thread still has every open file.
impl Drop for Folder {
    fn drop(&mut self) {
        // If it cannot be unlocked, it is when all who have it open have closed it.
        let _ = self.lock.unlock();
    }
}

impl Folder {
    /// Makes the folder if there is none.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let refused = |error: io::Error| {
            Error::unavailable("open log", format!("{}: {error}", path.display()))
        };
        if path.is_file() {
            let detail = format!("{} is a file; name a folder for the log", path.display());
            return Err(Error::config("open log", detail));
        }
        std::fs::create_dir_all(path).map_err(refused)?;
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).open(path.join("lock"));
        let lock = lock.map_err(refused)?;
        match lock.try_lock() {
            Ok(()) => Ok(Folder { path: path.into(), lock }),
            Err(TryLockError::WouldBlock) => {
                let path = path.display();
                let detail = format!(
                    "{path} is in use by another outbox; give each process a folder of its own"
                );
                Err(Error::unavailable("open log", detail))
            }
            Err(TryLockError::Error(error)) => Err(refused(error)),
        }
    }

    pub(super) fn file(&self, number: u32) -> PathBuf {
        self.path.join(format!("{number:08x}.log"))
    }

    /// The numbers of the files, in their order. A file that was being set aside is first brought to its end.
    pub(super) fn numbers(&self) -> io::Result<Vec<u32>> {
        let mut numbers = Vec::new();
        for file in std::fs::read_dir(&self.path)? {
            let name = file?.file_name();
            let Some((number, ending)) = name.to_str().and_then(|name| name.split_once('.')) else {
                continue;
            };
            let Some(number) = parsed(number) else { continue };
            match ending {
                "log" => numbers.push(number),
                "new" if !self.file(number).exists() => {
                    std::fs::rename(self.path.join(&name), self.file(number))?;
                    numbers.push(number);
                }
                "new" => std::fs::remove_file(self.path.join(&name))?,
                _ => (),
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// Puts these bytes in the place of a damaged file, which is kept; where.
    pub(super) fn set_aside(&self, number: u32, bytes: &[u8]) -> io::Result<PathBuf> {
        let new = self.file(number).with_extension("new");
        std::fs::write(&new, bytes)?;
        File::open(&new)?.sync_all()?;
        let free = |copy: &u32| self.file(number).with_extension(format!("damaged-{copy}"));
        let kept =
            (1..).map(|copy| free(&copy)).find(|path| !path.exists()).unwrap_or_else(|| free(&0));
        std::fs::rename(self.file(number), &kept)?;
        std::fs::rename(&new, self.file(number))?;
        self.sync();
        Ok(kept)
    }

    /// Makes names last, where folders can be synced.
    pub(super) fn sync(&self) {
        if let Ok(folder) = File::open(&self.path) {
            let _ = folder.sync_all();
        }
    }
}

fn parsed(number: &str) -> Option<u32> {
    let is_own = number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_own.then(|| u32::from_str_radix(number, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_33_a_folder_is_free_although_a_program_that_is_being_started_has_its_files_still() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let of_the_other = folder.lock.try_clone().unwrap();
        assert!(Folder::open(place.path()).unwrap_err().to_string().contains("in use"));
        drop(folder);
        Folder::open(place.path()).unwrap();
        drop(of_the_other);
    }
}
