//! The settings by which caches that share a storage keep each other's memory true.

use alloc::sync::Arc;
use core::time::Duration;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::peers::KeyTexts;
use crate::bus::Bus;
use crate::key::{KeyText, read_key};
use crate::memory::Builder;

/// How long memory is trusted while messages may be missed, unless it is said.
pub(super) const STALE_WHILE_LOST: Duration = Duration::from_secs(10);

impl<K: CacheKey, V: CacheValue> Builder<Cache<K, V>> {
    /// Tells the other caches of this name what is not valid any more, and hears it from them: after a
    /// `set`, `update`, `delete`, `expire`, `invalidate_…`, `clear` or refresh that the storage accepted,
    /// their memory lets go of what was changed. Values are never told, and what a fetcher brings is not
    /// either: it replaces nothing that was valid.
    ///
    /// That the others could not be told is no error of the call: they are told with the next message,
    /// or by [`flush`](Cache::flush), which is an error as long as they were not. An `error` event and
    /// `stats().bus_failures` tell. A bus that has to connect begins when the cache is built;
    /// [`ready`](Cache::ready) waits until it has.
    ///
    /// ```
    /// use cachefn_conformance::{LocalBus, MapStorage};
    /// use cachefn_core::{Cache, Postcard};
    ///
    /// # pollster::block_on(async {
    /// let (storage, bus) = (MapStorage::new(), LocalBus::new());
    /// let open = || {
    ///     let builder = Cache::<u32, u32>::builder("n").storage(storage.clone()).codec(Postcard);
    ///     builder.bus(bus.connect()).build()
    /// };
    /// let (here, there) = (open()?, open()?); // as if in two processes
    /// there.set(1, 10).await?;
    /// here.set(1, 11).await?;
    /// assert_eq!(there.get(&1).await?, Some(11));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub fn bus(mut self, bus: impl Bus) -> Self
    where
        K: KeyText,
    {
        self.own.bus = Some((Arc::new(bus), KeyTexts { write: K::write_text, read: read_key }));
        self
    }

    /// How long what memory has may still be served when the [`bus`](Builder::bus) has lost its
    /// connection, so that invalidations may be missed: ten seconds unless it is said. Then memory is
    /// emptied, again and again until the connection is back, and once more at that moment; the storage
    /// is asked instead. Zero means that memory serves nothing meanwhile.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # use std::time::Duration;
    /// let builder = Cache::<u32, u32>::builder("n").stale_while_lost(Duration::from_secs(1));
    /// let error = builder.build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: stale_while_lost needs a bus, which could be lost");
    /// ```
    pub fn stale_while_lost(mut self, bound: Duration) -> Self {
        self.own.stale_while_lost = Some(bound);
        self
    }

    /// Without what needs others.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(crate) fn alone(mut self) -> Self {
        (self.own.bus, self.own.stale_while_lost) = (None, None);
        self
    }
}
