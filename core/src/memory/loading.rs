//! Asking or computing: one fetcher per key at a time, however many threads ask.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::Hash;
use core::mem;

use super::context::FetchContext;
use super::flight::{Enter, Flight, Takeoff};
use super::landing::{Endless, Landing, Leader};
use super::sharded::MemoryCache;
use crate::cause::Cause;
use crate::event::{Event, EventKind};
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::options::{EntryOptions, Tier};

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The value under `key`, or else what `fetcher` returns, which is then stored.
    ///
    /// While a fetcher runs, other threads that ask for the key wait for it; when it fails or
    /// panics, they run theirs in turn. A value or a `Result` may be returned; errors pass through
    /// and are not stored. A value is not stored when its key was written, deleted or invalidated
    /// meanwhile. A fetcher that asks for its own key, or for one whose fetcher waits for it in another
    /// thread, runs uncached, with an `error` event.
    ///
    /// A stale value is returned at once while another caller fetches (`stale_while_revalidate`), and
    /// when `fetcher` fails (`stale_if_error`).
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<u64, u64>::builder().build()?;
    /// assert_eq!(cache.get_or_fetch(&3, || 9), 9);
    /// assert_eq!(cache.get_or_fetch(&3, || 0), 9);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    #[inline]
    pub fn get_or_fetch<Q, R>(&self, key: &Q, fetcher: impl FnOnce() -> R) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        match self.read(key, V::clone) {
            Some(value) => R::hit(value),
            None => self.load(key, EntryOptions::new, |_| fetcher()),
        }
    }

    /// As [`get_or_fetch`](Self::get_or_fetch), with settings of the entry's own, and a context by
    /// which the fetcher may change them when it knows the value.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::<u32, Result<u32, String>>::builder().build()?;
    /// // A cache of results: this one caches its errors too, but for a second only.
    /// let found = cache.get_or_fetch_with(&1, EntryOptions::new().tag("users"), |context| {
    ///     context.ttl(std::time::Duration::from_secs(1));
    ///     Err("no such user".to_string())
    /// });
    /// assert!(found.is_err());
    /// assert_eq!(cache.get(&1), Some(found));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn get_or_fetch_with<Q, R>(
        &self,
        key: &Q,
        options: EntryOptions,
        fetcher: impl FnOnce(&mut FetchContext<V>) -> R,
    ) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        match self.read(key, V::clone) {
            Some(value) => R::hit(value),
            None => self.load(key, || options, fetcher),
        }
    }

    /// Fills the cache ahead with what `fetcher` makes of each key that has no fresh value; how many
    /// were made. A key that another thread is loading is waited for.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::builder().build()?;
    /// assert_eq!(cache.warm([1_u64, 2, 3], |n| n * n), 3);
    /// assert_eq!(cache.get(&3), Some(9));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn warm(&self, keys: impl IntoIterator<Item = K>, mut fetcher: impl FnMut(&K) -> V) -> usize
    where
        K: Lookup<K>,
    {
        let mut made = 0;
        for key in keys.into_iter().filter(|key| !self.contains(key)).collect::<Vec<_>>() {
            self.load(&key, EntryOptions::new, |_| {
                made += 1;
                fetcher(&key)
            });
        }
        made
    }

    /// A value, found or made by another thread, or the duty to make it.
    #[inline]
    pub(crate) fn enter<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: impl FnOnce() -> EntryOptions,
    ) -> Enter<'_, K, V> {
        match self.read(key, V::clone) {
            Some(value) => Enter::Hit(value),
            None => self.wait_or_lead(key, options()),
        }
    }

    /// Threads that wait for the fetcher of `key`: all who hold its landing but list and leader.
    pub(crate) fn followers<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> usize {
        let hash = self.hash(key);
        let followers = self.look(self.shard_of(hash), |state| {
            let load = state.loads.find(hash.engine(), key);
            load.map_or(0, |load| Arc::strong_count(&load.landing) - 2)
        });
        followers.unwrap_or(0)
    }

    /// What a miss does.
    #[cold]
    pub(super) fn load<Q, R>(
        &self,
        key: &Q,
        options: impl FnOnce() -> EntryOptions,
        fetcher: impl FnOnce(&mut FetchContext<V>) -> R,
    ) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        match self.wait_or_lead(key, options()) {
            Enter::Hit(value) => R::hit(value),
            Enter::Lead(mut flight) => {
                let result = fetcher(flight.context());
                flight.finish(result)
            }
        }
    }

    fn wait_or_lead<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        mut options: EntryOptions,
    ) -> Enter<'_, K, V> {
        loop {
            match self.turn(key, &mut options, Leader::Thread) {
                Turn::Found(value) => return Enter::Hit(value),
                Turn::Lead(takeoff) => return Enter::Lead(Flight::new(self, takeoff)),
                Turn::Wait(landing) => match landing.wait(self.settings.load_timeout) {
                    Ok(Some(value)) => return Enter::Hit(V::clone(&value)),
                    Ok(None) => {}
                    Err(Endless::Circle) => {
                        let takeoff = self.uncached(key);
                        self.tell_queued();
                        return Enter::Lead(Flight::new(self, takeoff));
                    }
                    Err(Endless::TimedOut) => self.abandon(key, &landing),
                },
            }
        }
    }

    /// What a caller has to do that found nothing fresh. The options are taken when it leads.
    pub(crate) fn turn<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: &mut EntryOptions,
        leader: Leader,
    ) -> Turn<K, V> {
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
            match (state.loads.find(hash.engine(), key), stale) {
                (None, stale) => {
                    let previous = stale.map(|(value, stale)| (value.clone(), stale));
                    let (options, loads) = (mem::take(options), &mut state.loads);
                    let begin = |own| loads.begin(hash.engine(), own, options, leader);
                    let ticket = own.take().map(begin);
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
                (Some(load), _) => Turn::Wait(load.landing.clone()),
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

    /// A copy of the key for listeners and the weigher, which are not called under the lock.
    pub(super) fn copy_for_flight(&self, key: &K) -> Option<K> {
        (self.hub.is_listening() || self.settings.weigher.is_some()).then(|| key.clone())
    }
}

/// What a caller has to do next.
pub(crate) enum Turn<K, V> {
    Found(V),
    Wait(Arc<Landing<V>>),
    Lead(Takeoff<K, V>),
}
