//! How a storage is set up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cachefn_core::{Clock, Error, SystemClock};

use crate::engine::Limits;
use crate::file_storage::FileStorage;
use crate::store::Settings;

/// Settings of a [`FileStorage`]; all have a default.
///
/// ```
/// use cachefn_core::Storage;
/// use cachefn_file::FileStorage;
/// use std::time::Duration;
///
/// let folder = tempfile::tempdir()?;
/// let storage = FileStorage::builder(folder.path().join("cache.db"))
///     .max_bytes(512 << 20)
///     .commit_interval(Duration::from_secs(1))
///     .build()?;
/// assert!(storage.capabilities().survives);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct Builder {
    path: PathBuf,
    settings: Settings,
    check: bool,
}

impl FileStorage {
    /// Opens a file, or makes one, with the settings that [`Builder`] begins with.
    ///
    /// # Errors
    /// Those of [`Builder::build`].
    ///
    /// ```
    /// use cachefn_core::ErrorKind;
    /// use cachefn_file::FileStorage;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let storage = FileStorage::open(folder.path().join("cache.db"))?;
    /// let second = FileStorage::open(folder.path().join("cache.db")).unwrap_err();
    /// assert_eq!(second.kind(), ErrorKind::Unavailable); // clone the first one instead
    /// # drop(storage);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder(path).build()
    }

    /// Settings for the file at this path.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let builder = cachefn_file::FileStorage::builder(folder.path().join("cache.db"));
    /// assert!(builder.max_bytes(64 << 20).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn builder(path: impl AsRef<Path>) -> Builder {
        Builder::new(path.as_ref())
    }
}

impl Builder {
    fn new(path: &Path) -> Self {
        let settings = Settings {
            interval: Duration::from_millis(100),
            batch_bytes: 8 << 20,
            limits: Limits { file: u64::MAX, memory: 64 << 20 },
            clock: Box::new(SystemClock::new()),
        };
        Builder { path: path.into(), settings, check: false }
    }

    /// How long the file may become, in bytes; without it, as long as the disk lets it. When there is
    /// no room any more, the dead leave first, then what was written longest ago.
    ///
    /// The file never gets longer (but for one per cent), and holds less than that. It doubles when
    /// it grows, so it may end at half of it; and most of it is room for pages that are written anew
    /// before the old ones are given up. Between a tenth (small records that are written all the
    /// time) and a third of it is records.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let small = cachefn_file::FileStorage::builder(folder.path().join("a.db")).max_bytes(1 << 20);
    /// assert!(small.build().unwrap_err().to_string().starts_with("open: max_bytes is 1048576"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.settings.limits.file = bytes;
        self
    }

    /// After which time at most a write is on the disk; 100 ms unless said. What was written later
    /// than that is lost when the process or the machine dies.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_file::FileStorage::builder(folder.path().join("cache.db"));
    /// let builder = builder.commit_interval(std::time::Duration::from_secs(1));
    /// assert!(builder.build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn commit_interval(mut self, interval: Duration) -> Self {
        self.settings.interval = interval;
        self
    }

    /// After how many bytes of writes they go to the disk without waiting for the interval; 8 MiB
    /// unless said. Up to four times as much may wait in memory; a write beyond that waits itself.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_file::FileStorage::builder(folder.path().join("cache.db"));
    /// assert!(builder.batch_bytes(64 << 10).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.settings.batch_bytes = bytes;
        self
    }

    /// How much of the file is held in memory, in bytes; 64 MiB unless said.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_file::FileStorage::builder(folder.path().join("cache.db"));
    /// assert!(builder.cache_bytes(1 << 20).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.settings.limits.memory = bytes;
        self
    }

    /// Whether to read the whole file when it is opened, so that every damage is found then. Without
    /// it a damage is found when something comes across it; that relies on panics of the engine being
    /// caught, so a program that is built with `panic = "abort"` should check.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_file::FileStorage::builder(folder.path().join("cache.db"));
    /// assert!(builder.check_when_opened(true).build()?.damaged().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_when_opened(mut self, check: bool) -> Self {
        self.check = check;
        self
    }

    /// The clock whose wall time says who is dead; the machine's unless said.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_file::FileStorage::builder(folder.path().join("cache.db"));
    /// let clock = cachefn_core::ManualClock::new();
    /// assert!(builder.clock(clock.clone()).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.settings.clock = Box::new(clock);
        self
    }

    /// Opens the file, or makes one. A file that is damaged, or none of ours, is moved away and
    /// [reported](FileStorage::damaged).
    ///
    /// # Errors
    /// Of kind `unavailable` when the file is open already, in this process or another, or the system
    /// refuses to read or write it; of kind `config` when there can be no such file, or
    /// [`max_bytes`](Builder::max_bytes) is below 8 MiB.
    ///
    /// ```
    /// use cachefn_file::FileStorage;
    /// let folder = tempfile::tempdir()?;
    /// let error = FileStorage::builder(folder.path()).build().unwrap_err();
    /// assert!(error.to_string().ends_with("is a folder; name a file in it"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn build(mut self) -> Result<FileStorage, Error> {
        let most = self.settings.limits.file;
        if most < LEAST {
            let text = format!("max_bytes is {most}; a file needs at least {LEAST}");
            return Err(Error::config("open", text));
        }
        // A batch needs room beside the pages that it replaces.
        let share = usize::try_from(most / 32).unwrap_or(usize::MAX);
        self.settings.batch_bytes = self.settings.batch_bytes.min(share);
        FileStorage::start(&self.path, self.settings, self.check)
    }
}

/// An empty file has half of it.
const LEAST: u64 = 8 << 20;
