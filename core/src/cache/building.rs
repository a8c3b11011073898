//! Builds the asynchronous cache, from settings that can work together.

use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use super::inner::Inner;
use super::joining::STALE_WHILE_LOST;
use super::leasing::leasing;
use super::peers::Peers;
use crate::entry::milliseconds;
use crate::error::{Error, ErrorKind};
use crate::memory::{Builder, MemoryCache};
use crate::sync::atomic::AtomicBool;
use crate::tier::{StorageTier, draw};

impl<K: CacheKey, V: CacheValue> Builder<Cache<K, V>> {
    /// The cache.
    ///
    /// # Errors
    /// Of kind `config`, with what would work, when a setting cannot.
    ///
    /// ```
    /// let error = cachefn_core::Cache::<u32, u32>::builder("n").max_entries(0).build().unwrap_err();
    /// assert_eq!(error.kind(), cachefn_core::ErrorKind::Config);
    /// ```
    pub fn build(self) -> Result<Cache<K, V>, Error> {
        let refresh_below = self.refresh_below()?;
        let (mut builder, fetcher, own) = self.with_face::<MemoryCache<K, V>>();
        // Here tasks wait for loads, and not the threads that memory could stop.
        let load_timeout = builder.load_timeout.take();
        if load_timeout.is_some() && own.runtime.is_none() {
            return Err(config("load_timeout needs a runtime, to measure the time"));
        }
        if own.soft_timeout.is_some() && own.runtime.is_none() {
            return Err(config("soft_timeout needs a runtime, to measure the time"));
        }
        if own.compress_above.is_some() && !cfg!(feature = "lz4") {
            return Err(config("compress_above needs the feature lz4 of cachefn-core"));
        }
        let memory = builder.build()?;
        let salt = memory.wall_ms();
        let tier = match (own.storage, own.codec) {
            (None, None) => None,
            (Some((storage, text)), Some(codec)) => {
                let most = own.compress_above;
                Some(StorageTier::new(&own.name, storage, codec, text, most, salt))
            }
            (Some(_), None) => return Err(config("a storage needs a codec, such as Postcard")),
            (None, Some(_)) => {
                return Err(config("a codec needs a storage; give one, or no codec"));
            }
        };
        if own.stale_while_lost.is_some() && own.bus.is_none() {
            return Err(config("stale_while_lost needs a bus, which could be lost"));
        }
        let defers = tier.as_ref().is_some_and(StorageTier::defers);
        if defers && own.bus.as_ref().is_some_and(|(bus, _)| !bus.follows()) {
            return Err(config(
                "the storage lets writes wait, and messages of this bus would overtake them; give it \
                 one that follows, such as outbox.bus(bus)",
            ));
        }
        let (has_storage, runtime) = (tier.is_some(), own.runtime.as_ref());
        let leasing = leasing(own.leases, own.lease_time, load_timeout, runtime, has_storage)
            .map_err(config)?;
        let bound = milliseconds(Some(own.stale_while_lost.unwrap_or(STALE_WHILE_LOST)));
        let namespace = own.name.clone();
        let peers = own
            .bus
            .map(|(bus, texts)| Box::new(Peers::new(bus, namespace, draw(salt), texts, bound)));
        let inner = Arc::new_cyclic(|this: &Weak<Inner<K, V>>| Inner {
            peers,
            this: this.clone(),
            name: own.name,
            memory,
            tier,
            runtime: own.runtime,
            promotes: own.promote_on_hit,
            leasing,
            witness: own.witness,
            tracer: own.tracer,
            fetcher,
            load_timeout,
            soft_timeout: own.soft_timeout,
            refresh_below,
            closed: AtomicBool::new(false),
        });
        inner.begin_to_hear();
        Ok(Cache { inner })
    }

    /// For how many milliseconds an entry is still fresh when it is to be fetched anew.
    fn refresh_below(&self) -> Result<Option<u64>, Error> {
        let Some(part) = self.own.refresh_after else { return Ok(None) };
        if !(0.0..=1.0).contains(&part) {
            return Err(config("refresh_after is a part of the ttl, from 0 to 1"));
        }
        match (&self.own.runtime, self.ttl) {
            (Some(_), Some(ttl)) => {
                let ttl = milliseconds(Some(ttl));
                Ok(Some(ttl.saturating_sub((ttl as f64 * part + 0.5) as u64)))
            }
            _ => Err(config("refresh_after needs a runtime and a ttl")),
        }
    }
}

fn config(detail: &str) -> Error {
    Error::new(ErrorKind::Config, "build", detail)
}
