//! Fetchers that belong to their flight: whoever waits drives them, and a runtime may end them.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Least, Load};
use super::handle::Cache;
use super::inner::{Hold, Inner};
use crate::drive::{Drive, Driving};
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::maybe_send::MaybeSend;
use crate::memory::{FetchContext, Landed, Landing, Leader, Turn, WaitsFor};
use crate::options::{EntryOptions, Tier};
use crate::sync::Mutex;

/// Where the result of a flight is left for the caller who began it.
type Slot<R> = Arc<Mutex<Option<R>>>;

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
        if let Some(value) = self.inner.hit(key) {
            if self.inner.is_due(key) {
                self.inner.refresh_early(key, fetcher);
            }
            return R::hit(value);
        }
        self.share(key, fetcher).await
    }

    /// What memory missed, from the storage, another, or the fetcher.
    pub(super) async fn share<Q, R, F, Fut>(&self, key: &Q, fetcher: F) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let hold = || Hold::Owned(self.inner.clone());
        let takeoff = loop {
            match self.inner.memory.turn(key, &mut EntryOptions::new(), Leader::Task) {
                Turn::Found(value) => return R::hit(value),
                Turn::Lead(takeoff) => break takeoff,
                Turn::Wait(landing) => match hold().wait(key, landing).await {
                    Some(Entered::Hit(value)) => return R::hit(value),
                    Some(Entered::Lead(load)) => {
                        let result = load.run(fetcher()).await;
                        return load.finish(result).await;
                    }
                    None => {}
                },
            }
        };
        let stale = takeoff.serves().cloned();
        let load = hold().begin(takeoff, Tier::Both);
        let terms = Terms { tags: Vec::new(), tier: Tier::Both, least: Least::ANY };
        let launched = self.inner.launch(key.to_key(), load, terms, fetcher, |_, _| ());
        let result = self.inner.outcome(key, stale, launched).await;
        // Who drove it has unwound; this caller has neither a value nor its fetcher any more.
        result.unwrap_or_else(|| panic!("get_or_fetch_shared: the fetcher panicked"))
    }
}

/// How a flight looks into the storage.
pub(super) struct Terms {
    pub(super) tags: Vec<Box<str>>,
    pub(super) tier: Tier,
    pub(super) least: Least,
}

/// A flight that needs no caller, and where its result is left.
pub(super) struct Launched<V, R> {
    driving: Driving,
    landing: Option<Arc<Landing<V>>>,
    slot: Slot<R>,
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// Sets a flight off; about its result `judge` says what is to be stored.
    pub(super) fn launch<R, F, Fut, J>(
        &self,
        key: K,
        load: Load<'static, K, V>,
        terms: Terms,
        fetcher: F,
        judge: J,
    ) -> Launched<V, R>
    where
        J: FnOnce(&mut FetchContext<V>, &R) + MaybeSend + 'static,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let landing = load.flight.landing().cloned();
        let slot: Slot<R> = Slot::default();
        let result = slot.clone();
        let drive = Drive::new(Box::pin(async move {
            let made = match load.look(key, &terms.tags, terms.tier, terms.least).await {
                Entered::Hit(value) => R::hit(value),
                Entered::Lead(mut load) => {
                    let made = load.run(async { fetcher().await }).await;
                    judge(load.context(), &made);
                    load.finish(made).await
                }
            };
            *result.lock() = Some(made);
        }));
        if let Some(landing) = &landing {
            landing.drive_by(&drive);
        }
        if let Some(runtime) = &self.runtime {
            runtime.spawn(Box::pin(Driving::new(drive.clone())));
        }
        Launched { driving: Driving::new(drive), landing, slot }
    }

    /// What a flight brings to the caller who began it; at once, where a runtime goes on with it, a value
    /// that may be used meanwhile. Nothing when another who drove it has unwound.
    pub(super) async fn outcome<Q, R>(
        &self,
        key: &Q,
        stale: Option<V>,
        launched: Launched<V, R>,
    ) -> Option<R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        let Launched { driving, landing, slot } = launched;
        if self.runtime.is_some() {
            // The storage may have such a value where memory has none.
            let stale = match (stale, landing) {
                (None, Some(landing)) => match landing.landed(WaitsFor::Value).await {
                    Landed::Stale(value) => Some(V::clone(&value)),
                    _ => None,
                },
                (stale, _) => stale,
            };
            if let Some(value) = stale {
                self.memory.count_stale(key);
                return Some(R::hit(value));
            }
        }
        driving.await;
        slot.lock().take()
    }

    /// Begins to fetch an entry anew in the background, once.
    pub(super) fn refresh_early<Q, R, F, Fut>(self: &Arc<Self>, key: &Q, fetcher: F)
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let Some(below) = self.refresh_below else { return };
        let ahead = self.memory.ahead(key, EntryOptions::new(), Leader::Task);
        if let Some(takeoff) = ahead {
            // The storage has the same value most often, but another process may have been faster.
            let terms = Terms { tags: Vec::new(), tier: Tier::Both, least: Least(below) };
            let load = Hold::Owned(self.clone()).begin(takeoff, Tier::Both);
            drop(self.launch(key.to_key(), load, terms, fetcher, |_, _| ()));
        }
    }

    /// Whether an entry is fresh but not for long, and something would run in the background.
    #[inline]
    pub(super) fn is_due<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        let (Some(below), Some(_)) = (self.refresh_below, &self.runtime) else { return false };
        self.memory.fresh_for(key).is_some_and(|left| left <= below)
    }
}
