//! What a cache sees: records and tokens in Redis.

mod groups;
mod hints;
mod lives;
mod named;
mod reading;
mod tokens;
mod walking;
mod writing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use crate::connection::Link;
use crate::names::Names;
use hints::Hints;
use named::Named;

/// Records in Redis, shared by all processes that use the same servers and
/// [`prefix`](crate::Builder::prefix). Cheap to clone.
///
/// Redis forgets records by itself when their life is over, and earlier when it has no room; both are
/// misses. What it keeps outlives the process, but whether it outlives Redis is a matter of its
/// configuration.
#[derive(Clone)]
pub struct RedisStorage {
    link: Link,
    names: Names,
    hints: Arc<Hints>,
    named: Arc<Named>,
    is_closed: Arc<AtomicBool>,
}

impl RedisStorage {
    pub(crate) fn new(link: Link, names: Names) -> Self {
        let (hints, named) = (Arc::new(Hints::new()), Arc::new(Named::new()));
        RedisStorage { link, names, hints, named, is_closed: Arc::default() }
    }

    fn must_be_open(&self, operation: &'static str) -> Result<(), Error> {
        match self.is_closed.load(Ordering::Acquire) {
            true => Err(Error::unavailable(operation, "the storage is closed")),
            false => Ok(()),
        }
    }
}

impl Storage for RedisStorage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.must_be_open("get")?;
        self.read("get", name).await
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.must_be_open("set")?;
        self.write("set", vec![Put { name, record, keep }]).await
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.must_be_open("delete")?;
        Ok(self.forget("delete", &[name]).await? > 0)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().scanning().surviving().telling_tokens().max_record(MAX_RECORD)
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.must_be_open("get_many")?;
        self.read_many("get_many", names).await
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        self.must_be_open("set_many")?;
        self.write("set_many", records).await
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        self.must_be_open("set")?;
        self.write_telling("set", Put { name, record, keep }).await.map(Some)
    }

    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        self.must_be_open("delete_many")?;
        self.forget("delete_many", names).await
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.must_be_open("delete_if")?;
        self.forget_if("delete_if", name, record).await
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        self.must_be_open("tokens")?;
        self.read_tokens("tokens", names).await
    }

    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.must_be_open("replace_tokens")?;
        self.put_tokens("replace_tokens", tokens).await
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.must_be_open("create_tokens")?;
        self.make_tokens("create_tokens", tokens).await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.must_be_open("scan")?;
        self.step("scan", prefix, cursor, limit).await
    }

    async fn flush(&self) -> Result<(), Error> {
        self.must_be_open("flush")
    }

    async fn purge(&self) -> Result<usize, Error> {
        // Redis does it all the time.
        self.must_be_open("purge").map(|()| 0)
    }

    /// This storage and its clones refuse all calls from now on. The connections are those of
    /// [`Redis`](crate::Redis), and close when that is dropped, too.
    async fn close(&self) -> Result<(), Error> {
        self.is_closed.store(true, Ordering::Release);
        Ok(())
    }
}

/// What Redis takes in one value, less room for the names of tokens.
const MAX_RECORD: usize = 500 << 20;
