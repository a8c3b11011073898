//! A storage whose calls are told: how long they take, how they end, and as a span each.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use super::operation::{Asked, Operation, Outcome};
use super::watch::Watch;

/// Any storage, with each of its calls told: with the feature `metrics` as
/// `cache_operation_duration_seconds` and `cache_requests_total` of layer `l2`, with the feature `tracing`
/// as a span of the target `cachefn::storage`.
///
/// Where it stands says what is measured: `Guarded::new(Measured::new(redis, "users"), runtime)` tells what
/// the server takes; the other way round also what a guard refuses. Hits and misses of `get` are told as
/// requests by [`observe`](super::observe), because only a cache knows whether a record is valid.
///
/// Spans carry `db.system.name`, `db.operation.name`, `server.address`, `server.port`, `error.type` and
/// `db.operation.batch.size` as OpenTelemetry defines them, and `cachefn.service`, `cachefn.layer`,
/// `cachefn.result`, `cachefn.record.size`. Keys are not in them unless `showing_names` is
/// called.
///
/// ```
/// use cachefn::telemetry::Measured;
/// use cachefn::{Cache, Postcard};
/// use cachefn_conformance::MapStorage;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn::Error> {
/// let storage = Measured::new(MapStorage::new(), "users");
/// let users = Cache::<u64, String>::builder("users").storage(storage).codec(Postcard).build()?;
/// assert_eq!(users.get_or_fetch(&7, async || "Ada".to_string()).await, "Ada");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Measured<S> {
    storage: S,
    watch: Arc<Watch>,
}

impl<S: Storage> Measured<S> {
    /// Tells of the calls of this storage under the name of a service.
    pub fn new(storage: S, service: impl Into<Arc<str>>) -> Self {
        Measured { storage, watch: Arc::new(Watch::new(service.into())) }
    }

    /// What the storage is in spans, `db.system.name`: `redis`, `rocksdb`, or a word of one's own.
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn system(mut self, system: impl Into<Arc<str>>) -> Self {
        Arc::make_mut(&mut self.watch).spans.system = system.into();
        self
    }

    /// Where the storage is in spans: `server.address` and `server.port`. A name or an address, never a
    /// whole URL, which may have a password in it.
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn server(mut self, address: impl Into<Arc<str>>, port: u16) -> Self {
        Arc::make_mut(&mut self.watch).spans.server = Some((address.into(), port));
        self
    }

    /// Shows the names of records in spans, which have the keys in them, and the texts of errors.
    #[cfg(feature = "tracing")]
    #[must_use]
    pub fn showing_names(mut self) -> Self {
        Arc::make_mut(&mut self.watch).spans.shows_names = true;
        self
    }

    async fn ok<T, Fut>(
        &self,
        operation: Operation,
        asked: Asked<'_>,
        call: Fut,
    ) -> Result<T, Error>
    where
        Fut: Future<Output = Result<T, Error>>,
    {
        self.watch.call(operation, asked, |_| Outcome::Ok, call).await
    }
}

/// One record is meant.
fn one(name: &[u8]) -> Asked<'_> {
    Asked { name: Some(name), ..Asked::default() }
}

/// One record is written.
fn put<'a>(name: &'a [u8], record: &Bytes) -> Asked<'a> {
    Asked { name: Some(name), bytes: Some(record.len()), many: None }
}

/// So many are meant.
fn many<T>(list: &[T]) -> Asked<'static> {
    Asked { many: Some(list.len()), ..Asked::default() }
}

impl<S: Storage> Storage for Measured<S> {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let outcome = |found: &Option<Found>| match found {
            Some(_) => Outcome::Hit,
            None => Outcome::Miss,
        };
        self.watch.call(Operation::Get, one(name), outcome, self.storage.get(name)).await
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        let asked = put(name, &record);
        self.ok(Operation::Set, asked, self.storage.set(name, record, keep)).await
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.ok(Operation::Delete, one(name), self.storage.delete(name)).await
    }

    fn capabilities(&self) -> Capabilities {
        self.storage.capabilities()
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.ok(Operation::GetMany, many(names), self.storage.get_many(names)).await
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        let asked = many(&records);
        self.ok(Operation::SetMany, asked, self.storage.set_many(records)).await
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        let asked = put(name, &record);
        self.ok(Operation::Set, asked, self.storage.set_telling(name, record, keep)).await
    }

    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        self.ok(Operation::DeleteMany, many(names), self.storage.delete_many(names)).await
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.ok(Operation::DeleteIf, one(name), self.storage.delete_if(name, record)).await
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        self.ok(Operation::Tokens, many(names), self.storage.tokens(names)).await
    }

    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.ok(Operation::ReplaceTokens, many(tokens), self.storage.replace_tokens(tokens)).await
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.ok(Operation::CreateTokens, many(tokens), self.storage.create_tokens(tokens)).await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.ok(Operation::Scan, one(prefix), self.storage.scan(prefix, cursor, limit)).await
    }

    async fn flush(&self) -> Result<(), Error> {
        self.ok(Operation::Flush, Asked::default(), self.storage.flush()).await
    }

    async fn purge(&self) -> Result<usize, Error> {
        self.ok(Operation::Purge, Asked::default(), self.storage.purge()).await
    }

    async fn close(&self) -> Result<(), Error> {
        self.ok(Operation::Close, Asked::default(), self.storage.close()).await
    }
}

impl<S: fmt::Debug> fmt::Debug for Measured<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measured").field(&self.storage).finish()
    }
}
