//! How a storage is set up.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cachefn_core::{Clock, Error, SystemClock};

use crate::options::Settings;
use crate::rocksdb_storage::RocksDbStorage;

/// Settings of a [`RocksDbStorage`]; all have a default.
///
/// ```
/// use cachefn_core::Storage;
/// use cachefn_rocksdb::RocksDbStorage;
///
/// let folder = tempfile::tempdir()?;
/// let storage = RocksDbStorage::builder(folder.path().join("cache"))
///     .max_bytes(10 << 30)
///     .cache_bytes(256 << 20)
///     .build()?;
/// assert!(storage.capabilities().survives);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct Builder {
    path: PathBuf,
    settings: Settings,
}

impl RocksDbStorage {
    /// Opens a folder, or makes one, with the settings that [`Builder`] begins with.
    ///
    /// # Errors
    /// Those of [`Builder::build`].
    ///
    /// ```
    /// use cachefn_core::ErrorKind;
    /// use cachefn_rocksdb::RocksDbStorage;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let storage = RocksDbStorage::open(folder.path().join("cache"))?;
    /// let second = RocksDbStorage::open(folder.path().join("cache")).unwrap_err();
    /// assert_eq!(second.kind(), ErrorKind::Unavailable); // clone the first one instead
    /// # drop(storage);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder(path).build()
    }

    /// Settings for the folder at this path.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let builder = cachefn_rocksdb::RocksDbStorage::builder(folder.path().join("cache"));
    /// assert!(builder.cache_bytes(8 << 20).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn builder(path: impl AsRef<Path>) -> Builder {
        let settings = Settings {
            most: u64::MAX,
            keeps_bound: false,
            cache_bytes: 64 << 20,
            write_buffer_bytes: 32 << 20,
            clock: Arc::new(SystemClock::new()),
        };
        Builder { path: path.as_ref().into(), settings }
    }
}

impl Builder {
    /// How much of the disk the folder may take, in bytes; without it, as much as there is. When there
    /// is no room any more, what was written longest ago leaves, dead or not.
    ///
    /// Files leave as a whole, and a record that is written again takes its space twice until then, so
    /// between a quarter and half of the bound is records. Reads look through more files than
    /// without a bound. To give a folder a bound, or to take it away, begins it without records.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let small = cachefn_rocksdb::RocksDbStorage::builder(folder.path().join("a")).max_bytes(1 << 20);
    /// assert!(small.build().unwrap_err().to_string().starts_with("open: max_bytes is 1048576"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.settings.most = bytes;
        self
    }

    /// Whatever the folder may take of the disk since its program opened it holds on, and
    /// [`max_bytes`](Builder::max_bytes) is for a folder that is new: for tools, which shall not begin a folder
    /// without records because they do not know its bound.
    ///
    /// ```
    /// # use cachefn_core::{Keep, Storage};
    /// # use cachefn_rocksdb::RocksDbStorage;
    /// # pollster::block_on(async {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("cache");
    /// let storage = RocksDbStorage::builder(&path).max_bytes(32 << 20).build()?;
    /// storage.set(b"users:7", b"Ada"[..].into(), Keep::default()).await?;
    /// storage.close().await?;
    ///
    /// let tool = RocksDbStorage::builder(&path).keep_bound().build()?;
    /// assert_eq!(tool.get(b"users:7").await?.unwrap().record, b"Ada"[..]);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn keep_bound(mut self) -> Self {
        self.settings.keeps_bound = true;
        self
    }

    /// How much memory what was read may take, in bytes; 64 MiB unless said. What the engine knows
    /// about its files is part of it.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_rocksdb::RocksDbStorage::builder(folder.path().join("cache"));
    /// assert!(builder.cache_bytes(1 << 20).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.settings.cache_bytes = bytes;
        self
    }

    /// How much memory what was written may take before it goes into files, in bytes; 32 MiB unless
    /// said, and no more than a sixteenth of [`max_bytes`](Builder::max_bytes). The log has twice as much at most,
    /// which is read when the folder is opened.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_rocksdb::RocksDbStorage::builder(folder.path().join("cache"));
    /// assert!(builder.write_buffer_bytes(1 << 20).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn write_buffer_bytes(mut self, bytes: usize) -> Self {
        self.settings.write_buffer_bytes = bytes;
        self
    }

    /// The clock whose wall time says who is dead; the machine's unless said.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let builder = cachefn_rocksdb::RocksDbStorage::builder(folder.path().join("cache"));
    /// let clock = cachefn_core::ManualClock::new();
    /// assert!(builder.clock(clock.clone()).build().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }

    /// Opens the folder, or makes it. A database that is damaged is moved to `damaged-1` in the folder
    /// and [reported](RocksDbStorage::damaged).
    ///
    /// # Errors
    /// Of kind `unavailable` when the folder is open already, in this process or another, or the system
    /// refuses to read or write it; of kind `config` when it holds something else or cannot be there,
    /// or [`max_bytes`](Builder::max_bytes) is below 16 MiB.
    ///
    /// ```
    /// use cachefn_rocksdb::RocksDbStorage;
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("notes.txt"), "mine")?;
    /// let error = RocksDbStorage::open(folder.path()).unwrap_err();
    /// assert!(error.to_string().ends_with("name another one, or an empty one"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn build(mut self) -> Result<RocksDbStorage, Error> {
        let most = self.settings.most;
        if most < LEAST {
            let text = format!("max_bytes is {most}; a folder needs at least {LEAST}");
            return Err(Error::config("open", text));
        }
        self.settings.set_most(most);
        RocksDbStorage::start(&self.path, self.settings)
    }
}

/// Logs and a few files have to fit.
const LEAST: u64 = 16 << 20;
