//! What a flight does whose fetcher brings no value, or is late: the previous one may answer for it, or all
//! who wait have its error, or one of them leads.

use alloc::sync::Arc;
use core::hash::Hash;
use core::mem;
use core::ops::Deref;

use super::flight::{Flight, Released};
use super::landing::{Heir, Landed, Landing};
use super::loads::Loads;
use super::sharded::MemoryCache;
use crate::cause::Cause;
use crate::event::{Event, EventKind};
use crate::failure::Failure;

impl<K, V, C> Flight<K, V, C>
where
    K: Hash + Eq + Clone,
    V: Clone,
    C: Deref<Target = MemoryCache<K, V>>,
{
    /// Whether there is a previous value that could be of use to those who wait.
    pub(crate) fn may_lend(&self) -> bool {
        self.context.previous.is_some() && self.bridges_for > 0
    }

    /// The fetcher is late: those who wait have the previous value, unless it has ended or was invalidated
    /// meanwhile. The flight goes on.
    pub(crate) fn lend(&self) {
        let Some((id, landing)) = &self.ticket else { return };
        let in_time = (self.took().as_millis() as u64) < self.bridges_for;
        let Some(previous) = self.context.previous.as_ref().filter(|_| in_time) else { return };
        let (cache, brought) = (&*self.cache, self.brought);
        let allowed = cache.change(cache.shard_of(self.hash), |state, _| {
            let (hash, now) = (self.hash.engine(), cache.clock.mono_ms());
            let Some(key) = state.loads.key_of(*id) else { return false };
            brought || state.shard.find_living(hash, key, now).is_some()
        });
        if allowed.unwrap_or(false) {
            landing.serve(previous.clone());
        }
    }

    /// The previous value, if it may be returned because the fetcher failed.
    pub(super) fn bridge(&mut self) -> Option<V> {
        let (id, landing) = self.ticket.as_ref()?;
        let (cache, took, brought) = (&*self.cache, self.took(), self.brought);
        let in_time = (took.as_millis() as u64) < self.bridges_for;
        let mut copy = self.copy.clone().filter(|_| cache.hub.is_listening());
        let previous = self.context.previous.as_ref().filter(|_| in_time)?.clone();
        let allowed = cache.change(cache.shard_of(self.hash), |state, outcome| {
            let (hash, now) = (self.hash.engine(), cache.clock.mono_ms());
            // An invalidation while the fetcher ran holds for the previous value first of all.
            let Some(key) = state.loads.key_of(*id) else { return false };
            if !brought && state.shard.find_living(hash, key, now).is_none() {
                return false;
            }
            let Ok(load) = state.loads.end(*id, &[]) else { return false };
            state.loads.let_go(load);
            let stats = &mut state.shard.stats;
            stats.load_failures += 1;
            stats.load_time += took;
            stats.stale_on_error += 1;
            if let Some(key) = copy.take() {
                let cause = Cause::LoadFailed;
                outcome.tell(|| Event::because(EventKind::Error, key.clone(), cause));
                outcome.tell(|| Event::because(EventKind::Stale, key, cause));
            }
            true
        });
        if !allowed.unwrap_or(false) {
            return None;
        }
        landing.land(Landed::Value(Arc::new(previous.clone())));
        self.ticket = None;
        Some(previous)
    }

    /// Ends with an error for all who wait. It is asked for only if somebody does, and unlocked.
    pub(super) fn fail_for_all(&mut self, error: impl FnOnce() -> Option<Failure>) {
        let Some((id, landing)) = self.ticket.take() else { return };
        let released = Released(&landing);
        self.report(|loads| {
            if let Ok(load) = loads.end(id, &[]) {
                loads.let_go(load);
            }
        });
        // The list has let go of the landing: who holds it besides us waits for it.
        if Arc::strong_count(&landing) > 1 {
            if let Some(error) = error() {
                landing.land(Landed::Failed(error));
            }
        }
        drop(released);
    }

    /// Lets one of those who wait lead.
    pub(super) fn vacate(&self, id: u64, landing: &Landing<V>) {
        let shard = self.cache.shard_of(self.hash);
        let heir = self.cache.change(shard, |state, _| state.loads.vacate(id));
        // Whoever leads is not in code under a lock.
        Self::wake(heir.unwrap_or(None), landing);
    }

    /// The same, and something has failed.
    fn fail(&mut self, id: u64, landing: &Landing<V>) {
        // The clock may panic.
        let released = Released(landing);
        let heir = self.report(|loads| loads.vacate(id));
        mem::forget(released);
        Self::wake(heir.flatten(), landing);
    }

    /// Counts the failure and tells of it.
    fn report<T>(&mut self, change: impl FnOnce(&mut Loads<K, V>) -> T) -> Option<T> {
        let (cache, took) = (&*self.cache, self.took());
        let notice = self.copy.take().filter(|_| cache.hub.is_listening());
        let changed = cache.change(cache.shard_of(self.hash), |state, outcome| {
            let stats = &mut state.shard.stats;
            stats.load_failures += 1;
            stats.load_time += took;
            if let Some(key) = notice {
                outcome.tell(|| Event::because(EventKind::Error, key, Cause::LoadFailed));
            }
            change(&mut state.loads)
        });
        // Whoever leads is not in code under a lock.
        changed.ok()
    }

    /// Without an heir the load is on no list: all who wait try again.
    fn wake(heir: Option<Heir>, landing: &Landing<V>) {
        if heir.is_none() {
            landing.land(Landed::Again);
        }
    }
}

impl<K, V, C> Drop for Flight<K, V, C>
where
    K: Hash + Eq + Clone,
    V: Clone,
    C: Deref<Target = MemoryCache<K, V>>,
{
    fn drop(&mut self) {
        let Some((id, landing)) = self.ticket.take() else { return };
        if self.quiet && !std::thread::panicking() {
            self.vacate(id, &landing);
        } else {
            self.fail(id, &landing);
        }
    }
}
