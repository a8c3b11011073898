//! A storage whose every call ends in time, and that is left alone while it fails.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Runtime, Storage, Token};

use super::breaker::Breaker;
use super::health::Health;
use crate::within::within;

/// A [`Storage`] around another: no call takes longer than it may (kind `timeout`), and when too many fail
/// the storage is left alone: every call is answered at once (kind `unavailable`), until one in a while
/// finds that it answers again.
///
/// A cache over it goes on with memory and fetchers meanwhile. While all is well, a call costs a look at
/// one number; a call that is ready when it is first polled needs no timer. No task and no timer runs
/// beside the calls.
///
/// `unavailable` and `timeout` count as failures, and a panic of the storage; what it refuses for other
/// reasons does not. A call that its caller gives up tells nothing.
///
/// ```
/// use cachefn_conformance::MapStorage;
/// use cachefn_core::{Cache, Postcard};
/// use cachefn_tokio::{Guarded, TokioRuntime};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn_core::Error> {
/// let storage = Guarded::builder(MapStorage::new(), TokioRuntime::current()?)
///     .read_timeout(Duration::from_millis(50))
///     .open_after(10)
///     .build()?;
/// let health = storage.health();
/// let users = Cache::<u64, String>::builder("users").storage(storage).codec(Postcard).build()?;
/// assert_eq!(users.get_or_fetch(&7, async || "Ada".to_string()).await, "Ada");
/// assert_eq!(health.state().to_string(), "healthy");
/// # Ok(()) }
/// ```
pub struct Guarded<S> {
    pub(super) storage: S,
    pub(super) owner: Arc<Owner>,
}

/// How long calls may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) call: Duration,
    pub(super) read: Duration,
    pub(super) long: Duration,
}

/// What the clones of one guarded storage share. With the last of them goes what its watchers look at.
pub(super) struct Owner {
    pub(super) breaker: Arc<Breaker>,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) limits: Limits,
}

impl<S: Storage> Guarded<S> {
    /// How the storage is.
    pub fn health(&self) -> Health {
        Health(self.owner.breaker.clone())
    }

    /// One call of the storage. Some succeed without asking it, which `proves` nothing.
    async fn call<T, Fut>(
        &self,
        operation: &'static str,
        limit: Duration,
        proves: bool,
        call: impl FnOnce() -> Fut,
    ) -> Result<T, Error>
    where
        Fut: Future<Output = Result<T, Error>>,
    {
        let permit = self.owner.breaker.admit(operation)?;
        let result = match within(&*self.owner.runtime, limit, call()).await {
            Some(result) => result,
            None => Err(Error::timeout(operation, format!("no answer in {limit:?}"))),
        };
        permit.ends(&result, proves);
        result
    }

    async fn read<T, Fut>(
        &self,
        operation: &'static str,
        call: impl FnOnce() -> Fut,
    ) -> Result<T, Error>
    where
        Fut: Future<Output = Result<T, Error>>,
    {
        self.call(operation, self.owner.limits.read, true, call).await
    }

    async fn write<T, Fut>(
        &self,
        operation: &'static str,
        call: impl FnOnce() -> Fut,
    ) -> Result<T, Error>
    where
        Fut: Future<Output = Result<T, Error>>,
    {
        self.call(operation, self.owner.limits.call, true, call).await
    }
}

impl<S: Storage> Storage for Guarded<S> {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.read("get", || self.storage.get(name)).await
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.write("set", || self.storage.set(name, record, keep)).await
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.write("delete", || self.storage.delete(name)).await
    }

    fn capabilities(&self) -> Capabilities {
        self.storage.capabilities()
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        self.read("get_many", || self.storage.get_many(names)).await
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        self.write("set_many", || self.storage.set_many(records)).await
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        self.write("set_telling", || self.storage.set_telling(name, record, keep)).await
    }

    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        if names.is_empty() {
            return Ok(0);
        }
        self.write("delete_many", || self.storage.delete_many(names)).await
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.write("delete_if", || self.storage.delete_if(name, record)).await
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        self.read("tokens", || self.storage.tokens(names)).await
    }

    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        if tokens.is_empty() {
            return Ok(());
        }
        self.write("replace_tokens", || self.storage.replace_tokens(tokens)).await
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        self.write("create_tokens", || self.storage.create_tokens(tokens)).await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.write("scan", || self.storage.scan(prefix, cursor, limit)).await
    }

    async fn flush(&self) -> Result<(), Error> {
        self.call("flush", self.owner.limits.long, false, || self.storage.flush()).await
    }

    async fn purge(&self) -> Result<usize, Error> {
        self.call("purge", self.owner.limits.long, false, || self.storage.purge()).await
    }

    /// The one call that is never refused: files and connections are let go of in every state.
    async fn close(&self) -> Result<(), Error> {
        let limit = self.owner.limits.long;
        let closed = within(&*self.owner.runtime, limit, self.storage.close()).await;
        closed.unwrap_or_else(|| Err(Error::timeout("close", format!("no answer in {limit:?}"))))
    }
}

impl<S: Clone> Clone for Guarded<S> {
    fn clone(&self) -> Self {
        Guarded { storage: self.storage.clone(), owner: self.owner.clone() }
    }
}

impl<S> fmt::Debug for Guarded<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("state", &self.owner.breaker.state())
            .finish_non_exhaustive()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.breaker.goes();
    }
}
