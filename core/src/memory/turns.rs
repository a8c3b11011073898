//! Whose turn it is to make a value, and who waits for it.

use alloc::sync::Arc;
use core::hash::Hash;
use core::mem;

use super::flight::Takeoff;
use super::landing::{Landing, Leader};
use super::sharded::MemoryCache;
use super::waiting::Waiter;
use crate::cause::Cause;
use crate::event::{Event, EventKind};
use crate::hash::KeyHash;
use crate::key::Lookup;
use crate::options::{EntryOptions, Tier};

/// What a caller has to do next.
pub(crate) enum Turn<'c, K: Hash + Eq + Clone, V: Clone> {
    Found(V),
    Wait(Waiter<'c, K, V>),
    Lead(Takeoff<K, V>),
}

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// What a caller has to do that found nothing fresh. The options are taken when it leads. If it has
    /// waited before, it hands on what it does not do itself.
    pub(crate) fn turn<'c, Q: Lookup<K> + ?Sized>(
        &'c self,
        key: &Q,
        options: &mut EntryOptions,
        leader: Leader,
        _waited: Option<Waiter<'c, K, V>>,
    ) -> Turn<'c, K, V> {
        let (hash, own) = (self.hash(key), key.to_key());
        let copy = self.copy_for_flight(&own);
        // A key that is not needed is dropped outside the lock.
        let mut own = Some(own);
        let turn = self.change(self.shard_of(hash), |state, outcome| {
            let now = self.clock.mono_ms();
            let stale = if options.tier == Some(Tier::Storage) {
                None
            } else if let Some((_, value)) = state.shard.find_fresh(hash.engine(), key, || now) {
                return Turn::Found(value.clone());
            } else {
                state.shard.find_stale(hash.engine(), key, now)
            };
            let load = state.loads.find(hash.engine(), key);
            match (load.filter(|load| load.landing.is_led()), stale) {
                (None, stale) => {
                    let previous = stale.map(|(value, stale)| (value.clone(), stale));
                    let taken = state.loads.take_over(hash.engine(), key, options, leader);
                    let ticket = taken.or_else(|| {
                        let options = mem::take(options);
                        Some(state.loads.begin(hash.engine(), own.take()?, options, leader))
                    });
                    Turn::Lead(Takeoff { hash, copy: None, ticket, previous, began: now })
                }
                (Some(_), Some((value, stale)))
                    if leader != Leader::Look && stale.since < stale.revalidates_for =>
                {
                    let value = value.clone();
                    state.shard.stats.stale_hits += 1;
                    if let Some(own) = own.take_if(|_| outcome.is_listening()) {
                        outcome.tell(|| Event::of(EventKind::Stale, own));
                    }
                    Turn::Found(value)
                }
                (Some(load), _) => Turn::Wait(Waiter::new(self, hash, load.landing.clone())),
            }
        });
        match turn {
            Ok(Turn::Lead(takeoff)) => Turn::Lead(Takeoff { copy, ..takeoff }),
            Ok(turn) => turn,
            Err(_) => Turn::Lead(self.uncached(key)),
        }
    }

    /// For a fetcher that asks, itself or through other threads, for what it is loading. That is told
    /// as soon as nothing is locked.
    #[cold]
    pub(crate) fn uncached<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Takeoff<K, V> {
        if self.hub.is_listening() {
            let event = Event::because(EventKind::Error, key.to_key(), Cause::Reentrant);
            self.hub.queue([event]);
        }
        self.apart(key)
    }

    /// For a fetcher whose value nobody else waits for, and that is not stored.
    pub(crate) fn apart<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Takeoff<K, V> {
        Takeoff { hash: self.hash(key), copy: None, ticket: None, previous: None, began: 0 }
    }

    /// The load takes longer than a load may: others need not wait for it any more.
    #[cold]
    pub(crate) fn abandon<Q: Lookup<K> + ?Sized>(&self, key: &Q, landing: &Arc<Landing<V>>) {
        let shard = self.shard_of(self.hash(key));
        let abandoned = self.change(shard, |state, _| state.loads.abandon(landing));
        // Who waits is not in code under a lock.
        let _ = abandoned;
    }

    /// One who waits where it has begun a load itself.
    pub(crate) fn waiter<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        landing: Arc<Landing<V>>,
    ) -> Waiter<'_, K, V> {
        Waiter::new(self, self.hash(key), landing)
    }

    /// Nobody leads there, nor waits to do so: others need not wait there.
    #[cold]
    pub(super) fn forsake(&self, hash: KeyHash, landing: &Arc<Landing<V>>) {
        let forsaken = self.change(self.shard_of(hash), |state, _| state.loads.forsake(landing));
        // Who waits is not in code under a lock.
        let _ = forsaken;
    }

    /// A copy of the key for listeners and the weigher, which are not called under the lock.
    pub(super) fn copy_for_flight(&self, key: &K) -> Option<K> {
        (self.hub.is_listening() || self.settings.weigher.is_some()).then(|| key.clone())
    }

    /// Threads that wait for the fetcher of `key`: all who hold its landing but list and leader.
    pub(crate) fn followers<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> usize {
        let hash = self.hash(key);
        let followers = self.look(self.shard_of(hash), |state| {
            let load = state.loads.find(hash.engine(), key);
            load.map_or(0, |load| Arc::strong_count(&load.landing).saturating_sub(2))
        });
        followers.unwrap_or(0)
    }
}
