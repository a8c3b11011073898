//! What caches remember: a number for each key, in a file that every process reads and raises.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The source behind all caches of a test. The number of a key only grows.
///
/// ```
/// use cachefn_e2e::truth::Truth;
///
/// let file = std::env::temp_dir().join(format!("truth-{}", std::process::id()));
/// let here = Truth::create(&file, 10)?;
/// let there = Truth::open(&file)?;
/// assert_eq!((there.read(7)?, here.raise(7)?, there.read(7)?), (0, 1, 1));
/// std::fs::remove_file(file)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Truth {
    file: File,
    /// The lock of the file holds between processes only.
    here: Mutex<()>,
}

impl Truth {
    /// A new one with so many keys, all of them 0.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path, keys: u32) -> io::Result<Self> {
        File::create(path)?.set_len(u64::from(keys) * 8)?;
        Self::open(path)
    }

    /// One that another process has made.
    ///
    /// # Errors
    /// There is none.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        Ok(Truth { file, here: Mutex::new(()) })
    }

    /// The number of a key.
    ///
    /// # Errors
    /// There is no such key, or the file cannot be read.
    pub fn read(&self, key: u32) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, u64::from(key) * 8)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Makes the number of a key greater by one, and returns it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn raise(&self, key: u32) -> io::Result<u64> {
        let _here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.lock()?;
        let raised = self.read(key).and_then(|number| {
            self.file.write_all_at(&(number + 1).to_le_bytes(), u64::from(key) * 8)?;
            Ok(number + 1)
        });
        self.file.unlock()?;
        raised
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn no_raise_is_lost_between_threads_and_handles() {
        let path = std::env::temp_dir().join(format!("cachefn-truth-{}", std::process::id()));
        let truth = Truth::create(&path, 3).expect("a file");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let own = Truth::open(&path).expect("the file");
                    for _ in 0..200 {
                        truth.raise(1).expect("a key");
                        own.raise(1).expect("a key");
                    }
                });
            }
        });
        assert_eq!(truth.read(1).expect("a key"), 1_600);
        assert_eq!(truth.read(2).expect("a key"), 0);
        assert!(truth.read(3).is_err());
        std::fs::remove_file(path).expect("it was made");
    }
}
