//! A storage that writes down what it writes, so that whoever is told of a change knows whose it was.

use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use super::journal::{Journal, Print};
use crate::frame;
use crate::names::Names;
use crate::storage::RedisStorage;

/// A [`RedisStorage`] whose changes do not come back to the caches of this process: the one to use beside
/// [`RedisTracking`](super::RedisTracking). Cheap to clone.
///
/// ```no_run
/// # async fn example() -> Result<(), cachefn_core::Error> {
/// # let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
/// let tracking = redis.tracking(cachefn_tokio::TokioRuntime::current()?);
/// let storage: cachefn_redis::TrackedStorage = tracking.storage();
/// assert!(cachefn_core::Storage::capabilities(&storage).survives);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TrackedStorage {
    inner: RedisStorage,
    names: Names,
    journal: Arc<Journal>,
}

impl TrackedStorage {
    pub(super) fn new(inner: RedisStorage, names: Names, journal: Arc<Journal>) -> Self {
        TrackedStorage { inner, names, journal }
    }

    /// Before it is written: the server may tell of it before it answers.
    fn note(&self, name: &[u8], print: Print) {
        self.journal.note(&self.names.key(name, self.names.group(name)), print);
    }

    /// Of a token there are copies in all groups.
    fn note_token(&self, name: &[u8], token: Token) {
        let print = self.journal.print(&frame::token(token));
        for group in self.names.groups(name) {
            self.journal.note(&self.names.key(name, group), print);
        }
    }
}

impl Storage for TrackedStorage {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.inner.get(name).await
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.note(name, self.journal.print(&record));
        self.inner.set(name, record, keep).await
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.note(name, Print::Absent);
        self.inner.delete(name).await
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.inner.get_many(names).await
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        records.iter().for_each(|put| self.note(put.name, self.journal.print(&put.record)));
        self.inner.set_many(records).await
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        self.note(name, self.journal.print(&record));
        self.inner.set_telling(name, record, keep).await
    }

    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        names.iter().for_each(|name| self.note(name, Print::Absent));
        self.inner.delete_many(names).await
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.inner.delete_if(name, record).await
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        self.inner.tokens(names).await
    }

    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        tokens.iter().for_each(|(name, token)| self.note_token(name, *token));
        self.inner.replace_tokens(tokens).await
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.inner.create_tokens(tokens).await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.inner.scan(prefix, cursor, limit).await
    }

    async fn flush(&self) -> Result<(), Error> {
        self.inner.flush().await
    }

    async fn purge(&self) -> Result<usize, Error> {
        self.inner.purge().await
    }

    async fn close(&self) -> Result<(), Error> {
        self.inner.close().await
    }
}
