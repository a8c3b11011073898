//! Loads that belong to their flight, for functions that say late what is to be run.

use alloc::sync::Arc;
use core::fmt;
use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Least, Load};
use super::handle::Cache;
use super::inner::{Hold, Inner};
use super::shared::Terms;
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
pub struct Departure<K: CacheKey, V: CacheValue> {
    inner: Arc<Inner<K, V>>,
    key: K,
    /// Lets a waiter lead if nothing is ever said.
    load: Load<'static, K, V>,
    terms: Terms,
    /// A fresh value, which is returned meanwhile.
    fresh: Option<V>,
    /// A stale one, which is if a runtime goes on with the rest.
    stale: Option<V>,
}

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// As [`enter`](Self::enter), for a caller whose fetcher can own what it uses.
    pub(crate) async fn enter_shared<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        tier: Tier,
        options: impl FnOnce() -> EntryOptions,
    ) -> Shared<'_, K, V> {
        let depart = |takeoff: Takeoff<K, V>, tags, fresh: Option<V>| {
            let (inner, key, stale) = (self.inner.clone(), key.to_key(), takeoff.serves().cloned());
            let load = Hold::Owned(inner.clone()).begin(takeoff, tier);
            // The storage has what memory has, most often.
            let below = inner.refresh_below.filter(|_| fresh.is_some());
            let terms = Terms { tags, tier, least: below.map_or(Least::ANY, Least) };
            Shared::Begin(Departure { inner, key, load, terms, fresh, stale })
        };
        if tier == Tier::Storage {
            self.inner.memory.count_miss();
        } else if let Some(value) = self.inner.hit(key) {
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
        let Departure { inner, key, load, terms, fresh, stale } = self;
        let launched = inner.launch(key.clone(), load, terms, fetcher, judge);
        if let Some(value) = fresh {
            return R::hit(value);
        }
        let result = inner.outcome(&key, stale, launched).await;
        // Who drove it has unwound; this caller has neither a value nor its fetcher any more.
        result.unwrap_or_else(|| panic!("the function panicked while another caller drove it"))
    }
}

impl<K: CacheKey, V: CacheValue> fmt::Debug for Departure<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departure").finish_non_exhaustive()
    }
}
