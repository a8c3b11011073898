//! Asking or computing, by fetchers that own what they use: they belong to their flight.

use alloc::boxed::Box;
use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::departing::Departure;
use super::entering::{Entered, Load};
use super::face::Cache;
use super::inner::Inner;
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::maybe_send::MaybeSend;
use crate::memory::{Leader, Turn};
use crate::options::{EntryOptions, Tier};

/// A result, or what is to be done for one.
#[derive(Debug)]
pub enum Shared<'c, K: CacheKey, V: CacheValue, R> {
    /// What some tier had, or another brought.
    Done(R),
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
        self.load_shared(key, fetcher, OnFailure::IN_TURN).await
    }

    /// A value that is there, or the fetcher's.
    pub(super) async fn load_shared<Q, R, F, Fut>(
        &self,
        key: &Q,
        fetcher: F,
        failing: OnFailure<R>,
    ) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let found = match self.found_shared(key, Tier::Both, EntryOptions::new) {
            Ok(Shared::Done(result)) => return result,
            found => found,
        };
        let miss = async {
            let entered = self.enter_shared(key, Tier::Both, found, failing).await;
            entered.run(fetcher, failing).await
        };
        Box::pin(miss).await
    }

    /// What is to be done for a value that [`found_shared`](Self::found_shared) has not found, or begins to refresh.
    pub(crate) async fn enter_shared<'c, Q, R, O>(
        &'c self,
        key: &Q,
        tier: Tier,
        found: Result<Shared<'c, K, V, R>, O>,
        failing: OnFailure<R>,
    ) -> Shared<'c, K, V, R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
        O: FnOnce() -> EntryOptions,
    {
        match found {
            Ok(shared) => shared,
            Err(options) => self.share(key, tier, options(), failing).await,
        }
    }

    /// As [`found`](Self::found), for a caller whose fetcher can own what it uses: it may begin to refresh
    /// what it finds. Options that were not needed come back.
    #[inline]
    pub(crate) fn found_shared<Q, R, O>(
        &self,
        key: &Q,
        tier: Tier,
        options: O,
    ) -> Result<Shared<'_, K, V, R>, O>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
        O: FnOnce() -> EntryOptions,
    {
        let Some(value) = self.found(key, tier) else { return Err(options) };
        if !self.inner.is_due(key) {
            return Ok(Shared::Done(R::hit(value)));
        }
        let options = options().tier(tier);
        let tags = options.tags.clone();
        let Some(takeoff) = self.inner.memory.ahead(key, options, Leader::Task) else {
            return Ok(Shared::Done(R::hit(value)));
        };
        let (inner, key, fresh) = (self.inner.clone(), key.to_key(), Some(value));
        Ok(Shared::Begin(Departure::new(inner, key, takeoff, (tags, tier), fresh)))
    }

    /// What memory missed: another's value, or what is to be done for one.
    pub(super) async fn share<Q, R>(
        &self,
        key: &Q,
        tier: Tier,
        options: EntryOptions,
        failing: OnFailure<R>,
    ) -> Shared<'_, K, V, R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        let mut options = options.tier(tier);
        let tags = options.tags.clone();
        let mut waited = None;
        loop {
            match self.inner.memory.turn(key, &mut options, Leader::Task, waited.take()) {
                Turn::Found(value) => return Shared::Done(R::hit(value)),
                Turn::Lead(takeoff) => {
                    let (inner, key, fresh) = (self.inner.clone(), key.to_key(), None);
                    return Shared::Begin(Departure::new(inner, key, takeoff, (tags, tier), fresh));
                }
                Turn::Wait(waiter) => match self.hold().wait(key, waiter, failing).await {
                    Ok(Entered::Done(result)) => return Shared::Done(result),
                    Ok(Entered::Lead(load)) => return Shared::Lead(load),
                    Err(waiter) => waited = Some(waiter),
                },
            }
        }
    }
}

impl<K: CacheKey, V: CacheValue, R> Shared<'_, K, V, R> {
    /// Does what is to be done with a fetcher.
    pub(super) async fn run<F, Fut>(self, fetcher: F, failing: OnFailure<R>) -> R
    where
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        match self {
            Shared::Done(result) => result,
            Shared::Begin(departure) => departure.load(fetcher, |_, _| (), failing).await,
            Shared::Lead(load) => load.run_alone(fetcher, failing).await,
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
