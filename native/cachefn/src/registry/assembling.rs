//! One service, put together: memory, an outbox before its storage, and a bus that follows what waits.

use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{AnyCodec, Error, NamedBuilder, NamedCache, Policy};
use cachefn_tokio::{Durability as LogDurability, Log, Outbox, TokioRuntime};

use super::auditing::removals;
use super::link::{Link, Store};
use super::service::ServiceHandle;
use crate::audit::Audit;
use crate::config::{self, CacheType, Config, Durability, Service, TwoLevel};

/// What is set up for a service, and known to nobody yet.
pub(super) struct Assembled {
    pub(super) builder: NamedBuilder,
    pub(super) store: Option<(Store, Arc<Link>)>,
    is_logged: bool,
}

/// # Errors
/// When a setting cannot work, or the log cannot be opened.
pub(super) async fn assemble(
    name: &str,
    service: &Service,
    config: &Config,
    link: Option<Arc<Link>>,
    runtime: &TokioRuntime,
) -> Result<Assembled, Error> {
    // What cannot work is told before anything is opened, and before functions find another service.
    memory(name, service).runtime(runtime.clone()).build()?;
    let mut builder = memory(name, service).runtime(runtime.clone());
    #[cfg(feature = "tracing")]
    if config.global.metrics {
        builder = builder.tracer(crate::telemetry::LoadSpans::new(name));
    }
    let Some(link) = link else { return Ok(Assembled { builder, store: None, is_logged: false }) };
    let store = store(name, &service.two_level, &link, runtime).await?;
    builder = match config.global.metrics {
        #[cfg(feature = "metrics")]
        true => builder.storage(crate::telemetry::Measured::new(store.clone(), name)),
        _ => builder.storage(store.clone()),
    };
    builder = builder.codec(match service.codec.unwrap_or(config.global.codec) {
        config::Codec::Postcard => AnyCodec::Postcard,
        config::Codec::Json => AnyCodec::Json,
        config::Codec::Messagepack => AnyCodec::MessagePack,
    });
    if let Some(bus) = link.bus.clone() {
        builder = builder.bus(store.bus(bus));
    }
    if let (Some(bound), true) = (service.two_level.stale_while_lost, link.bus.is_some()) {
        builder = builder.stale_while_lost(bound.0);
    }
    if let (true, Some(leases)) = (service.two_level.leases, link.leases.clone()) {
        builder = builder.leases(leases);
        if let Some(life) = service.two_level.lease_time {
            builder = builder.lease_time(life.0);
        }
    }
    let is_logged = service.two_level.wal_path.is_some();
    Ok(Assembled { builder, store: Some((store, link)), is_logged })
}

/// What concerns memory and lives.
fn memory(name: &str, service: &Service) -> NamedBuilder {
    let mut builder = NamedCache::builder(name);
    let outside = service.l2.as_ref().and_then(|l2| l2.ttl);
    let is_outside = service.cache_type == CacheType::L2;
    let inside = match service.cache_type {
        CacheType::L1 => None,
        CacheType::L2 => Some(Duration::ZERO), // nothing is kept here
        CacheType::TwoLevel => service.l1.ttl.map(|ttl| ttl.0),
    };
    macro_rules! say {
        ($($method:ident($value:expr);)*) => {
            $(if let Some(value) = $value {
                builder = builder.$method(value);
            })*
        };
    }
    // Said even where it is the usual number, so that it can change while the program runs.
    let most = service.l1.max_entries.unwrap_or(if is_outside { 1 } else { MAX_ENTRIES });
    say! {
        max_entries(Some(most));
        ttl(outside.or(service.ttl).map(|ttl| ttl.0));
        memory_ttl(inside);
        promote_on_hit(Some(service.two_level.promote_on_hit && !is_outside));
        tti(service.tti.map(|tti| tti.0));
        stale_while_revalidate(service.stale_while_revalidate.map(|window| window.0));
        stale_if_error(service.stale_if_error.map(|window| window.0));
        load_timeout(service.load_timeout.map(|limit| limit.0));
        soft_timeout(service.soft_timeout.map(|limit| limit.0));
        jitter(service.jitter);
        policy(service.l1.policy.or(service.policy).map(policy));
    }
    builder
}

async fn store(
    name: &str,
    both: &TwoLevel,
    link: &Link,
    runtime: &TokioRuntime,
) -> Result<Store, Error> {
    let mut outbox =
        Outbox::new(link.storage.clone(), runtime.clone()).health(&link.health).name(name);
    if !both.write_through {
        outbox = outbox.write_behind();
    }
    if both.batch_size.is_some() || both.batch_interval.is_some() {
        let interval = both.batch_interval.map_or(INTERVAL, |interval| interval.0);
        outbox = outbox.batch(both.batch_size.unwrap_or(BATCH), interval);
    }
    if let Some(most) = both.max_pending {
        outbox = outbox.max_entries(most);
    }
    if let Some(most) = both.max_pending_bytes {
        outbox = outbox.max_bytes(usize::try_from(most.0).unwrap_or(usize::MAX));
    }
    if let Some(path) = &both.wal_path {
        let durability = match both.wal_durability {
            Durability::EachWrite => LogDurability::EachWrite,
            Durability::EachBatch => LogDurability::EachBatch,
            Durability::Never => LogDurability::Never,
        };
        let mut log = Log::builder(path).durability(durability);
        if let Some(most) = both.wal_max_bytes {
            log = log.max_bytes(most.0);
        }
        outbox = outbox.log(log.open()?);
    }
    outbox.build().await
}

impl Assembled {
    /// # Errors
    /// When a setting cannot work; with `everywhere`, when the name is taken in this program.
    pub(super) fn finish(
        mut self,
        name: &str,
        everywhere: bool,
        audit: &Audit,
        settings: &config::Audit,
    ) -> Result<ServiceHandle, Error> {
        if settings.removals {
            self.builder = self.builder.on_removal(removals(audit.clone(), name));
        }
        let named = if everywhere { self.builder.register()? } else { self.builder.build()? };
        Ok(ServiceHandle::new(named, self.store, self.is_logged, audit.clone()))
    }
}

fn policy(policy: config::Policy) -> Policy {
    match policy {
        config::Policy::Adaptive => Policy::Adaptive,
        config::Policy::Fifo => Policy::Fifo,
        config::Policy::Lfu => Policy::Lfu,
        config::Policy::Lru => Policy::Lru,
        config::Policy::S3Fifo => Policy::S3Fifo,
        config::Policy::Sieve => Policy::Sieve,
        config::Policy::WTinyLfu => Policy::WTinyLfu,
    }
}

/// What a memory has unless it is said.
const MAX_ENTRIES: usize = 10_000;
/// What an outbox has unless it is said.
const BATCH: usize = 1_024;
const INTERVAL: Duration = Duration::from_millis(10);
