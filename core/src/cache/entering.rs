//! The way of a read through all tiers: found, or made by another, or to be made by this caller.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use super::bounds::{CacheKey, CacheValue};
use super::holding::Holding;
use super::inner::{Hold, Inner};
use super::least::Least;
use super::polls::outside;
use super::timing::within;
use super::traced::Traced;
use super::tracer::{LoadEnd, LoadRole};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::memory::{Flight, Landed, Landing, Leader, Takeoff, Turn, Waiter, WaitsFor};
use crate::options::{EntryOptions, Tier};
use crate::tier::Start;

/// A result, or the duty to make the value.
#[derive(Debug)]
pub enum Entered<'c, K: CacheKey, V: CacheValue, R> {
    /// What some tier had, or another brought.
    Done(R),
    /// This caller runs the fetcher, by [`Load::run`], and reports to [`Load::finish`].
    Lead(Load<'c, K, V>),
}

/// The duty to make one value. Dropped without a result, it lets a waiter lead.
pub struct Load<'c, K: CacheKey, V: CacheValue> {
    pub(super) flight: Flight<K, V, Hold<'c, K, V>>,
    /// Where the value goes besides memory.
    pub(super) outside: Option<Outside<K>>,
    pub(super) in_memory: bool,
    /// The key, where the other caches are told of the value, because they may have an older one.
    pub(super) told: Option<K>,
    /// The right to make it for all processes, where leases are used and can be had.
    pub(super) lease: Option<Box<Holding>>,
    /// Where the tracer wants one.
    pub(super) span: Traced,
}

/// A place in the storage: the full name of the key, and what protects its value there.
pub(super) struct Outside<K> {
    pub(super) key: K,
    pub(super) name: String,
    pub(super) start: Start,
}

impl<'c, K: CacheKey, V: CacheValue> Hold<'c, K, V> {
    /// What memory missed: a fresh value of the tiers that are meant, or the duty to make one.
    pub(crate) async fn enter<Q, R>(
        self,
        key: &Q,
        mut options: EntryOptions,
        failing: OnFailure<R>,
    ) -> Entered<'c, K, V, R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        let tier = Inner::<K, V>::tier_of(&options);
        // The leader's options go with its load.
        let tags = options.tags.clone();
        let mut waited = None;
        loop {
            match self.turn(key, &mut options, Leader::Task, waited.take()) {
                Turn::Found(value) => return Entered::Done(R::hit(value)),
                Turn::Lead(takeoff) => {
                    let mut load = self.clone().begin(takeoff, tier);
                    load.span = self.inner().trace("fetch", LoadRole::Leader, key);
                    return load.seek(key.to_key(), &tags, tier, Least::ANY).await;
                }
                Turn::Wait(waiter) => match self.wait(key, waiter, failing).await {
                    Ok(entered) => return entered,
                    Err(waiter) => waited = Some(waiter),
                },
            }
        }
    }

    /// The duty to make a value anew, whatever the cache holds.
    pub(super) async fn overtaking<Q>(
        self,
        key: &Q,
        options: EntryOptions,
        leader: Leader,
    ) -> Load<'c, K, V>
    where
        Q: Lookup<K> + ?Sized,
    {
        let (tier, tags) = (Inner::<K, V>::tier_of(&options), options.tags.clone());
        let takeoff = self.overtake(key, options, leader);
        let mut load = self.begin(takeoff, tier);
        let own = key.to_key();
        let started = match load.flight.cache().inner().place("refresh", &own, tier) {
            Ok(None) => {
                // Beside a storage that is not meant, nobody else has it.
                let inner = load.flight.cache().inner();
                load.told = (inner.tier.is_none() && inner.peers.is_some()).then_some(own);
                return load;
            }
            Ok(Some((storage, name))) => {
                if leader == Leader::Task {
                    load.lease =
                        load.flight.cache().inner().seize(storage, &name, &own).await.map(Box::new);
                }
                storage.counted(storage.begin(&tags).await).map(|start| (name, start))
            }
            Err(error) => Err(error),
        };
        match started {
            Ok((name, start)) => {
                load.told = load.flight.cache().inner().peers.is_some().then(|| own.clone());
                load.outside = Some(Outside { key: own, name, start });
            }
            Err(error) => load.flight.cache().inner().tell_failure(&own, &error),
        }
        load
    }

    /// What another brings.
    ///
    /// # Errors
    /// When it brings nothing, and this caller is to try again.
    pub(super) async fn wait<'w, Q, R>(
        &self,
        key: &Q,
        waiter: Waiter<'w, K, V>,
        failing: OnFailure<R>,
    ) -> Result<Entered<'c, K, V, R>, Waiter<'w, K, V>>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        let span = self.inner().trace("fetch", LoadRole::Follower, key);
        let Some(landed) = self.landed(key, &waiter, WaitsFor::Value).await else {
            return Ok(Entered::Lead(self.within_itself(key)));
        };
        span.ends(LoadEnd::of_follower(&landed));
        if matches!(landed, Landed::Stale(_)) {
            self.count_stale(key);
        }
        landed.result(failing).map(Entered::Done).ok_or(waiter)
    }

    /// For a fetcher that asks for what it makes.
    pub(super) fn within_itself<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Load<'c, K, V> {
        let takeoff = self.uncached(key);
        self.tell_queued();
        self.clone().begin(takeoff, Tier::Memory)
    }

    /// How another's load ends, which is abandoned when it takes too long; nothing when that load itself
    /// waits for the answer.
    pub(super) async fn landed<Q>(
        &self,
        key: &Q,
        waiter: &Waiter<'_, K, V>,
        waits: WaitsFor,
    ) -> Option<Landed<V>>
    where
        Q: Lookup<K> + ?Sized,
    {
        let inner = self.inner();
        let limit = inner.runtime.as_deref().zip(inner.load_timeout);
        let wait = outside(address(waiter.landing()), waiter.landed(waits));
        let landed = within(limit, wait).await;
        landed.unwrap_or_else(|| {
            self.abandon(key, waiter.landing());
            Some(Landed::Again)
        })
    }

    pub(super) fn begin(self, takeoff: Takeoff<K, V>, tier: Tier) -> Load<'c, K, V> {
        let mut flight = Flight::new(self, takeoff);
        flight.may_be_cancelled();
        let (in_memory, span) = (tier != Tier::Storage, Traced::default());
        Load { flight, outside: None, in_memory, told: None, lease: None, span }
    }
}

impl<K: CacheKey, V: CacheValue> fmt::Debug for Load<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Load").finish_non_exhaustive()
    }
}

pub(super) fn address<V>(landing: &Arc<Landing<V>>) -> usize {
    Arc::as_ptr(landing) as usize
}
