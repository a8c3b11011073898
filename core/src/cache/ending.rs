//! How the asynchronous cache gives space back, makes its writes last, and ends.

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use crate::error::Error;
use crate::options::Tier;
use crate::storage::Storage;
use crate::sync::atomic::Ordering::Relaxed;

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// Reclaims the space of all that is dead, in all tiers; how many entries and records went.
    ///
    /// # Errors
    /// When the storage could not be asked.
    ///
    /// ```
    /// # use cachefn_core::{Cache, ManualClock};
    /// # pollster::block_on(async {
    /// let (clock, second) = (ManualClock::new(), std::time::Duration::from_secs(1));
    /// let cache = Cache::<u32, u32>::builder("numbers").ttl(second).clock(clock.clone()).build()?;
    /// cache.set(1, 10).await?;
    /// clock.advance(second);
    /// assert_eq!(cache.purge().await?, 1);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn purge(&self) -> Result<usize, Error> {
        self.inner.must_be_open("purge")?;
        let in_memory = self.inner.memory.purge();
        let Some(storage) = self.inner.tier_for(Tier::Both) else { return Ok(in_memory) };
        let stored = storage.purge(self.inner.memory.wall_ms()).await?;
        Ok(in_memory + stored)
    }

    /// Makes sure that what was written survives the end of the process, where the storage can, and that
    /// the other caches on the [`bus`](crate::Builder::bus) were told of it.
    ///
    /// # Errors
    /// When that cannot be promised, and of kind `unavailable` when the others could not be told yet.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// cache.flush().await?; // no storage: nothing to do
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn flush(&self) -> Result<(), Error> {
        self.inner.must_be_open("flush")?;
        let flushed = match self.inner.tier_for(Tier::Both) {
            Some(storage) => {
                storage.order.settle().await;
                storage.counted(storage.storage.flush().await)
            }
            None => Ok(()),
        };
        let told = self.inner.tell_unsent("flush").await;
        flushed.and(told)
    }

    /// Writes out what is to be written, empties memory and lets go of the storage and of the bus. Cached
    /// functions go on uncached; everything else fails from now on.
    ///
    /// # Errors
    /// As [`flush`](Cache::flush); closed is it all the same.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u32, u32>::builder("numbers").build()?;
    /// cache.close().await?;
    /// assert!(cache.set(1, 10).await.is_err());
    /// assert_eq!(cache.get_or_fetch(&1, || async { 10 }).await, 10);
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn close(&self) -> Result<(), Error> {
        if !self.shut() {
            return Ok(());
        }
        let closed = match &self.inner.tier {
            Some(storage) => {
                storage.order.settle().await;
                storage.counted(storage.storage.close().await)
            }
            None => Ok(()),
        };
        closed.and(self.inner.tell_unsent("close").await)
    }

    /// Empties memory, lets go of the bus and accepts nothing from now on, at once; whether it did until now.
    pub(crate) fn shut(&self) -> bool {
        if self.inner.closed.swap(true, Relaxed) {
            return false;
        }
        self.inner.memory.clear();
        if let Some(peers) = &self.inner.peers {
            // What is still to be told needs no ears.
            peers.hears_by(None);
            peers.readiness.end();
        }
        true
    }

    /// Waits for the writes that were under way when it was [shut](Self::shut), and tells what is still to be
    /// told. The storage is others', too.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(crate) async fn finish(&self) -> Result<(), Error> {
        if let Some(storage) = &self.inner.tier {
            storage.order.settle().await;
        }
        self.inner.tell_unsent("close").await
    }
}
