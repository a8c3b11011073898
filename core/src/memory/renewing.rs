//! Loads of what the cache has: to have it newer.

use core::hash::Hash;

use super::flight::{Flight, Takeoff};
use super::landing::Leader;
use super::sharded::MemoryCache;
use crate::key::Lookup;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// The duty to make a value anew, whatever the cache holds; a load under way is overtaken.
    pub(crate) fn refresh<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: EntryOptions,
    ) -> Flight<K, V, &Self> {
        Flight::new(self, self.overtake(key, options, Leader::Thread))
    }

    /// Begins a load whatever the cache holds; one under way is overtaken.
    pub(crate) fn overtake<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: EntryOptions,
        leader: Leader,
    ) -> Takeoff<K, V> {
        self.begin_anew(key, options, leader, true).unwrap_or_else(|| self.uncached(key))
    }

    /// Begins a load whatever the cache holds, overtaking one that is under way or leaving it alone.
    fn begin_anew<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: EntryOptions,
        leader: Leader,
        overtakes: bool,
    ) -> Option<Takeoff<K, V>> {
        let (hash, own) = (self.hash(key), key.to_key());
        let copy = self.copy_for_flight(&own);
        let mut own = Some(own);
        let begun = self.change(self.shard_of(hash), |state, _| {
            if !overtakes && state.loads.find(hash.engine(), key).is_some() {
                return None;
            }
            let began = self.clock.mono_ms();
            let previous = state.shard.find_living(hash.engine(), key, began);
            let previous = previous.map(|(value, mut staleness)| {
                // Who asks for a new value wants to know that there is none.
                staleness.bridges_for *= u64::from(!overtakes);
                (value.clone(), staleness)
            });
            state.loads.fence(hash.engine(), key);
            let begin = |own| state.loads.begin(hash.engine(), own, options, leader);
            let ticket = own.take().map(begin);
            Some(Takeoff { hash, copy: None, ticket, previous, began })
        });
        // From code under a lock nothing begins.
        begun.unwrap_or(None).map(|takeoff| Takeoff { copy, ..takeoff })
    }

    /// Begins a load while the old value still serves, unless one is under way.
    pub(crate) fn ahead<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: EntryOptions,
        leader: Leader,
    ) -> Option<Takeoff<K, V>> {
        self.begin_anew(key, options, leader, false)
    }
}
