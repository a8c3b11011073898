//! Asking or computing: one fetcher per key at a time, however many threads ask.

use alloc::vec::Vec;
use core::hash::Hash;

use super::context::FetchContext;
use super::flight::{Enter, Flight};
use super::landing::{Landed, Leader};
use super::sharded::MemoryCache;
use super::turns::Turn;
use super::waiting::Endless;
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The value under `key`, or else what `fetcher` returns, which is then stored.
    ///
    /// While a fetcher runs, other threads that ask for the key wait for it; when it fails or
    /// panics, they run theirs in turn, unless they share its failure by
    /// [`try_get_or_fetch`](Self::try_get_or_fetch). A value or a `Result` may be returned; errors pass
    /// through and are not stored. A value is not stored when its key was written, deleted or invalidated
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
            None => self.load(key, EntryOptions::new, |_| fetcher(), OnFailure::IN_TURN),
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
            None => self.load(key, || options, fetcher, OnFailure::IN_TURN),
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
            let fetch = |_: &mut _| {
                made += 1;
                fetcher(&key)
            };
            self.load(&key, EntryOptions::new, fetch, OnFailure::IN_TURN);
        }
        made
    }

    /// A value, found or made by another thread, or that one's error, or the duty to make the value.
    #[inline]
    pub(crate) fn enter<Q, R>(
        &self,
        key: &Q,
        options: impl FnOnce() -> EntryOptions,
        failing: OnFailure<R>,
    ) -> Enter<'_, K, V, R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        match self.read(key, V::clone) {
            Some(value) => Enter::Done(R::hit(value)),
            None => self.wait_or_lead(key, options(), failing),
        }
    }

    /// What a miss does.
    #[cold]
    pub(super) fn load<Q, R>(
        &self,
        key: &Q,
        options: impl FnOnce() -> EntryOptions,
        fetcher: impl FnOnce(&mut FetchContext<V>) -> R,
        failing: OnFailure<R>,
    ) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        match self.wait_or_lead(key, options(), failing) {
            Enter::Done(result) => result,
            Enter::Lead(mut flight) => {
                let result = fetcher(flight.context());
                flight.finish(result, failing)
            }
        }
    }

    fn wait_or_lead<Q, R>(
        &self,
        key: &Q,
        mut options: EntryOptions,
        failing: OnFailure<R>,
    ) -> Enter<'_, K, V, R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        let mut waited = None;
        loop {
            match self.turn(key, &mut options, Leader::Thread, waited.take()) {
                Turn::Found(value) => return Enter::Done(R::hit(value)),
                Turn::Lead(takeoff) => return Enter::Lead(Flight::new(self, takeoff)),
                Turn::Wait(waiter) => {
                    match waiter.wait(self.settings.load_timeout) {
                        Ok(landed) => {
                            if let Some(result) = landed.result(failing) {
                                return Enter::Done(result);
                            }
                        }
                        Err(Endless::Circle) => {
                            let takeoff = self.uncached(key);
                            self.tell_queued();
                            return Enter::Lead(Flight::new(self, takeoff));
                        }
                        Err(Endless::Task) => {
                            return Enter::Lead(Flight::new(self, self.apart(key)));
                        }
                        Err(Endless::TimedOut) => self.abandon(key, waiter.landing()),
                    }
                    waited = Some(waiter);
                }
            }
        }
    }
}

impl<V: Clone> Landed<V> {
    /// The result of one who waited; none when it is to try again.
    pub(crate) fn result<R: Fetched<V>>(&self, failing: OnFailure<R>) -> Option<R> {
        match self {
            Landed::Value(value) | Landed::Stale(value) => Some(R::hit(V::clone(value))),
            Landed::Failed(failure) => failing.take(failure),
            Landed::Nothing(_) | Landed::Again => None,
        }
    }
}
