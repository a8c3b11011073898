//! How entries leave memory because another cache says so: no call of this one, so no call is counted or
//! told; only what leaves is.

use core::hash::Hash;

use super::sharded::{Guarded, MemoryCache};
use crate::cause::Cause;
use crate::event::{Event, EventKind};
use crate::key::Lookup;
use crate::options::Mode;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// What is under `key` is not true any more, nor is what loads it now.
    pub(crate) fn forget<Q: Lookup<K> + ?Sized>(&self, key: &Q) {
        let hash = self.hash(key);
        self.remove("hear", self.shard_of(hash), |state, outcome| {
            state.loads.fence(hash.engine(), key);
            if let Some(slot) = state.shard.find(hash.engine(), key) {
                let now = self.now_for(&state.shard);
                state.shard.remove(slot, now, Cause::Deleted, outcome);
            }
        });
    }

    /// [`forget`](Self::forget) for all keys that are meant, shard by shard; with `Mode::Expire` they
    /// become stale.
    pub(crate) fn forget_where(
        &self,
        cause: Cause,
        mode: Mode,
        mut is_meant: impl FnMut(&K) -> bool,
    ) {
        for shard in self.shards() {
            self.remove("hear", shard, |state, outcome| {
                let Guarded { shard, loads } = state;
                loads.fence_if(&mut is_meant);
                let now = self.clock.mono_ms();
                shard.invalidate_matching(&mut is_meant, (mode, cause), now, outcome);
            });
        }
    }

    /// [`forget`](Self::forget) for all with one of these tags, at once.
    pub(crate) fn forget_tags(&self, tags: &[&str], mode: Mode) {
        self.invalidate_again(tags, mode);
    }

    /// Removes everything, and fences all loads, on behalf of a read. From code under a lock it does
    /// nothing, and neither does such a read find anything.
    pub(crate) fn forget_all(&self) {
        for shard in self.shards() {
            let forgotten = self.change(shard, |state, outcome| {
                state.loads.fence_all();
                let now = self.now_for(&state.shard);
                state.shard.clear(now, outcome);
            });
            let _ = forgotten;
        }
    }

    pub(crate) fn mono_ms(&self) -> u64 {
        self.clock.mono_ms()
    }

    /// Tells of a failure that is not of one key.
    pub(crate) fn tell_failure(&self, cause: Cause) {
        if self.hub.is_listening() {
            let kind = EventKind::Error;
            self.hub.queue([Event { kind, key: None, cause: Some(cause), count: None }]);
            self.tell_queued();
        }
    }
}
