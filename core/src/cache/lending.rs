//! The settings by which of all processes one makes a value, and what a change does to the leases of others.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::holding::Holding;
use super::inner::Inner;
use crate::cause::Cause;
use crate::error::Error;
use crate::lease::Leases;
use crate::memory::Builder;
use crate::tier::StorageTier;

impl<K: CacheKey, V: CacheValue> Builder<Cache<K, V>> {
    /// One fetcher for each key in all processes: who finds nothing in the storage borrows the right to
    /// make it; the others are told when it is there. Needs a [`storage`](Builder::storage), in which they
    /// find it, and a [`runtime`](Builder::runtime), which measures the time. Off unless it is said.
    ///
    /// No call fails for that: when leases cannot be had, or another takes longer than a lease lasts, the
    /// caller runs its own fetcher, as without leases; `stats().lease_failures` and an `error` event tell.
    /// A process that dies holds up the others until its lease is over. A fetcher that takes longer keeps
    /// its lease. What it brings is not stored when the lease was lost meanwhile: because another has
    /// begun anew, or because a `set`, `delete`, `update` or `expire` of a cache with leases has changed
    /// the key, in whatever process. Whether these succeed is decided by the storage alone: when leases cannot
    /// be revoked, the counter and the event tell, and what another makes at that moment may be stored after the change.
    ///
    /// Synchronous functions make their values without leases.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// use cachefn_conformance::LocalLeases;
    /// let leases = LocalLeases::new(cachefn_core::ManualClock::new());
    /// let error = Cache::<u64, u64>::builder("n").leases(leases).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: leases need a storage, where the others find the value");
    /// ```
    pub fn leases(mut self, leases: impl Leases) -> Self {
        self.own.leases = Some(Arc::new(leases));
        self
    }

    /// How long a lease lasts when its holder dies, and how long the others wait for one that lives: as
    /// long as [`load_timeout`](Builder::load_timeout), or 30 seconds, unless it is said.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// let second = std::time::Duration::from_secs(1);
    /// let error = Cache::<u64, u64>::builder("n").lease_time(second).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: lease_time needs leases, which last so long");
    /// ```
    pub fn lease_time(mut self, life: Duration) -> Self {
        self.own.lease_time = Some(life);
        self
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// The wish for the lease of a full name.
    pub(super) fn wish(&self, storage: &StorageTier<K, V>, name: &str) -> Option<Holding> {
        let leasing = self.leasing.clone()?;
        Some(Holding::new(leasing, storage.stored(name), storage.new_token()))
    }

    /// The lease of a full name, whoever has it, for a value that is made anew.
    pub(super) async fn seize(
        &self,
        storage: &StorageTier<K, V>,
        name: &str,
        key: &K,
    ) -> Option<Holding> {
        let mut wish = self.wish(storage, name)?;
        if wish.take().await.is_err() {
            self.tell_lease_failure(key);
            return None;
        }
        Some(wish)
    }

    /// Leases could not be had, or not in time; the load goes on without.
    pub(super) fn tell_lease_failure(&self, key: &K) {
        if let Some(storage) = &self.tier {
            storage.counts.lease_failures.one();
        }
        self.memory.tell_error(key, Cause::LeaseFailed);
    }

    /// Whether a value was still made under a lease when it came to the storage: if not, it is too old
    /// there, and memory may not keep it either.
    pub(super) fn hear_of_lease(
        &self,
        storage: &StorageTier<K, V>,
        key: &K,
        was_held: Result<bool, Error>,
    ) {
        match was_held {
            Ok(true) => {}
            Ok(false) => {
                storage.counts.fenced.one();
                self.memory.forget(key);
            }
            Err(_) => self.tell_lease_failure(key),
        }
    }

    /// What other processes make now under these full names is too old. Done before the storage is
    /// changed, so that none of it is stored afterwards. That it is not certain is told by an event, and not
    /// by the change: its result is the storage's, which may keep it until the servers of both are back.
    pub(super) async fn revoke(
        &self,
        storage: &StorageTier<K, V>,
        names: impl Iterator<Item = &str>,
    ) {
        let Some(leasing) = &self.leasing else { return };
        let mut stored: Vec<Vec<u8>> = names.map(|name| storage.stored(name)).collect();
        stored.sort_unstable();
        stored.dedup();
        if stored.is_empty() {
            return;
        }
        let stored: Vec<&[u8]> = stored.iter().map(|name| &**name).collect();
        if leasing.leases.revoke(&stored).await.is_err() {
            storage.counts.lease_failures.one();
            self.memory.tell_failure(Cause::LeaseFailed);
        }
    }
}
