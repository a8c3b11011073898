//! Asking or computing, by fetchers that own what they use: they belong to their flight.

use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::departing::Departure;
use super::entering::{Entered, Load};
use super::face::Cache;
use super::inner::Inner;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::maybe_send::MaybeSend;
use crate::memory::{Leader, Turn};
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

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// As [`get_or_fetch`](Self::get_or_fetch), but the fetcher belongs to the flight and not to its
    /// caller: it must own what it uses, all who wait drive it, and it goes on when the caller is
    /// dropped, for as long as anybody waits; with a runtime, to its end.
    ///
    /// With a runtime, a stale value that may be returned meanwhile is returned at once, also to the
    /// caller that began the fetch.
    ///
    /// # Panics
    /// When the fetcher has panicked while another who waited drove it.
    ///
    /// ```
    /// # use cachefn_core::Cache;
    /// # pollster::block_on(async {
    /// let cache = Cache::<u64, u64>::builder("squares").build()?;
    /// assert_eq!(cache.get_or_fetch_shared(&3, || async { 9 }).await, 9);
    /// assert_eq!(cache.get(&3).await?, Some(9));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn get_or_fetch_shared<Q, R, F, Fut>(&self, key: &Q, fetcher: F) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        match self.enter_shared(key, Tier::Both, EntryOptions::new).await {
            Shared::Hit(value) => R::hit(value),
            Shared::Begin(departure) => departure.load(fetcher, |_, _| ()).await,
            Shared::Lead(load) => {
                let result = load.run(async { fetcher().await }).await;
                load.finish(result).await
            }
        }
    }

    /// As [`enter`](Self::enter), for a caller whose fetcher can own what it uses.
    pub(crate) async fn enter_shared<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        tier: Tier,
        options: impl FnOnce() -> EntryOptions,
    ) -> Shared<'_, K, V> {
        if tier == Tier::Storage {
            self.inner.memory.count_miss();
        } else if let Some(value) = self.inner.hit(key) {
            if !self.inner.is_due(key) {
                return Shared::Hit(value);
            }
            let options = options().tier(tier);
            let tags = options.tags.clone();
            let Some(takeoff) = self.inner.memory.ahead(key, options, Leader::Task) else {
                return Shared::Hit(value);
            };
            let (inner, key, fresh) = (self.inner.clone(), key.to_key(), Some(value));
            return Shared::Begin(Departure::new(inner, key, takeoff, (tags, tier), fresh));
        }
        self.share(key, tier, options()).await
    }

    /// What memory missed: another's value, or what is to be done for one.
    pub(super) async fn share<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        tier: Tier,
        options: EntryOptions,
    ) -> Shared<'_, K, V> {
        let mut options = options.tier(tier);
        let tags = options.tags.clone();
        loop {
            match self.inner.memory.turn(key, &mut options, Leader::Task) {
                Turn::Found(value) => return Shared::Hit(value),
                Turn::Lead(takeoff) => {
                    let (inner, key, fresh) = (self.inner.clone(), key.to_key(), None);
                    return Shared::Begin(Departure::new(inner, key, takeoff, (tags, tier), fresh));
                }
                Turn::Wait(landing) => match self.hold().wait(key, landing).await {
                    Some(Entered::Hit(value)) => return Shared::Hit(value),
                    Some(Entered::Lead(load)) => return Shared::Lead(load),
                    None => {}
                },
            }
        }
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// Whether an entry is fresh but not for long, and something would run in the background.
    #[inline]
    fn is_due<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        let (Some(below), Some(_)) = (self.refresh_below, &self.runtime) else { return false };
        self.memory.fresh_for(key).is_some_and(|left| left <= below)
    }
}
