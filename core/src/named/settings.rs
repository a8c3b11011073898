//! What the functions of a named cache share, and what they have unless they say otherwise.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::part::NamedValue;
use crate::bus::{Bus, Hear, Hearing, Message};
use crate::cache::{Cache, CacheKey, Tracer, Witness};
use crate::clock::Clock;
use crate::codecs::AnyCodec;
use crate::error::Error;
use crate::key::KeyText;
use crate::lease::Leases;
use crate::maybe_send::BoxFuture;
use crate::memory::Builder;
use crate::policy::Policy;
use crate::runtime::Runtime;
use crate::storage::AnyStorage;

/// What is said of a named cache.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) name: Box<str>,
    pub(super) storage: Option<AnyStorage>,
    pub(super) bus: Option<Shared<dyn Bus>>,
    pub(super) stale_while_lost: Option<Duration>,
    pub(super) leases: Option<Shared<dyn Leases>>,
    pub(super) lease_time: Option<Duration>,
    pub(super) codec: Option<AnyCodec>,
    pub(super) compress_above: Option<usize>,
    pub(super) runtime: Option<Shared<dyn Runtime>>,
    pub(super) clock: Option<Shared<dyn Clock + Send + Sync>>,
    pub(super) max_entries: Option<usize>,
    pub(super) policy: Option<Policy>,
    pub(super) ttl: Option<Duration>,
    pub(super) memory_ttl: Option<Duration>,
    pub(super) promote_on_hit: Option<bool>,
    pub(super) tti: Option<Duration>,
    pub(super) jitter: Option<f64>,
    pub(super) stale_while_revalidate: Option<Duration>,
    pub(super) stale_if_error: Option<Duration>,
    pub(super) load_timeout: Option<Duration>,
    pub(super) soft_timeout: Option<Duration>,
    pub(super) witness: Option<Shared<dyn Witness>>,
    pub(super) tracer: Option<Shared<dyn Tracer>>,
}

impl Settings {
    pub(super) fn has_storage(&self) -> bool {
        self.storage.is_some()
    }

    pub(super) fn has_bus(&self) -> bool {
        self.bus.is_some()
    }

    /// These settings for one function.
    pub(super) fn apply<K, V>(&self, mut builder: Builder<Cache<K, V>>) -> Builder<Cache<K, V>>
    where
        K: CacheKey + KeyText,
        V: NamedValue,
    {
        macro_rules! pass_on {
            ($($setting:ident)*) => {
                $(if let Some(given) = self.$setting.clone() {
                    builder = builder.$setting(given);
                })*
            };
        }
        pass_on!(bus stale_while_lost lease_time codec compress_above runtime clock);
        pass_on!(max_entries policy ttl memory_ttl promote_on_hit tti jitter);
        pass_on!(stale_while_revalidate stale_if_error load_timeout soft_timeout);
        if let Some(Shared(leases)) = &self.leases {
            builder = builder.leases(leases.clone());
        }
        if let Some(Shared(witness)) = &self.witness {
            builder = builder.witness(witness.clone());
        }
        if let Some(Shared(tracer)) = &self.tracer {
            builder = builder.tracer(tracer.clone());
        }
        match &self.storage {
            Some(storage) => builder.any_storage(storage.clone()),
            None => builder,
        }
    }
}

/// One for all functions.
pub(super) struct Shared<T: ?Sized>(pub(super) Arc<T>);

impl<T: ?Sized> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl Runtime for Shared<dyn Runtime> {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }
    fn spawn_named(&self, kind: &'static str, task: BoxFuture<'static, ()>) {
        self.0.spawn_named(kind, task);
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

impl Bus for Shared<dyn Bus> {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        self.0.publish(message)
    }
    fn subscribe(&self, hear: Hear) -> Hearing {
        self.0.subscribe(hear)
    }
    fn follows(&self) -> bool {
        self.0.follows()
    }
}

impl Clock for Shared<dyn Clock + Send + Sync> {
    fn mono_ms(&self) -> u64 {
        self.0.mono_ms()
    }
    fn wall_ms(&self) -> u64 {
        self.0.wall_ms()
    }
}
