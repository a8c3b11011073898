//! The storage as the cache sees it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use crate::database::Database;
use crate::engine::Engine;
use crate::folder::{Damaged, Folder};
use crate::options::Settings;
use crate::store::Store;
use crate::writing::Putting;

/// Records in a RocksDB database, which survive the process and its crash. Clones share it.
///
/// A write that has returned is seen by every later read, and survives the end of the process, however
/// that ends. The end of the machine is survived by what was written before a `flush`; the rest goes
/// to the disk when the system likes, most often within half a minute, and never out of order. Only
/// the replacing of tokens, which is how tags and whole namespaces are invalidated, waits for the disk
/// by itself: what was invalidated does not come back after a power cut. A record that was deleted or
/// set anew may; where it must not, `flush` after it.
///
/// The futures never pend, so that synchronous functions can use it, too: what has to be waited for
/// is waited for **in the calling thread**. A read of what is not in memory waits for the disk, a
/// `flush`, a `close` and the replacing of tokens for some milliseconds, a write for longer when
/// writes come faster than the engine can sort them into its files, and `purge` for a look at all
/// records.
///
/// One process at a time can have the folder, and that process opens it once.
///
/// ```
/// use cachefn_core::{Keep, Storage};
/// use cachefn_rocksdb::RocksDbStorage;
///
/// # pollster::block_on(async {
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("cache");
/// let storage = RocksDbStorage::open(&path)?;
/// storage.set(b"users:7", b"Ada"[..].into(), Keep::default()).await?;
/// drop(storage); // everything is on the disk before the folder is free
///
/// let storage = RocksDbStorage::open(&path)?;
/// assert_eq!(storage.get(b"users:7").await?.unwrap().record, b"Ada"[..]);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct RocksDbStorage(Arc<Store>);

impl RocksDbStorage {
    /// The databases that were found damaged, when this one was opened or since, and were moved away;
    /// the cache goes on with an empty one.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let storage = cachefn_rocksdb::RocksDbStorage::open(folder.path().join("cache"))?;
    /// assert!(storage.damaged().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn damaged(&self) -> Vec<Damaged> {
        self.0.engine().damaged()
    }

    /// How many reads found nothing because a checksum was wrong. The database is not moved away for
    /// that: other records are still good, and what is written anew is found again.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let storage = cachefn_rocksdb::RocksDbStorage::open(folder.path().join("cache"))?;
    /// assert_eq!(storage.unreadable(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unreadable(&self) -> u64 {
        self.0.unreadable.load(Ordering::Relaxed)
    }

    pub(crate) fn start(path: &Path, mut settings: Settings) -> Result<Self, Error> {
        let (mut folder, moved) = Folder::take(path)?;
        if settings.keeps_bound {
            match (folder.bound(), Database::is_bounded(&folder)) {
                (Some(most), Some(_)) => settings.set_most(most),
                (None, Some(false)) => settings.set_most(u64::MAX),
                (None, Some(true)) => {
                    let text = "its bound is not known; say it with max_bytes, as its program does";
                    return Err(Error::config("open", format!("{}: {text}", path.display())));
                }
                (_, None) => {}
            }
        }
        folder.set_bound(settings.most)?;
        let engine = Engine::open(folder, moved, &settings).map_err(|failure| failure.told("open"));
        Ok(RocksDbStorage(Arc::new(Store::new(engine?, settings))))
    }

    /// What a write has to keep, if it can be kept.
    fn putting<'n>(
        &self,
        name: &'n [u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Putting<'n>, Error> {
        let capabilities = Storage::capabilities(self);
        let told = |what, length, most| {
            let text = format!(
                "a {what} of {length} bytes is too long for the database; {most} can be kept"
            );
            Err(Error::unsupported("set", text))
        };
        if name.len() > capabilities.max_name {
            return told("name", name.len(), capabilities.max_name);
        }
        if record.len() > capabilities.max_record {
            return told("record", record.len(), capabilities.max_record);
        }
        let life = keep.life.and_then(|life| u64::try_from(life.as_millis()).ok());
        let deadline = life.map_or(u64::MAX, |life| self.0.now().saturating_add(life));
        Ok(Putting { name, record, deadline })
    }
}

impl Storage for RocksDbStorage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        Ok(self.0.find("get", name)?.map(Found::new))
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.0.put("set", &[self.putting(name, record, keep)?])
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.0.forget(name, None)
    }
    fn capabilities(&self) -> Capabilities {
        let largest = usize::try_from(self.0.settings.most / 16).unwrap_or(usize::MAX);
        let all = Capabilities::default().immediate().scanning().surviving();
        all.max_name(MAX_NAME).max_record(largest.min(MAX_RECORD))
    }
    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        let (mut putting, mut result) = (Vec::with_capacity(records.len()), Ok(()));
        for Put { name, record, keep } in records {
            match self.putting(name, record, keep) {
                Ok(own) => putting.push(own),
                Err(error) => result = result.and(Err(error)),
            }
        }
        self.0.put("set", &putting)?;
        result
    }
    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.0.forget(name, Some(record))
    }
    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.0.replace_tokens(tokens)
    }
    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.0.create_tokens(tokens)
    }
    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.0.names(prefix, cursor, limit)
    }
    async fn flush(&self) -> Result<(), Error> {
        self.0.flush().map_err(|failure| failure.told("flush"))
    }
    async fn purge(&self) -> Result<usize, Error> {
        self.0.purge().map_err(|failure| failure.told("purge"))
    }
    async fn close(&self) -> Result<(), Error> {
        self.0.close().map_err(|failure| failure.told("close"))
    }
}

impl fmt::Debug for RocksDbStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RocksDbStorage").finish_non_exhaustive()
    }
}

/// In bytes. A name stands in the index of a file and in its filter, too.
const MAX_NAME: usize = 4_096;
/// In bytes. A write holds it in memory three times.
const MAX_RECORD: usize = 256 << 20;
