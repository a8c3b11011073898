//! The open file: transactions, and what happens when there can be none.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Database, ReadOnlyTable, ReadableDatabase, TableHandle};

use crate::disk::Disk;
use crate::failure::{Failure, guarded};
use crate::tables::{AGES, NUMBERS, Numbers, RECORDS, ROWS, Tables};

/// The database, and how to get another one in its place.
pub(crate) struct Engine {
    path: PathBuf,
    limits: Limits,
    /// What the records may weigh; less and less while there turns out to be no space for that.
    pub(crate) allowed: u64,
    /// None while it cannot be opened, and after the end.
    database: Option<Database>,
    /// As of the last transaction.
    pub(crate) numbers: Numbers,
    /// Grows when another file takes the place of a damaged one.
    pub(crate) generation: u64,
    damaged: Vec<Damaged>,
}

/// In bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long the file may become.
    pub(crate) file: u64,
    /// How much of it is held in memory.
    pub(crate) memory: usize,
}

/// A file that could not be used, and what became of it.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("cache.db");
/// std::fs::write(&path, b"redb\x1a\x0a\xa9\x0d\x0a")?; // what is left of a file of ours
/// let storage = cachefn_file::FileStorage::open(&path)?;
/// let damaged = &storage.damaged()[0];
/// assert_eq!(std::fs::read(&damaged.moved_to)?.len(), 9);
/// assert!(damaged.moved_to.ends_with("cache.db.damaged-1"));
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

/// The records as they were after some transaction.
pub(crate) type Snapshot = Arc<ReadOnlyTable<&'static [u8], &'static [u8]>>;

impl Engine {
    /// Opens a file or makes one. A damaged one is moved away before.
    pub(crate) fn open(
        path: &Path,
        limits: Limits,
        check: bool,
    ) -> Result<(Self, Snapshot), Failure> {
        let mut engine = Engine {
            path: path.into(),
            limits,
            // The other half is for pages that are written anew before the old ones are free.
            allowed: if limits.file == u64::MAX { u64::MAX } else { limits.file / 2 },
            database: None,
            numbers: Numbers::default(),
            generation: 0,
            damaged: Vec::new(),
        };
        let snapshot = match engine.begin(check) {
            Err(Failure::Damaged(why)) => engine.replace(why)?,
            other => other?,
        };
        Ok((engine, snapshot))
    }

