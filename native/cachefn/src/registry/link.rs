//! One way to a storage, for all services with the same settings of it.

use std::sync::Arc;

use cachefn_core::{AnyStorage, BoxFuture, Error, Storage};
use cachefn_tokio::{Guarded, Health, Outbox, State, TokioRuntime};

use super::ears::Ears;
use super::leasing::Leasing;
use super::servers::{Servers, Terms, leases, ping, redis};
use crate::config::{Backend, Global, L2, Service};

/// A guarded storage, and how others hear of its changes.
pub(super) struct Link {
    pub(super) storage: Guarded<AnyStorage>,
    pub(super) health: Health,
    pub(super) bus: Option<Ears>,
    /// Who makes a value, for the services that ask.
    pub(super) leases: Option<Leasing>,
}

/// What services keep their entries in.
pub(super) type Store = Outbox<Guarded<AnyStorage>>;

impl Link {
    /// The settings that a service shares a link by.
    pub(super) fn terms(service: &Service, l2: &L2) -> Terms {
        let both = &service.two_level;
        // The same storage whatever its entries are called and however long they live.
        let l2 = L2 { ttl: None, ..l2.clone() };
        (l2, both.invalidation, both.invalidation_channel.clone())
    }

    /// Asks the storage for a name that no cache has.
    pub(super) fn probe(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async { self.storage.get(b"%health").await.map(drop) })
    }

    /// Opens a storage, and asks its servers for the first time.
    ///
    /// # Errors
    /// When it cannot be opened, or is refused; when its servers are away and the configuration wants them.
    pub(super) async fn open(
        terms: Terms,
        global: &Global,
        runtime: &TokioRuntime,
    ) -> Result<Arc<Self>, Error> {
        let l2 = &terms.0;
        let (storage, bus, servers) = match l2.backend() {
            Some(Backend::File) => (file(l2)?, None, None),
            Some(Backend::RocksDb) => (rocksdb(l2)?, None, None),
            _ => redis(&terms, runtime)?,
        };
        let mut guard = Guarded::builder(storage, runtime.clone());
        if let Some(timeout) = l2.timeout {
            guard = guard.timeout(timeout.0);
        }
        if let Some(timeout) = l2.read_timeout {
            guard = guard.read_timeout(timeout.0);
        }
        if let Some(failures) = l2.open_after {
            guard = guard.open_after(failures);
        }
        if let Some(interval) = global.health_check_interval {
            guard = guard.probe_every(interval.0);
        }
        let storage = guard.build()?;
        let health = storage.health();
        let leases = leases(&servers, &health);
        let link = Link { health, storage, bus, leases };
        link.reach(&servers, global.require_storage).await?;
        Ok(Arc::new(link))
    }

    /// Finds out whether the servers are there. If they are not, they are given up before anybody calls.
    ///
    /// # Errors
    /// When they refuse us, which they would later, too; and when they are away but `required`.
    async fn reach(&self, servers: &Servers, required: bool) -> Result<(), Error> {
        let Err(error) = ping(servers).await else { return Ok(()) };
        if required || !error.is_retryable() {
            return Err(error);
        }
        while self.health.state() == State::Healthy {
            match self.probe().await {
                Ok(()) => break,
                Err(error) if !error.is_retryable() => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }
}

#[cfg(feature = "file")]
fn file(l2: &L2) -> Result<AnyStorage, Error> {
    let mut builder = cachefn_file::FileStorage::builder(l2.path().unwrap_or_default());
    if let Some(size) = l2.max_bytes {
        builder = builder.max_bytes(size.0);
    }
    builder.build().map(AnyStorage::new)
}

#[cfg(not(feature = "file"))]
fn file(_: &L2) -> Result<AnyStorage, Error> {
    Err(Error::unsupported("open", "file: needs the feature file of cachefn"))
}

#[cfg(feature = "rocksdb")]
fn rocksdb(l2: &L2) -> Result<AnyStorage, Error> {
    let mut builder = cachefn_rocksdb::RocksDbStorage::builder(l2.path().unwrap_or_default());
    if let Some(size) = l2.max_bytes {
        builder = builder.max_bytes(size.0);
    }
    builder.build().map(AnyStorage::new)
}

#[cfg(not(feature = "rocksdb"))]
fn rocksdb(_: &L2) -> Result<AnyStorage, Error> {
    Err(Error::unsupported("open", "rocksdb: needs the feature rocksdb of cachefn"))
}
