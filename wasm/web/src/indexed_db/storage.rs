//! The storage as the cache sees it.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Capabilities, Clock, Error, Found, Keep, Page, Put, Storage, Token};

use super::connection::Connection;
use super::inner::Inner;
use super::row;

/// Records in a database of the browser, in windows and in workers, which all pages of the site share. They
/// survive the page, the browser and the machine. Clones share the connection.
///
/// A write is seen by every later read, in other pages too, when its future is ready, and then survives a
/// crash of the browser. The replacing of tokens, which is how tags and whole namespaces are invalidated,
/// also waits for the disk, where the browser can. Several records are written in one transaction: all or
/// none of those that are not too large.
///
/// When the site has used up its space, the dead leave, then the records that were written longest ago, and
/// if that is no help the database is made anew: Chromium gives the space of records of less than about
/// 64 KiB back with the whole database only, and then may need three seconds in which every call fails. The
/// browser may delete the database at any time, too, and Chromium does so with some to which it was writing
/// when it was killed itself: then every call is a miss. Where there is none, because the user has forbidden it
/// or the page lies in a sandboxed frame, every call fails with an error of kind `unavailable`, and cached
/// functions go on without it.
///
/// A record of more than 64 MiB is refused.
///
/// ```no_run
/// use cachefn_core::{Cache, Postcard};
/// use cachefn_wasm::IndexedDb;
///
/// # async fn example() -> Result<(), cachefn_core::Error> {
/// let users = Cache::<u64, String>::builder("users").storage(IndexedDb::new()).codec(Postcard).build()?;
/// let ada = users.get_or_fetch(&7, || async { "Ada".to_string() }).await; // imagine a request
/// assert_eq!((ada, users.get(&7).await?), ("Ada".to_string(), Some("Ada".to_string())));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct IndexedDb(Rc<Inner>);

impl IndexedDb {
    pub(super) fn over(database: String, open_timeout: Duration, clock: Box<dyn Clock>) -> Self {
        let connection = Connection::new(database.clone(), open_timeout);
        IndexedDb(Rc::new(Inner { database, connection, clock }))
    }
}

impl Storage for IndexedDb {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let found = self.0.found(&[name]).await.map_err(|failure| failure.told("get"))?;
        Ok(found.into_iter().next().flatten())
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.set_many(vec![Put { name, record, keep }]).await
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        let deleted = self.0.delete(&[name]).await.map_err(|failure| failure.told("delete"))?;
        Ok(deleted > 0)
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities::default().scanning().surviving().max_record(row::MAX_RECORD)
    }
    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.0.found(names).await.map_err(|failure| failure.told("get"))
    }
    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        let whole = records.iter().all(|put| put.record.len() <= row::MAX_RECORD);
        let fits = |put: &Put<'_>| put.record.len() <= row::MAX_RECORD;
        let records = records.into_iter().filter(fits).collect();
        self.0.set(records).await.map_err(|failure| failure.told("set"))?;
        let text = "a record of more than 67108864 bytes is too long for the database";
        whole.then_some(()).ok_or_else(|| Error::unsupported("set", text))
    }
    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        self.0.delete(names).await.map_err(|failure| failure.told("delete"))
    }
    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.0.delete_if(name, record).await.map_err(|failure| failure.told("delete"))
    }
    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        self.0.tokens(names).await.map_err(|failure| failure.told("tokens"))
    }
    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.0.replace_tokens(tokens).await.map_err(|failure| failure.told("replace_tokens"))
    }
    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.0.create_tokens(tokens).await.map_err(|failure| failure.told("create_tokens"))
    }
    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.0.names(prefix, cursor, limit).await.map_err(|failure| failure.told("scan"))
    }
    async fn flush(&self) -> Result<(), Error> {
        // What was written is written out already.
        self.0.connection.check().map_err(|failure| failure.told("flush"))
    }
    async fn purge(&self) -> Result<usize, Error> {
        self.0.purge().await.map_err(|failure| failure.told("purge"))
    }
    async fn close(&self) -> Result<(), Error> {
        self.0.connection.check().map_err(|failure| failure.told("close"))?;
        self.0.connection.end();
        Ok(())
    }
}

impl fmt::Debug for IndexedDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexedDb").field("database", &self.0.database).finish_non_exhaustive()
    }
}