    /// Makes one durable transaction; when it returns, the disk has it. A database that is not open,
    /// because it failed before, is opened again.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Tables<'_>) -> Result<T, redb::Error>,
    ) -> Result<(T, Snapshot), Failure> {
        if self.database.is_none() {
            self.begin(false)?;
        }
        let database = self.database.as_ref().ok_or(Failure::Closed)?;
        let written = guarded(|| {
            let mut transaction = database.begin_write()?;
            // Otherwise the first opening after a crash would read all of the file.
            transaction.set_quick_repair(true);
            let mut tables = Tables::open(&transaction)?;
            let result = work(&mut tables)?;
            let numbers = tables.close()?;
            transaction.commit()?;
            Ok((result, numbers, snapshot(database)?))
        });
        match written {
            Ok((result, numbers, snapshot)) => {
                self.numbers = numbers;
                Ok((result, snapshot))
            }
            Err(failure) => {
                // After a failed write the engine refuses everything until it is opened again.
                self.end();
                Err(failure)
            }
        }
    }

    /// Opens the file again after a failure.
    pub(crate) fn begin_again(&mut self) -> Result<Snapshot, Failure> {
        self.end();
        self.begin(false)
    }

    /// Moves the file away and begins an empty one.
    pub(crate) fn replace(&mut self, why: String) -> Result<Snapshot, Failure> {
        self.end();
        let moved_to = (1_u32..)
            .map(|number| beside(&self.path, &format!(".damaged-{number}")))
            .find(|path| !path.exists())
            .unwrap_or_else(|| beside(&self.path, ".damaged"));
        fs::rename(&self.path, &moved_to).map_err(|error| {
            Failure::Refused(format!("{why}, and the file could not be moved away: {error}"))
        })?;
        self.damaged.push(Damaged { moved_to, why });
        self.generation += 1;
        self.begin(false)
    }

    /// Gives the space that nothing uses back to the system, if that is much, and little has to be
    /// moved for it. Nobody may hold a snapshot meanwhile.
    pub(crate) fn compact(&mut self) -> Result<(), Failure> {
        let Some(database) = &mut self.database else { return Ok(()) };
        match guarded(|| Ok(database.compact())) {
            Ok(Ok(_) | Err(redb::CompactionError::TransactionInProgress)) => Ok(()),
            Ok(Err(error)) => Err(redb::Error::from(error).into()),
            Err(failure) => Err(failure),
        }
    }

    /// Whether [`compact`](Engine::compact) is worth its time.
    pub(crate) fn is_wasteful(&self) -> bool {
        let length = fs::metadata(&self.path).map_or(0, |file| file.len());
        let needed = self.numbers.weight;
        length > WASTE && length / 4 > needed && needed < MOVED
    }

    pub(crate) fn snapshot(&self) -> Result<Snapshot, Failure> {
        let database = self.database.as_ref().ok_or(Failure::Closed)?;
        guarded(|| snapshot(database))
    }

    pub(crate) fn damaged(&self) -> Vec<Damaged> {
        self.damaged.clone()
    }

    /// Lets go of the file.
    pub(crate) fn end(&mut self) {
        let database = self.database.take();
        // What is lost by a failure here was not promised to anybody.
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
    }

    fn begin(&mut self, check: bool) -> Result<Snapshot, Failure> {
        let begun = guarded(|| {
            let mut builder = Database::builder();
            builder.set_cache_size(self.limits.memory).set_check_integrity_on_open(check);
            let database =
                builder.create_with_backend(Disk::open(&self.path, self.limits.file)?)?;
            let Some(numbers) = prepare(&database)? else { return Ok(None) };
            let snapshot = snapshot(&database)?;
            Ok(Some((database, numbers, snapshot)))
        })?;
        let (database, numbers, snapshot) = begun.ok_or(Failure::Foreign)?;
        (self.database, self.numbers) = (Some(database), numbers);
        Ok(snapshot)
    }
}

/// Makes the tables in a new file, and looks whether those of an old one are ours.
fn prepare(database: &Database) -> Result<Option<Numbers>, redb::Error> {
    let reading = database.begin_read()?;
    let tables: Vec<String> =
        reading.list_tables()?.map(|table| table.name().to_string()).collect();
    if tables.is_empty() {
        let writing = database.begin_write()?;
        writing.open_table(NUMBERS)?.insert("format", FORMAT)?;
        let numbers = Tables::open(&writing)?.close()?;
        writing.commit()?;
        return Ok(Some(numbers));
    }
    if !tables.iter().any(|name| name == NUMBERS.name()) {
        return Ok(None);
    }
    let numbers = reading.open_table(NUMBERS)?;
    let read = |name| Ok::<_, redb::Error>(numbers.get(name)?.map_or(0, |number| number.value()));
    let format = read("format")?;
    if format != FORMAT {
        let text = format!("it has the format {format}, and this version reads only {FORMAT}");
        return Err(redb::Error::Corrupted(text));
    }
    reading.open_table(RECORDS)?;
    reading.open_table(ROWS)?;
    reading.open_table(AGES)?;
    Ok(Some(Numbers {
        order: read("order")?,
        weight: read("weight")?,
        listed: read("listed")?,
        hand: read("hand")?,
    }))
}

fn snapshot(database: &Database) -> Result<Snapshot, redb::Error> {
    Ok(Arc::new(database.begin_read()?.open_table(RECORDS)?))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

const FORMAT: u64 = 1;
/// A smaller file may be as empty as it likes.
const WASTE: u64 = 32 << 20;
/// What may have to be moved: readers wait for it.
const MOVED: u64 = 16 << 20;
