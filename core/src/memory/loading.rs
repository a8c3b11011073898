//! Asking or computing: one fetcher per key at a time, however many threads ask.

use alloc::sync::Arc;
use core::fmt;
use core::hash::Hash;
use core::mem;

use super::loads::{Endless, Landed, Landing, Ticket};
use super::sharded::MemoryCache;
use crate::cause::Cause;
use crate::event::{Event, EventKind};
use crate::fetched::Fetched;
use crate::hash::KeyHash;
use crate::key::Lookup;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The value under `key`, or else what `fetcher` returns, which is then stored.
    ///
    /// While a fetcher runs, other threads that ask for the key wait for it; when it fails or
    /// panics, they run theirs in turn. A value or a `Result` may be returned; errors pass through
    /// and are not stored. A value is not stored when its key was written, deleted or invalidated
    /// meanwhile. A fetcher that asks for its own key, or for one whose fetcher waits for it in another
    /// thread, runs uncached, with an `error` event.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<u64, u64>::builder().build()?;
    /// assert_eq!(cache.get_or_fetch(&3, || 9), 9);
    /// assert_eq!(cache.get_or_fetch(&3, || 0), 9);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn get_or_fetch<Q, R>(&self, key: &Q, fetcher: impl FnOnce() -> R) -> R
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        match self.enter(key, EntryOptions::new) {
            Enter::Hit(value) => R::hit(value),
            Enter::Lead(flight) => flight.finish(fetcher()),
        }
    }

    /// A value, found or made by another thread, or the duty to make it.
    pub(crate) fn enter<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: impl FnOnce() -> EntryOptions,
    ) -> Enter<'_, K, V> {
        match self.get(key) {
            Some(value) => Enter::Hit(value),
            None => self.wait_or_lead(key, options()),
        }
    }

    /// The duty to make a value anew, whatever the cache holds; a load under way is overtaken.
    pub(crate) fn refresh<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: EntryOptions,
    ) -> Flight<'_, K, V> {
        let (hash, own) = (self.hash(key), key.to_key());
        let notice = self.hub.is_listening().then(|| own.clone());
        let ticket = self.change(self.shard_of(hash), |state, _| {
            state.loads.fence(hash.engine(), key);
            state.loads.begin(hash.engine(), own, options)
        });
        Flight { cache: self, hash, notice, ticket: Some(ticket) }
    }

    /// Threads that wait for the fetcher of `key`: all who hold its landing but list and leader.
    pub(crate) fn followers<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> usize {
        let hash = self.hash(key);
        self.look(self.shard_of(hash), |state| {
            let load = state.loads.find(hash.engine(), key);
            load.map_or(0, |load| Arc::strong_count(&load.landing) - 2)
        })
    }

    fn wait_or_lead<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        mut options: EntryOptions,
    ) -> Enter<'_, K, V> {
        let hash = self.hash(key);
        loop {
            let own = key.to_key();
            let notice = self.hub.is_listening().then(|| own.clone());
            let turn = self.change(self.shard_of(hash), |state, _| {
                let now = self.now_for(&state.shard);
                if state.shard.find_alive(hash.engine(), key, || now).is_some() {
                    return Turn::Found;
                }
                match state.loads.find(hash.engine(), key) {
                    Some(load) => Turn::Wait(load.landing.clone()),
                    None => {
                        let options = mem::take(&mut options);
                        Turn::Lead(state.loads.begin(hash.engine(), own, options))
                    }
                }
            });
            let value = match turn {
                Turn::Lead(ticket) => {
                    let ticket = Some(ticket);
                    return Enter::Lead(Flight { cache: self, hash, notice, ticket });
                }
                Turn::Found => self.peek(key),
                Turn::Wait(landing) => match landing.wait() {
                    Ok(value) => value.map(|value| V::clone(&value)),
                    Err(Endless) => return Enter::Lead(self.run_uncached(hash, notice)),
                },
            };
            if let Some(value) = value {
                return Enter::Hit(value);
            }
        }
    }

    /// For a fetcher that asks, itself or through other threads, for what it is loading.
    fn run_uncached(&self, hash: KeyHash, notice: Option<K>) -> Flight<'_, K, V> {
        if let Some(key) = notice {
            self.hub.queue([Event::because(EventKind::Error, key, Cause::Reentrant)]);
            self.hub.deliver();
        }
        Flight { cache: self, hash, notice: None, ticket: None }
    }
}

/// What a caller has to do next.
enum Turn<V> {
    Found,
    Wait(Arc<Landing<V>>),
    Lead(Ticket<V>),
}

/// A value, or the duty to make it.
#[derive(Debug)]
pub enum Enter<'c, K: Hash + Eq + Clone, V: Clone> {
    /// The value.
    Hit(V),
    /// This caller runs the fetcher and reports to the flight.
    Lead(Flight<'c, K, V>),
}

/// The duty to make one value. Dropped without a result (the fetcher panicked), it lets a waiter lead.
pub struct Flight<'c, K: Hash + Eq + Clone, V: Clone> {
    cache: &'c MemoryCache<K, V>,
    hash: KeyHash,
    /// A copy of the key when somebody listens.
    notice: Option<K>,
    /// None for a fetcher that runs beside its own flight, uncached.
    ticket: Option<Ticket<V>>,
}

impl<K: Hash + Eq + Clone, V: Clone> Flight<'_, K, V> {
    /// Stores a success, unless it is fenced, and hands the result back unchanged.
    pub fn finish<R: Fetched<V>>(mut self, result: R) -> R {
        // A failure takes the way of a panic: `drop` reports it.
        if let Some(value) = result.success() {
            let stored = value.clone();
            if let Some((id, landing)) = self.ticket.take() {
                let _released = Released(&landing);
                self.land(id, stored);
                // The shard's list has let go of the landing: who holds it besides us waits for it.
                if Arc::strong_count(&landing) > 1 {
                    landing.land(Landed::Value(Arc::new(value.clone())));
                }
            }
        }
        result
    }

    fn land(&mut self, id: u64, value: V) {
        let (cache, hash, notice) = (self.cache, self.hash, self.notice.take());
        let stored = cache.change(cache.shard_of(hash), |state, outcome| {
            state.shard.stats.loads += 1;
            if let Some(key) = notice.clone() {
                outcome.tell(|| Event::of(EventKind::Load, key));
            }
            let Some(load) = state.loads.end(id) else {
                state.shard.stats.fenced += 1;
                return Ok(());
            };
            cache.write(state, hash, load.key, value, load.options, notice, outcome)
        });
        // Memory was refused: the caller has its value all the same, and the next one loads again.
        let _ = stored;
    }

    fn fail(&mut self, id: u64, landing: &Landing<V>) {
        let (cache, notice) = (self.cache, self.notice.take());
        cache.change(cache.shard_of(self.hash), |state, outcome| {
            state.loads.end(id);
            state.shard.stats.load_failures += 1;
            if let Some(key) = notice {
                outcome.tell(|| Event::because(EventKind::Error, key, Cause::LoadFailed));
            }
        });
        landing.land(Landed::Failed);
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Drop for Flight<'_, K, V> {
    fn drop(&mut self) {
        if let Some((id, landing)) = self.ticket.take() {
            self.fail(id, &landing);
        }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> fmt::Debug for Flight<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flight").finish_non_exhaustive()
    }
}

/// Whatever happens to the leader, nobody waits for ever.
struct Released<'a, V>(&'a Landing<V>);

impl<V> Drop for Released<'_, V> {
    fn drop(&mut self) {
        self.0.land(Landed::Failed);
    }
}
