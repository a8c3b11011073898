//! Loads that belong to their flight, for functions that say late what is to be run.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;

use super::Cache;
use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Load};
use super::inner::Inner;
use super::shared::Slot;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::maybe_send::MaybeSend;
use crate::memory::{FetchContext, Leader, Takeoff, Turn};
use crate::options::{EntryOptions, Tier};

/// A value, or what is to be done for one.
#[derive(Debug)]
pub enum Shared<'c, K: CacheKey, V: CacheValue> {
    /// The value.
    Hit(V),
    /// This caller says what is to be run, and has its result or, at once, an older value.
    Begin(Departure<K, V>),
    /// This caller runs its own.
    Lead(Load<'c, K, V>),
}

/// A load that waits for what it is to run.
pub struct Departure<K, V> {
    inner: Arc<Inner<K, V>>,
    key: K,
    takeoff: Takeoff<K, V>,
    tags: Vec<Box<str>>,
    tier: Tier,
    /// A fresh value, which is returned meanwhile.
    fresh: Option<V>,
}

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// As [`enter`](Self::enter), for a caller whose fetcher can own what it uses.
    pub(crate) async fn enter_shared<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        tier: Tier,
        options: impl FnOnce() -> EntryOptions,
    ) -> Shared<'_, K, V> {
        let depart = |takeoff, tags, fresh| {
            let (inner, key) = (self.inner.clone(), key.to_key());
            Shared::Begin(Departure { inner, key, takeoff, tags, tier, fresh })
        };
        if let Some(value) = (tier != Tier::Storage).then(|| self.inner.hit(key)).flatten() {
            if !self.inner.is_due(key) {
                return Shared::Hit(value);
            }
            let options = options().tier(tier);
            let tags = options.tags.clone();
            return match self.inner.memory.ahead(key, options, Leader::Task) {
                Some(takeoff) => depart(takeoff, tags, Some(value)),
                None => Shared::Hit(value),
            };
        }
        let mut options = options().tier(tier);
        let tags = options.tags.clone();
        loop {
            match self.inner.memory.turn(key, &mut options, Leader::Task) {
                Turn::Found(value) => return Shared::Hit(value),
                Turn::Lead(takeoff) => return depart(takeoff, tags, None),
                Turn::Wait(landing) => match self.hold().wait(key, landing).await {
                    Some(Entered::Hit(value)) => return Shared::Hit(value),
                    Some(Entered::Lead(load)) => return Shared::Lead(load),
                    None => {}
                },
            }
        }
    }
}

impl<K: CacheKey, V: CacheValue> Departure<K, V> {
    /// Runs `fetcher`; its result, about which `judge` says what is to be stored. A value that may be
    /// used meanwhile is returned at once if a runtime goes on with the rest.
    ///
    /// # Panics
    /// When the fetcher has panicked while another who waited drove it.
    pub async fn load<R, F, Fut>(
        self,
        fetcher: F,
        judge: impl FnOnce(&mut FetchContext<V>, &R) + MaybeSend + 'static,
    ) -> R
    where
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let Departure { inner, key, takeoff, tags, tier, fresh } = self;
        let stale = takeoff.serves().cloned().filter(|_| inner.runtime.is_some());
        let slot: Slot<R> = Slot::default();
        let terms = (tags, tier);
        let driving = inner.launch(key.clone(), takeoff, terms, fetcher, judge, slot.clone());
        if let Some(value) = fresh {
            return R::hit(value);
        }
        if let Some(value) = stale {
            inner.memory.count_stale(&key);
            return R::hit(value);
        }
        driving.await;
        let result = slot.lock().take();
        // Who drove it has unwound; this caller has neither a value nor its fetcher any more.
        result.unwrap_or_else(|| panic!("the function panicked while another caller drove it"))
    }
}

impl<K, V> fmt::Debug for Departure<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departure").finish_non_exhaustive()
    }
}
