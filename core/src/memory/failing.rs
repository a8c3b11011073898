//! What a flight does whose fetcher brings no value: the previous one may answer for it.

use alloc::sync::Arc;
use core::hash::Hash;
use core::ops::Deref;

use super::flight::Flight;
use super::landing::{Landed, Landing};
use super::sharded::MemoryCache;
use crate::cause::Cause;
use crate::event::{Event, EventKind};

impl<K, V, C> Flight<K, V, C>
where
    K: Hash + Eq + Clone,
    V: Clone,
    C: Deref<Target = MemoryCache<K, V>>,
{
    /// Takes the load off the list.
    pub(super) fn let_go(&self, id: u64) {
        let ended = self.cache.change(self.cache.shard_of(self.hash), |state, _| {
            if let Ok(load) = state.loads.end(id, &[]) {
                state.loads.let_go(load);
            }
        });
        // Whoever leads is not in code under a lock.
        let _ = ended;
    }

    /// The previous value, if it may be returned because the fetcher failed.
    pub(super) fn bridge(&mut self) -> Option<V> {
        let (id, landing) = self.ticket.as_ref()?;
        let (cache, took, brought) = (&*self.cache, self.took(), self.brought);
        let in_time = (took.as_millis() as u64) < self.bridges_for;
        let mut copy = self.copy.clone().filter(|_| cache.hub.is_listening());
        let previous = self.context.previous.clone()?;
        let allowed = cache.change(cache.shard_of(self.hash), |state, outcome| {
            // An invalidation while the fetcher ran holds for the previous value first of all.
            let Ok(load) = state.loads.end(*id, &[]) else { return false };
            let (hash, now) = (self.hash.engine(), cache.clock.mono_ms());
            let known = brought || state.shard.find_living(hash, &load.key, now).is_some();
            let allowed = in_time && known;
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
        let (cache, took) = (&*self.cache, self.took());
        let notice = self.copy.take().filter(|_| cache.hub.is_listening());
        let failed = cache.change(cache.shard_of(self.hash), |state, outcome| {
            if let Ok(load) = state.loads.end(id, &[]) {
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
            self.let_go(id);
            landing.land(Landed::Failed);
        } else {
            self.fail(id, &landing);
        }
    }
}
