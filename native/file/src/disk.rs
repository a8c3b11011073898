//! The file as the engine uses it, with a bound.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::ops::Bound;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{BackendError, DatabaseError, StorageBackend};

/// A file that refuses to grow beyond a size, as a full disk would. Where it has grown, every page
/// has its place on the disk: otherwise a full one would be found in the middle of a transaction, and
/// in every other one again.
#[derive(Debug)]
pub(crate) struct Disk {
    file: FileBackend,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only there it can be asked"))]
    handle: File,
    most: u64,
}

impl Disk {
    pub(crate) fn open(path: &Path, most: u64) -> Result<Self, DatabaseError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        let handle = file.try_clone()?;
        Ok(Disk { file: FileBackend::new(file)?, handle, most })
    }

    #[cfg(target_os = "linux")]
    fn take_space(&self, from: u64, to: u64) -> Result<(), Error> {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::Errno;
        match fallocate(&self.handle, FallocateFlags::empty(), from, to - from) {
            // Not every file system can.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
            other => Ok(other?),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn take_space(&self, _: u64, _: u64) -> Result<(), Error> {
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        self.file.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        self.file.read(offset, out)
    }
    fn set_len(&self, length: u64) -> Result<(), Error> {
        let before = self.file.len()?;
        if length > before {
            // The engine doubles files and adds a little; twice a round number should be possible.
            if length - length / 100 > self.most {
                return Err(Error::new(ErrorKind::QuotaExceeded, "max_bytes is reached"));
            }
            self.take_space(before, length)?;
        }
        self.file.set_len(length)
    }
    fn sync_data(&self) -> Result<(), Error> {
        self.file.sync_data()
    }
    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        self.file.write(offset, data)
    }
    fn close(&self) -> Result<(), Error> {
        self.file.close()
    }
    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }
    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }
    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_range(start, end)
    }
    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }
    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }
    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
