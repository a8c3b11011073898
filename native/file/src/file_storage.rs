//! The storage as the cache sees it.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use crate::bell::Heard;
use crate::engine::{Damaged, Engine};
use crate::failure::Failure;
use crate::pending::{Change, Kept};
use crate::place;
use crate::store::{Settings, Store};

/// Records in one file, which survive the process and its crash. Clones share the file.
///
/// A write is seen by every later read at once, and is on the disk after
/// [`commit_interval`](crate::Builder::commit_interval) (100 ms), or when `flush` has returned. Only the
/// replacing of tokens, which is how tags and whole namespaces are invalidated, waits for the disk by
/// itself: what was invalidated does not come back after a crash. A record that was deleted or set
/// anew less than an interval before a crash may; where it must not, `flush` after it.
///
/// The futures never pend, so that synchronous functions can use it, too: what has to wait for the
/// disk (`flush`, `purge`, `close`, the replacing of tokens, a write that finds four batches waiting)
/// waits in the calling thread, for some milliseconds. Reads and other writes wait only while a file
/// that has become almost empty is made smaller, or a damaged one is replaced.
///
/// One process at a time can have the file, and that process opens it once.
///
/// ```
/// use cachefn_core::{Keep, Storage};
/// use cachefn_file::FileStorage;
///
/// # pollster::block_on(async {
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("cache.db");
/// let storage = FileStorage::open(&path)?;
/// storage.set(b"users:7", b"Ada"[..].into(), Keep::default()).await?;
/// drop(storage); // everything is written out before the file is closed
///
/// let storage = FileStorage::open(&path)?;
/// assert_eq!(storage.get(b"users:7").await?.unwrap().record, b"Ada"[..]);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct FileStorage(Arc<Owner>);

/// Ends the thread and closes the file when the last clone goes.
struct Owner {
    store: Arc<Store>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl FileStorage {
    /// The files that were found damaged, when this one was opened or since, and were moved away; the
    /// cache goes on with an empty one.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let storage = cachefn_file::FileStorage::open(folder.path().join("cache.db"))?;
    /// assert!(storage.damaged().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn damaged(&self) -> Vec<Damaged> {
        self.store().engine().damaged()
    }

    pub(crate) fn start(path: &Path, settings: Settings, check: bool) -> Result<Self, Error> {
        place::check(path)?;
        let (engine, snapshot) = Engine::open(path, settings.limits, check)
            .map_err(|failure| place::told(&failure, path))?;
        let store = Arc::new(Store::new(engine, snapshot, settings));
        let own = Arc::clone(&store);
        let thread = thread::Builder::new().name("cachefn-file".into()).spawn(move || commit(&own));
        let thread = thread.map_err(|error| Error::unavailable("open", error))?;
        Ok(FileStorage(Arc::new(Owner { store, thread: Mutex::new(Some(thread)) })))
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    /// What a write makes of a name, if the file can hold it.
    fn put(&self, record: Bytes, name: &[u8], keep: Keep<'_>) -> Result<Change, Error> {
        let capabilities = Storage::capabilities(self);
        let told = |what, length, most| {
            let text =
                format!("a {what} of {length} bytes is too long for the file; {most} can be");
            Err(Error::unsupported("set", text))
        };
        if name.len() > capabilities.max_name {
            return told("name", name.len(), capabilities.max_name);
        }
        if record.len() > capabilities.max_record {
            return told("record", record.len(), capabilities.max_record);
        }
        let life = keep.life.and_then(|life| u64::try_from(life.as_millis()).ok());
        let deadline = life.map_or(u64::MAX, |life| self.store().now().saturating_add(life));
        Ok(Change::Put(Kept { record, deadline }))
    }
}

impl Storage for FileStorage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        Ok(self.store().find("get", name)?.map(Found::new))
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        let change = self.put(record, name, keep)?;
        self.store().write("set", vec![(name, change)])
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.store().forget("delete", name, None)
    }
    fn capabilities(&self) -> Capabilities {
        let largest = usize::try_from(self.store().settings.limits.file / 16).unwrap_or(usize::MAX);
        let all = Capabilities::default().immediate().scanning().surviving();
        all.max_name(MAX_NAME).max_record(largest.min(MAX_RECORD))
    }
    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        let (mut changes, mut result) = (Vec::with_capacity(records.len()), Ok(()));
        for Put { name, record, keep } in records {
            match self.put(record, name, keep) {
                Ok(change) => changes.push((name, change)),
                Err(error) => result = result.and(Err(error)),
            }
        }
        self.store().write("set", changes)?;
        result
    }
    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.store().forget("delete", name, Some(record))
    }
    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.store().replace_tokens(tokens)
    }
    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.store().create_tokens(tokens)
    }
    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.store().names(prefix, cursor, limit)
    }
    async fn flush(&self) -> Result<(), Error> {
        self.store().commit().map_err(|failure| failure.told("flush"))
    }
    async fn purge(&self) -> Result<usize, Error> {
        self.store().purge().map_err(|failure| failure.told("purge"))
    }
    async fn close(&self) -> Result<(), Error> {
        self.0.close().map_err(|failure| failure.told("close"))
    }
}

impl Owner {
    fn close(&self) -> Result<(), Failure> {
        self.store.bell.end();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Whatever the thread could not write, this writes, or tells why not.
        let _ = thread.map(JoinHandle::join);
        self.store.close()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        let _ = self.close();
    }
}

impl fmt::Debug for FileStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStorage").finish_non_exhaustive()
    }
}

/// What the thread does. Its failures stay in memory, and are told to whoever flushes, or waits for
/// room.
fn commit(store: &Store) {
    while store.bell.hear(store.settings.interval) == Heard::Commit {
        if store.commit().and_then(|()| store.tidy()).is_err() {
            store.bell.rest(PAUSE);
            store.bell.ring();
        }
    }
}

/// Before a failed write is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// In bytes. A name stands in the index beside its record.
const MAX_NAME: usize = 1_024;
/// In bytes: the engine takes three times as much, but needs room for two versions.
const MAX_RECORD: usize = 1 << 30;
