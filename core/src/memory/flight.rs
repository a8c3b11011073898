//! The duty of the one caller that makes a value: to store it, and to let the others go on.

use alloc::sync::Arc;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;

use super::context::FetchContext;
use super::landing::{Landed, Landing};
use super::loads::Ticket;
use super::sharded::MemoryCache;
use super::writing::Entry;
use crate::cause::Cause;
use crate::event::{Event, EventKind};
use crate::fetched::Fetched;
use crate::hash::KeyHash;

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
    pub(super) cache: &'c MemoryCache<K, V>,
    pub(super) hash: KeyHash,
    /// A copy of the key when somebody listens or weighs.
    pub(super) copy: Option<K>,
    pub(super) context: FetchContext<V>,
    /// How long the fetcher may take to fail if the previous value is to be returned then.
    pub(super) bridges_for: u64,
    pub(super) began: u64,
    /// None for a fetcher that runs beside its own flight, uncached.
    pub(super) ticket: Option<Ticket<V>>,
}

impl<K: Hash + Eq + Clone, V: Clone> Flight<'_, K, V> {
    /// What the fetcher may say of the value.
    pub fn context(&mut self) -> &mut FetchContext<V> {
        &mut self.context
    }

    /// Stores a success, unless it is fenced, and hands the result back; a failure is answered with
    /// the previous value if that may still be used.
    pub fn finish<R: Fetched<V>>(mut self, result: R) -> R {
        match result.success() {
            Some(value) => {
                self.succeed(value);
                result
            }
            None => match self.bridge() {
                Some(previous) => R::hit(previous),
                // A failure takes the way of a panic: `drop` reports it.
                None => result,
            },
        }
    }

    fn succeed(&mut self, value: &V) {
        if self.ticket.is_none() {
            return;
        }
        let stored = (!self.context.skips).then(|| value.clone());
        let (settings, copy) = (&self.cache.settings, &self.copy);
        let weight = match (&settings.weigher, copy, &stored) {
            (Some(weigher), Some(key), Some(value)) => weigher(key, value),
            _ => 0,
        };
        // Until here `drop` reports a panic: of `clone`, or of the weigher.
        let Some((id, landing)) = self.ticket.take() else { return };
        let _released = Released(&landing);
        self.land(id, stored, weight);
        // The shard's list has let go of the landing: who holds it besides us waits for it.
        if Arc::strong_count(&landing) > 1 {
            landing.land(Landed::Value(Arc::new(value.clone())));
        }
    }

    fn land(&mut self, id: u64, mut value: Option<V>, weight: u64) {
        let (cache, hash, took) = (self.cache, self.hash, self.took());
        // These are taken only where they are used, so that the others are dropped outside the lock.
        let mut notice = self.copy.take().filter(|_| cache.hub.is_listening());
        let context = &mut self.context;
        let landed = cache.change(cache.shard_of(hash), |state, outcome| {
            let stats = &mut state.shard.stats;
            stats.loads += 1;
            stats.load_time += took;
            if let Some(key) = notice.clone() {
                outcome.tell(|| Event::of(EventKind::Load, key));
            }
            let Some(load) = state.loads.end(id, &context.tags) else {
                stats.fenced += 1;
                return Ok(());
            };
            let Some(value) = value.take() else {
                state.loads.let_go(load);
                return Ok(());
            };
            let (options, notice) = (context.apply(load.options), notice.take());
            let entry = Entry { key: load.key, value, options: &options, weight, notice };
            cache.write(state, hash, entry, outcome)
        });
        // Not stored for want of memory, or too heavy, which an event told: the caller has its value
        // all the same, and the next one loads again.
        let _ = landed;
    }

    /// The previous value, if it may be returned because the fetcher failed.
    fn bridge(&mut self) -> Option<V> {
        let (id, landing) = self.ticket.as_ref()?;
        let (cache, took) = (self.cache, self.took());
        let in_time = (took.as_millis() as u64) < self.bridges_for;
        let mut copy = self.copy.clone().filter(|_| cache.hub.is_listening());
        let previous = self.context.previous.clone()?;
        let allowed = cache.change(cache.shard_of(self.hash), |state, outcome| {
            let Some(load) = state.loads.end(*id, &[]) else { return false };
            // An invalidation while the fetcher ran holds for the previous value first of all; of
            // the tags of that value the load may know nothing.
            let (hash, now) = (self.hash.engine(), cache.clock.mono_ms());
            let allowed = in_time && state.shard.find_living(hash, &load.key, now).is_some();
            state.loads.let_go(load);
            if allowed {
                let stats = &mut state.shard.stats;
                stats.load_failures += 1;
                stats.load_time += took;
                stats.stale_on_error += 1;
                if let Some(key) = copy.take() {
                    let cause = Cause::LoadFailed;
                    outcome.tell(|| Event::because(EventKind::Error, key.clone(), cause));
                    outcome.tell(|| Event::because(EventKind::Stale, key, cause));
                }
            }
            allowed
        });
        if !allowed.unwrap_or(false) {
            return None;
        }
        landing.land(Landed::Value(Arc::new(previous.clone())));
        self.ticket = None;
        Some(previous)
    }

    fn fail(&mut self, id: u64, landing: &Landing<V>) {
        let (cache, took) = (self.cache, self.took());
        let notice = self.copy.take().filter(|_| cache.hub.is_listening());
        let failed = cache.change(cache.shard_of(self.hash), |state, outcome| {
            if let Some(load) = state.loads.end(id, &[]) {
                state.loads.let_go(load);
            }
            let stats = &mut state.shard.stats;
            stats.load_failures += 1;
            stats.load_time += took;
            if let Some(key) = notice {
                outcome.tell(|| Event::because(EventKind::Error, key, Cause::LoadFailed));
            }
        });
        // Whoever leads is not in code under a lock.
        let _ = failed;
        landing.land(Landed::Failed);
    }

    fn took(&self) -> Duration {
        Duration::from_millis(self.cache.clock.mono_ms().saturating_sub(self.began))
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
