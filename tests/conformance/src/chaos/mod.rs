//! A storage that fails on purpose, in an order that follows from a seed, and counts its calls.

mod calls;
mod faults;
mod state;

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use crate::interleave::pend;

use state::State;

pub use calls::Calls;
pub use faults::Faults;

/// Another storage with [`Faults`] before it; clones share both, so that a test keeps one and gives
/// the other to a cache. Without faults it only counts.
///
/// ```
/// use cachefn_conformance::{Chaos, Faults, MapStorage};
/// use cachefn_core::{Keep, Storage};
///
/// # pollster::block_on(async {
/// let chaos = Chaos::new(MapStorage::new(), 7);
/// chaos.set(b"name", b"record"[..].into(), Keep::default()).await.unwrap();
/// chaos.inject(Faults::down());
/// assert!(chaos.get(b"name").await.unwrap_err().is_retryable());
/// chaos.inject(Faults::none());
/// assert!(chaos.get(b"name").await.unwrap().is_some());
/// assert_eq!((chaos.calls().set, chaos.calls().get), (1, 2));
/// # });
/// ```
#[derive(Debug)]
pub struct Chaos<S>(Arc<Shared<S>>);

#[derive(Debug)]
struct Shared<S> {
    storage: S,
    state: Mutex<State>,
}

impl<S> Clone for Chaos<S> {
    fn clone(&self) -> Self {
        Chaos(Arc::clone(&self.0))
    }
}

impl<S: Storage> Chaos<S> {
    /// This storage, still without faults. What goes wrong when follows from the seed and from the
    /// order of the calls.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, MapStorage};
    /// assert_eq!(Chaos::new(MapStorage::new(), 7).calls().total(), 0);
    /// ```
    pub fn new(storage: S, seed: u64) -> Self {
        Chaos(Arc::new(Shared { storage, state: Mutex::new(State::new(seed)) }))
    }

    /// [`inject`](Self::inject), for where it is made.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::Storage;
    /// let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::down());
    /// assert!(pollster::block_on(chaos.flush()).is_err());
    /// ```
    #[must_use]
    pub fn with(self, faults: Faults) -> Self {
        self.inject(faults);
        self
    }

    /// From now on these faults, instead of those before.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::Storage;
    /// let chaos = Chaos::new(MapStorage::new(), 7);
    /// chaos.inject(Faults::down());
    /// assert!(pollster::block_on(chaos.flush()).is_err());
    /// ```
    pub fn inject(&self, faults: Faults) {
        let mut state = self.state();
        state.faults = faults;
        let waiting = std::mem::take(&mut state.frozen);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// The calls until now, failed ones too.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, MapStorage};
    /// use cachefn_core::Storage;
    /// let chaos = Chaos::new(MapStorage::new(), 7);
    /// pollster::block_on(chaos.flush()).unwrap();
    /// assert_eq!(chaos.calls().flush, 1);
    /// ```
    pub fn calls(&self) -> Calls {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call and does to it what was drawn.
    async fn call<T>(
        &self,
        operation: &'static str,
        count: fn(&mut Calls) -> &mut u64,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let fate = self.state().draw(operation, count);
        self.thaw(operation).await;
        pend(fate.before).await;
        if fate.is_error {
            return Err(Error::unavailable(operation, "an error was drawn"));
        }
        let answer = call.await;
        pend(fate.after).await;
        if fate.is_lost {
            return Err(Error::timeout(operation, "it was drawn that the answer is lost"));
        }
        answer
    }

    /// Waits while nothing answers.
    async fn thaw(&self, operation: &'static str) {
        poll_fn(|context| {
            let mut state = self.state();
            if !state.faults.of(operation).is_frozen {
                return Poll::Ready(());
            }
            state.frozen.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn read(&self, found: Option<Found>) -> Option<Found> {
        let mut found = found?;
        let mut state = self.state();
        if state.tears(|faults| faults.torn_reads) {
            found.record = state.torn(&found.record);
        }
        for token in found.tokens.iter_mut().flatten().flatten() {
            *token = state.read_token(*token);
        }
        Some(found)
    }

    fn written(&self, record: Bytes) -> Bytes {
        let mut state = self.state();
        if state.tears(|faults| faults.torn_writes) { state.torn(&record) } else { record }
    }
}

impl<S: Storage> Storage for Chaos<S> {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        let found = self.call("get", |calls| &mut calls.get, self.0.storage.get(name)).await?;
        Ok(self.read(found))
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        let record = self.written(record);
        self.call("set", |calls| &mut calls.set, self.0.storage.set(name, record, keep)).await
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.call("delete", |calls| &mut calls.delete, self.0.storage.delete(name)).await
    }

    /// Not immediate while calls may be delayed or frozen.
    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.0.storage.capabilities();
        let faults = self.state().faults;
        capabilities.is_immediate &= faults.delays == 0.0 && !faults.is_frozen;
        capabilities
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        let call = self.0.storage.get_many(names);
        let found = self.call("get_many", |calls| &mut calls.get_many, call).await?;
        Ok(found.into_iter().map(|found| self.read(found)).collect())
    }

    async fn set_many(&self, mut records: Vec<Put<'_>>) -> Result<(), Error> {
        for put in &mut records {
            put.record = self.written(put.record.clone());
        }
        let call = self.0.storage.set_many(records);
        self.call("set_many", |calls| &mut calls.set_many, call).await
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        let record = self.written(record);
        let set = self.0.storage.set_telling(name, record, keep);
        self.call("set", |calls| &mut calls.set, set).await
    }

    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        let call = self.0.storage.delete_many(names);
        self.call("delete_many", |calls| &mut calls.delete_many, call).await
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        let call = self.0.storage.delete_if(name, record);
        self.call("delete_if", |calls| &mut calls.delete_if, call).await
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        let call = self.0.storage.tokens(names);
        let tokens = self.call("tokens", |calls| &mut calls.tokens, call).await?;
        let mut state = self.state();
        Ok(tokens.into_iter().map(|token| Some(state.read_token(token?))).collect())
    }

    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        let call = self.0.storage.replace_tokens(tokens);
        self.call("replace_tokens", |calls| &mut calls.replace_tokens, call).await
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        let call = self.0.storage.create_tokens(tokens);
        self.call("create_tokens", |calls| &mut calls.create_tokens, call).await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        let call = self.0.storage.scan(prefix, cursor, limit);
        self.call("scan", |calls| &mut calls.scan, call).await
    }

    async fn flush(&self) -> Result<(), Error> {
        self.call("flush", |calls| &mut calls.flush, self.0.storage.flush()).await
    }

    async fn purge(&self) -> Result<usize, Error> {
        self.call("purge", |calls| &mut calls.purge, self.0.storage.purge()).await
    }

    async fn close(&self) -> Result<(), Error> {
        self.call("close", |calls| &mut calls.close, self.0.storage.close()).await
    }
}
