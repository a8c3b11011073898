//! The way to the servers of a configuration, made before anybody asks whether they are there.

use cachefn_core::{AnyStorage, Error};
use cachefn_tokio::{Health, TokioRuntime};

use super::ears::Ears;
#[cfg(feature = "redis")]
use super::ears::Source;
use super::leasing::Leasing;
use crate::config::{Invalidation, L2};

/// What must be equal for services to share a link.
pub(super) type Terms = (L2, Invalidation, Option<String>);

/// Whom to ask whether a storage is there: nobody for a file, which is opened or is not.
pub(super) type Servers = Option<Redis>;
#[cfg(feature = "redis")]
use cachefn_redis::Redis;
#[cfg(not(feature = "redis"))]
type Redis = std::convert::Infallible;

/// # Errors
/// When the servers do not answer, or refuse.
pub(super) async fn ping(servers: &Servers) -> Result<(), Error> {
    match servers {
        None => Ok(()),
        #[cfg(feature = "redis")]
        Some(redis) => redis.ping().await,
        #[cfg(not(feature = "redis"))]
        Some(never) => match *never {},
    }
}

/// Who makes a value in all processes, as long as the storage is well: servers have leases, and nothing else has.
#[cfg(feature = "redis")]
pub(super) fn leases(servers: &Servers, health: &Health) -> Option<Leasing> {
    servers.as_ref().map(|redis| Leasing::new(redis.leases(), health.clone()))
}

#[cfg(not(feature = "redis"))]
pub(super) fn leases(_: &Servers, _: &Health) -> Option<Leasing> {
    None
}

#[cfg(not(feature = "redis"))]
pub(super) fn redis(
    _: &Terms,
    _: &TokioRuntime,
) -> Result<(AnyStorage, Option<Ears>, Servers), Error> {
    Err(Error::unsupported("open", "redis: needs the feature redis of cachefn"))
}

/// The way to the servers of a service; nobody is asked yet.
#[cfg(feature = "redis")]
pub(super) fn redis(
    (l2, invalidation, channel): &Terms,
    runtime: &TokioRuntime,
) -> Result<(AnyStorage, Option<Ears>, Servers), Error> {
    let redis = builder(l2, l2.prefix.as_deref()).open()?;
    let (storage, bus) = match (invalidation, channel) {
        (Invalidation::None, _) => (AnyStorage::new(redis.storage()), None),
        (Invalidation::Tracking, _) => {
            let tracking = redis.tracking(runtime.clone());
            (AnyStorage::new(tracking.storage()), Some(Source::Tracking(tracking)))
        }
        (Invalidation::Channel, channel) => {
            // The name of a channel is that of a prefix, and nothing is kept under this one.
            let bus = match channel {
                Some(_) => builder(l2, channel.as_deref()).open()?.bus(runtime.clone()),
                None => redis.bus(runtime.clone()),
            };
            (AnyStorage::new(redis.storage()), Some(Source::Channel(bus)))
        }
    };
    Ok((storage, bus.map(Ears::new), Some(redis)))
}

/// Connects to the servers of a service.
///
/// # Errors
/// When they cannot be reached, or the login is wrong.
#[cfg(feature = "cli")]
pub(crate) async fn connect(l2: &L2, prefix: Option<&str>) -> Result<Redis, Error> {
    builder(l2, prefix).connect().await
}

#[cfg(feature = "redis")]
fn builder(l2: &L2, prefix: Option<&str>) -> cachefn_redis::Builder {
    use crate::config::Mode;

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
    builder
}
