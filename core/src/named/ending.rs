//! When a named cache hears others, how its writes are made to last, and how it ends.

use alloc::vec::Vec;

use super::cache::NamedCache;
use crate::error::Error;
use crate::sync::atomic::Ordering::SeqCst;

impl NamedCache {
    /// Ready when the [`bus`](super::NamedBuilder::bus) hears the caches of other processes, which it begins to do
    /// when this cache is built; see [`Cache::ready`](crate::Cache::ready). What functions have loaded before is
    /// forgotten at that moment.
    ///
    /// # Errors
    /// Of kind `config` when it is closed, also while it waits.
    ///
    /// ```
    /// # use cachefn_conformance::LocalBus;
    /// # use cachefn_core::NamedCache;
    /// # pollster::block_on(async {
    /// let users = NamedCache::builder("users").bus(LocalBus::new().connect()).build()?;
    /// users.ready().await?; // before the first call of a function
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn ready(&self) -> Result<(), Error> {
        self.must_be_open("ready")?;
        self.presence().ready().await;
        for part in self.erased() {
            part.ready().await?;
        }
        self.must_be_open("ready")
    }

    /// Returns when the storage has all that was written.
    ///
    /// # Errors
    /// When the storage could not take it.
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # pollster::block_on(async {
    /// let users = NamedCache::builder("users").build()?;
    /// users.flush().await?;
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn flush(&self) -> Result<(), Error> {
        let mut first = Ok(());
        for part in self.erased() {
            first = first.and(part.flush().await);
        }
        first
    }

    /// Waits for the writes of its functions that are under way, empties their memory and lets go of the bus, whose
    /// task ends with its last cache. From now on the functions run uncached, those that were not called yet,
    /// too. The name stays taken.
    ///
    /// The storage is not closed: other caches may have it, and who opened it closes it, which makes its writes
    /// last. Otherwise [`flush`](NamedCache::flush) before.
    ///
    /// # Errors
    /// Of kind `unavailable` when the other caches could not be told of a change; closed is it all the same.
    ///
    /// ```
    /// use cachefn_core::{NamedCache, cachefn, with_cache};
    ///
    /// #[cachefn(cache = "users")]
    /// fn name(id: u64) -> String {
    ///     format!("user {id}")
    /// }
    /// # pollster::block_on(async {
    /// let users = NamedCache::builder("users").build()?;
    /// users.close().await?;
    /// with_cache("users", &users, || {
    ///     assert_eq!((name(7), name(7)), ("user 7".into(), "user 7".into()));
    ///     assert_eq!(name::cache().len(), 0);
    /// });
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn close(&self) -> Result<(), Error> {
        if self.closed().swap(true, SeqCst) {
            return Ok(());
        }
        self.presence().end();
        let parts = self.erased();
        // First of all none has an ear or a value left, should a storage hang.
        let open: Vec<_> = parts.into_iter().filter(|part| part.shut()).collect();
        let mut first = Ok(());
        for part in open {
            first = first.and(part.finish().await);
        }
        first
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed().load(SeqCst)
    }

    pub(super) fn must_be_open(&self, operation: &'static str) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::config(operation, "the named cache is closed; build a new one"));
        }
        Ok(())
    }
}
