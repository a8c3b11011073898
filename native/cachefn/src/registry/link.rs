//! One way to a storage, for all services with the same settings of it.

use std::sync::Arc;

use cachefn_core::{AnyStorage, BoxFuture, Error, Storage};
use cachefn_tokio::{Guarded, Health, Outbox, TokioRuntime};

use super::ears::Ears;
#[cfg(feature = "redis")]
use super::ears::Source;
use crate::config::{Backend, Global, Invalidation, L2, Service};

/// A guarded storage, and how others hear of its changes.
pub(super) struct Link {
    /// What must be equal for it to be shared.
    terms: (L2, Invalidation, Option<String>),
    pub(super) storage: Guarded<AnyStorage>,
    pub(super) health: Health,
    pub(super) bus: Option<Ears>,
}

/// What services keep their entries in.
pub(super) type Store = Outbox<Guarded<AnyStorage>>;

impl Link {
    /// The settings that a service shares a link by.
    fn terms(service: &Service, l2: &L2) -> (L2, Invalidation, Option<String>) {
        let both = &service.two_level;
        // The same storage whatever its entries are called and however long they live.
        let l2 = L2 { ttl: None, ..l2.clone() };
        (l2, both.invalidation, both.invalidation_channel.clone())
    }

    pub(super) fn serves(&self, service: &Service, l2: &L2) -> bool {
        self.terms == Self::terms(service, l2)
    }

    /// Asks the storage for a name that no cache has.
    pub(super) fn probe(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async { self.storage.get(b"%health").await.map(drop) })
    }

    /// # Errors
    /// When the storage cannot be opened or reached.
    pub(super) async fn open(
        service: &Service,
        l2: &L2,
        global: &Global,
        runtime: &TokioRuntime,
    ) -> Result<Arc<Self>, Error> {
        let terms = Self::terms(service, l2);
        let (storage, bus) = match l2.backend() {
            Some(Backend::File) => (file(l2)?, None),
            Some(Backend::RocksDb) => (rocksdb(l2)?, None),
            _ => redis(&terms, runtime).await?,
        };
        let mut guard = Guarded::builder(storage, runtime.clone());
        if let Some(timeout) = l2.timeout {
            guard = guard.timeout(timeout.0);
        }
        if let Some(failures) = l2.open_after {
            guard = guard.open_after(failures);
        }
        if let Some(interval) = global.health_check_interval {
            guard = guard.probe_every(interval.0);
        }
        let storage = guard.build()?;
        Ok(Arc::new(Link { terms, health: storage.health(), storage, bus }))
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

#[cfg(not(feature = "redis"))]
async fn redis(
    _: &(L2, Invalidation, Option<String>),
    _: &TokioRuntime,
) -> Result<(AnyStorage, Option<Ears>), Error> {
    Err(Error::unsupported("open", "redis: needs the feature redis of cachefn"))
}

#[cfg(feature = "redis")]
async fn redis(
    (l2, invalidation, channel): &(L2, Invalidation, Option<String>),
    runtime: &TokioRuntime,
) -> Result<(AnyStorage, Option<Ears>), Error> {
    let redis = connect(l2, l2.prefix.as_deref()).await?;
    Ok(match (invalidation, channel) {
        (Invalidation::None, _) => (AnyStorage::new(redis.storage()), None),
        (Invalidation::Tracking, _) => {
            let tracking = redis.tracking(runtime.clone());
            (AnyStorage::new(tracking.storage()), Some(Ears::new(Source::Tracking(tracking))))
        }
        (Invalidation::Channel, channel) => {
            // The name of a channel is that of a prefix, and nothing is kept under this one.
            let bus = match channel {
                Some(_) => connect(l2, channel.as_deref()).await?.bus(runtime.clone()),
                None => redis.bus(runtime.clone()),
            };
            (AnyStorage::new(redis.storage()), Some(Ears::new(Source::Channel(bus))))
        }
    })
}

/// Connects to the servers of a service.
///
/// # Errors
/// When they cannot be reached, or the login is wrong.
#[cfg(feature = "redis")]
pub(crate) async fn connect(l2: &L2, prefix: Option<&str>) -> Result<cachefn_redis::Redis, Error> {
    use crate::config::Mode;
    use cachefn_redis::Redis;

    let mut builder = match l2.mode {
        Mode::Standalone => Redis::builder(l2.addresses().concat()),
        Mode::Sentinel => Redis::sentinel(l2.addresses(), l2.master.clone().unwrap_or_default()),
        Mode::Cluster => Redis::cluster(l2.addresses()),
    };
    if let Some(prefix) = prefix {
        builder = builder.prefix(prefix);
    }
    if let Some(user) = &l2.username {
        builder = builder.username(user);
    }
    if let Some(password) = &l2.password {
        builder = builder.password(password.reveal());
    }
    if let Some(timeout) = l2.timeout {
        builder = builder.timeout(timeout.0);
    }
    if let Some(timeout) = l2.connect_timeout {
        builder = builder.connect_timeout(timeout.0);
    }
    if let Some(connections) = l2.connections {
        builder = builder.connections(connections);
    }
    builder.connect().await
}
