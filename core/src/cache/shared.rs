//! Fetchers that belong to their flight: whoever waits drives them, and a runtime may end them.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use super::Cache;
use super::bounds::{CacheKey, CacheValue};
use super::entering::Entered;
use super::inner::{Hold, Inner};
use crate::drive::{Drive, Driving};
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::maybe_send::MaybeSend;
use crate::memory::{FetchContext, Leader, Takeoff, Turn};
use crate::options::{EntryOptions, Tier};
use crate::sync::Mutex;

/// Where the result of a flight is left for the caller who began it.
pub(super) type Slot<R> = Arc<Mutex<Option<R>>>;

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
            self.inner.refresh_early(key, fetcher);
            return R::hit(value);
        }
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
        let serves = takeoff.serves().cloned().filter(|_| self.inner.runtime.is_some());
        let slot: Slot<R> = Arc::new(Mutex::new(None));
        let terms = (Vec::new(), Tier::Both);
        let driving =
            self.inner.launch(key.to_key(), takeoff, terms, fetcher, |_, _| (), slot.clone());
        if let Some(value) = serves {
            self.inner.memory.count_stale(key);
            return R::hit(value);
        }
        driving.await;
        let result = slot.lock().take();
        // Who drove it has unwound; this caller has neither a value nor its fetcher any more.
        result.unwrap_or_else(|| panic!("get_or_fetch_shared: the fetcher panicked"))
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// Sets a flight off that needs no caller; to be awaited by those who want its end.
    pub(super) fn launch<R, F, Fut, J>(
        self: &Arc<Self>,
        key: K,
        takeoff: Takeoff<K, V>,
        (tags, tier): (Vec<Box<str>>, Tier),
        fetcher: F,
        judge: J,
        slot: Slot<R>,
    ) -> Driving
    where
        J: FnOnce(&mut FetchContext<V>, &R) + MaybeSend + 'static,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let landing = takeoff.landing().cloned();
        let hold = Hold::Owned(self.clone());
        let load = hold.begin(takeoff, tier);
        let drive = Drive::new(Box::pin(async move {
            let result = match load.look(key, &tags, tier).await {
                Entered::Hit(value) => R::hit(value),
                Entered::Lead(mut load) => {
                    let result = load.run(async { fetcher().await }).await;
                    judge(load.context(), &result);
                    load.finish(result).await
                }
            };
            *slot.lock() = Some(result);
        }));
        if let Some(landing) = landing {
            landing.drive_by(&drive);
        }
        if let Some(runtime) = &self.runtime {
            runtime.spawn(Box::pin(Driving::new(drive.clone())));
        }
        Driving::new(drive)
    }

    /// Begins to fetch an entry anew that is fresh but not for long, in the background, once.
    #[inline]
    pub(super) fn refresh_early<Q, R, F, Fut>(self: &Arc<Self>, key: &Q, fetcher: F)
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        if self.is_due(key) {
            let ahead = self.memory.ahead(key, EntryOptions::new(), Leader::Task);
            if let Some(takeoff) = ahead {
                let terms = (Vec::new(), Tier::Both);
                let own = key.to_key();
                drop(self.launch(own, takeoff, terms, fetcher, |_, _| (), Slot::default()));
            }
        }
    }

    /// Whether an entry is fresh but not for long, and something would run in the background.
    #[inline]
    pub(super) fn is_due<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> bool {
        let (Some(below), Some(_)) = (self.refresh_below, &self.runtime) else { return false };
        self.memory.fresh_for(key).is_some_and(|left| left <= below)
    }
}
