//! A storage over SQLite: three methods, and the others where SQL does better than one by one.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Records in a table. SQLite answers without waiting for anybody, so all futures are ready at once.
pub struct Sqlite {
    /// None once it is closed.
    connection: Mutex<Option<Connection>>,
    now: fn() -> i64,
}

impl Sqlite {
    /// Opens a database, or makes one.
    pub fn open(file: &Path) -> Result<Self, Error> {
        Self::open_with_time(file, unix_ms)
    }

    /// The same with another clock, so that a test need not wait.
    pub fn open_with_time(file: &Path, now: fn() -> i64) -> Result<Self, Error> {
        let open = || {
            let connection = Connection::open(file)?;
            connection.execute_batch(SCHEMA)?;
            Ok(connection)
        };
        let connection = open().map_err(|error| failed("open", error))?;
        Ok(Sqlite { connection: Mutex::new(Some(connection)), now })
    }

    /// Runs one piece of work as one transaction: all of it happens, or nothing.
    fn work<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let mut connection = self.lock();
        let connection =
            connection.as_mut().ok_or_else(|| Error::unavailable(operation, "it is closed"))?;
        let all = || {
            let transaction = connection.transaction()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        all().map_err(|error| failed(operation, error))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        // A transaction that a panic interrupted was rolled back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, connection: &Connection, name: &[u8]) -> rusqlite::Result<Option<Found>> {
        let now = (self.now)();
        let found = |row: &Row<'_>| {
            let mut found = Found::new(row.get::<_, Vec<u8>>(0)?.into());
            let until: Option<i64> = row.get(1)?;
            found.remaining = until.map(|until| Duration::from_millis(until.abs_diff(now)));
            Ok(found)
        };
        connection.prepare_cached(READ)?.query_row(params![name, now], found).optional()
    }

    fn write(&self, connection: &Connection, put: &Put<'_>) -> rusqlite::Result<()> {
        let ms = |life: Duration| i64::try_from(life.as_millis()).ok();
        let until = put.keep.life.and_then(|life| (self.now)().checked_add(ms(life)?));
        connection.prepare_cached(WRITE)?.execute(params![put.name, &put.record[..], until])?;
        Ok(())
    }

    fn token(&self, connection: &Connection, name: &[u8]) -> rusqlite::Result<Option<Token>> {
        Ok(self.read(connection, name)?.and_then(|found| Token::read(&found.record)))
    }
}

impl Storage for Sqlite {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.work("get", |connection| self.read(connection, name))
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.work("set", |connection| self.write(connection, &Put { name, record, keep }))
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        let now = (self.now)();
        self.work("delete", |connection| {
            Ok(connection.prepare_cached(DELETE)?.execute(params![name, now])? > 0)
        })
    }

    // What follows has defaults; each of these makes many statements one transaction, or is safer.

    fn capabilities(&self) -> Capabilities {
        let largest = 100 << 20; // SQLite would take more, but all of it goes through memory
        Capabilities::default().immediate().scanning().surviving().max_record(largest)
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.work("get_many", |connection| {
            names.iter().map(|name| self.read(connection, name)).collect()
        })
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        self.work("set_many", |connection| {
            records.iter().try_for_each(|put| self.write(connection, put))
        })
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        let now = (self.now)();
        self.work("delete_if", |connection| {
            Ok(connection.prepare_cached(DELETE_IF)?.execute(params![name, now, record])? > 0)
        })
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.work("create_tokens", |connection| {
            let create = |&(name, token): &(&[u8], Token)| {
                if let Some(there) = self.token(connection, name)? {
                    return Ok(there);
                }
                let record = Bytes::copy_from_slice(&token.0);
                self.write(connection, &Put { name, record, keep: Keep::default() })?;
                Ok(token)
            };
            tokens.iter().map(create).collect()
        })
    }

    /// A cursor is the least name that may come next.
    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        let (now, limit) = ((self.now)(), limit.clamp(1, 1_000));
        let names: Vec<Vec<u8>> = self.work("scan", |connection| {
            let mut scan = connection.prepare_cached(SCAN)?;
            let rows = scan.query_map(params![prefix.max(cursor), now], |row| row.get(0))?;
            let begins = |row: &rusqlite::Result<Vec<u8>>| {
                row.as_ref().map_or(true, |name| name.starts_with(prefix))
            };
            rows.take_while(begins).take(limit).collect()
        })?;
        let last = names.last().filter(|_| names.len() == limit);
        let next = last.map(|name| Bytes::from([&name[..], b"\0"].concat()));
        Ok(Page::new(names.into_iter().map(Bytes::from).collect(), next))
    }

    async fn purge(&self) -> Result<usize, Error> {
        let now = (self.now)();
        self.work("purge", |connection| connection.prepare_cached(PURGE)?.execute(params![now]))
    }

    /// Each transaction is in the file when it returns; here it reaches the disk, too.
    async fn flush(&self) -> Result<(), Error> {
        let guard = self.lock();
        let connection =
            guard.as_ref().ok_or_else(|| Error::unavailable("flush", "it is closed"))?;
        let is_busy = connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |row| row.get(0));
        match is_busy.map_err(|error| failed("flush", error))? {
            0 => Ok(()),
            _ => Err(Error::unavailable("flush", "another process reads; try again")),
        }
    }

    async fn close(&self) -> Result<(), Error> {
        self.flush().await?;
        let Some(connection) = self.lock().take() else { return Ok(()) };
        connection.close().map_err(|(_, error)| failed("close", error))
    }
}

fn failed(operation: &'static str, error: rusqlite::Error) -> Error {
    Error::unavailable(operation, error)
}

fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS records (name BLOB PRIMARY KEY, record BLOB NOT NULL, until INTEGER);
    CREATE INDEX IF NOT EXISTS dying ON records (until) WHERE until IS NOT NULL;";
const READ: &str =
    "SELECT record, until FROM records WHERE name = ?1 AND (until IS NULL OR until > ?2)";
const WRITE: &str = "INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3)";
const DELETE: &str = "DELETE FROM records WHERE name = ?1 AND (until IS NULL OR until > ?2)";
const DELETE_IF: &str =
    "DELETE FROM records WHERE name = ?1 AND (until IS NULL OR until > ?2) AND record = ?3";
const SCAN: &str =
    "SELECT name FROM records WHERE name >= ?1 AND (until IS NULL OR until > ?2) ORDER BY name";
const PURGE: &str = "DELETE FROM records WHERE rowid IN
    (SELECT rowid FROM records WHERE until <= ?1 LIMIT 1000)";
