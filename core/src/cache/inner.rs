//! What the clones of one cache share.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::{Arc, Weak};
use core::ops::Deref;
use core::time::Duration;

use super::bounds::{CacheKey, CacheValue};
use super::leasing::Leasing;
use super::peers::Peers;
use super::traced::OwnTracer;
use super::witness::OwnWitness;
use crate::cause::Cause;
use crate::error::{Error, ErrorKind};
use crate::maybe_send::BoxFuture;
use crate::memory::MemoryCache;
use crate::options::{EntryOptions, Tier};
use crate::runtime::Runtime;
use crate::sync::atomic::{AtomicBool, Ordering::Relaxed};
use crate::tier::StorageTier;

/// The fetcher of a cache that reads through.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) type Fetcher<K, V> = Arc<dyn Fn(K) -> BoxFuture<'static, V> + Send + Sync>;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(super) type Fetcher<K, V> = Arc<dyn Fn(K) -> BoxFuture<'static, V>>;

pub(crate) struct Inner<K, V> {
    pub(super) name: Box<str>,
    pub(super) memory: MemoryCache<K, V>,
    pub(super) tier: Option<StorageTier<K, V>>,
    /// The other caches, where there is a bus.
    pub(super) peers: Option<Box<Peers<K>>>,
    /// This very place, for what outlives its callers.
    pub(super) this: Weak<Self>,
    pub(super) runtime: Option<Arc<dyn Runtime>>,
    /// What the storage had goes to memory.
    pub(super) promotes: bool,
    /// How it is agreed with other processes who makes a value.
    pub(super) leasing: Option<Arc<Leasing>>,
    /// Whom removals are told.
    pub(super) witness: Option<OwnWitness<K>>,
    /// Who makes the spans of loads.
    pub(super) tracer: Option<OwnTracer<K>>,
    pub(super) fetcher: Option<Fetcher<K, V>>,
    pub(super) load_timeout: Option<Duration>,
    pub(super) soft_timeout: Option<Duration>,
    /// A hit on an entry that is fresh for no longer than this refreshes it.
    pub(super) refresh_below: Option<u64>,
    pub(super) closed: AtomicBool,
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// The storage, if there is one and it is meant.
    pub(super) fn tier_for(&self, tier: Tier) -> Option<&StorageTier<K, V>> {
        let open = tier != Tier::Memory && self.is_open();
        self.tier.as_ref().filter(|_| open)
    }

    /// Memory for a read, without what was trusted for too long.
    #[inline]
    pub(super) fn memory(&self) -> &MemoryCache<K, V> {
        self.check_trust();
        &self.memory
    }

    /// Empties memory if messages may be missed, and it was trusted for too long.
    #[inline]
    pub(super) fn check_trust(&self) {
        if self.peers.as_ref().is_some_and(|peers| peers.is_lost()) {
            self.distrust();
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.closed.load(Relaxed)
    }

    /// The storage and the full name of a key, where storage is meant.
    ///
    /// # Errors
    /// Of kind `key` when the key is too long for any storage.
    pub(super) fn place(
        &self,
        operation: &'static str,
        key: &K,
        tier: Tier,
    ) -> Result<Option<Place<'_, K, V>>, Error> {
        let Some(storage) = self.tier_for(tier) else { return Ok(None) };
        Ok(Some((storage, storage.name(operation, key)?)))
    }

    /// Which tiers a call means.
    pub(super) fn tier_of(options: &EntryOptions) -> Tier {
        options.tier.unwrap_or_default()
    }

    /// Tells of a failure that the caller does not see.
    pub(super) fn tell_failure(&self, key: &K, error: &Error) {
        let cause = match error.kind() {
            ErrorKind::Codec | ErrorKind::Corrupt => Cause::Undecodable,
            _ => Cause::StorageFailed,
        };
        self.memory.tell_error(key, cause);
    }

    /// # Errors
    /// Of kind `config`, whatever is asked of a closed cache.
    pub(super) fn must_be_open(&self, operation: &'static str) -> Result<(), Error> {
        if !self.is_open() {
            let detail = "the cache is closed; build a new one";
            return Err(Error::new(ErrorKind::Config, operation, detail));
        }
        Ok(())
    }
}

/// A storage, and the full name of a key in it.
pub(super) type Place<'c, K, V> = (&'c StorageTier<K, V>, String);

/// Leads to a cache: for as long as a caller waits, or for as long as it takes.
pub(crate) enum Hold<'c, K, V> {
    Borrowed(&'c Inner<K, V>),
    Owned(Arc<Inner<K, V>>),
}

impl<K, V> Hold<'_, K, V> {
    pub(super) fn inner(&self) -> &Inner<K, V> {
        match self {
            Hold::Borrowed(inner) => inner,
            Hold::Owned(inner) => inner,
        }
    }
}

impl<K, V> Clone for Hold<'_, K, V> {
    fn clone(&self) -> Self {
        match self {
            Hold::Borrowed(inner) => Hold::Borrowed(inner),
            Hold::Owned(inner) => Hold::Owned(inner.clone()),
        }
    }
}

impl<K, V> Deref for Hold<'_, K, V> {
    type Target = MemoryCache<K, V>;

    fn deref(&self) -> &MemoryCache<K, V> {
        &self.inner().memory
    }
}
