//! When a cache hears the others.

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use crate::error::Error;

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// Ready when the [`bus`](crate::Builder::bus) hears the other caches: at once where there is none.
    ///
    /// At that moment, and whenever a bus that was lost comes back, memory is emptied and what is being loaded is
    /// handed to its callers and kept nowhere, because nobody can say what was missed. So a program waits
    /// for this once, when it starts, or its first calls run twice.
    ///
    /// It waits as long as the bus does: for a server that is away, for ever. Give it a time limit, and ask the
    /// bus for the reason.
    ///
    /// # Errors
    /// Of kind `config` when the cache is closed, also while it waits.
    ///
    /// ```
    /// # use cachefn_conformance::LocalBus;
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let connection = LocalBus::new().connect();
    /// connection.lose();
    /// let cache = Cache::<u32, u32>::builder("numbers").bus(connection.clone()).build()?;
    /// connection.restore(); // as a bus does by itself when it is connected
    /// cache.ready().await?;
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn ready(&self) -> Result<(), Error> {
        self.inner.must_be_open("ready")?;
        if let Some(peers) = &self.inner.peers {
            peers.readiness.wait().await;
        }
        self.inner.must_be_open("ready")
    }
}
