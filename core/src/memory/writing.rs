//! How values enter the cache for many threads.

use core::hash::Hash;
use core::sync::atomic::Ordering::Relaxed;

use super::outcome::Outcome;
use super::shard::{Room, Write};
use super::sharded::{Guarded, MemoryCache};
use crate::entry;
use crate::error::Error;
use crate::hash::KeyHash;
use crate::options::EntryOptions;

impl<K: Hash + Eq + Clone, V: Clone> MemoryCache<K, V> {
    /// Stores a value under the settings of the cache; the old one leaves.
    ///
    /// # Errors
    /// Of kind `unavailable` when memory is refused; then nothing was stored.
    ///
    /// ```
    /// let cache = cachefn_core::MemoryCache::<String, _>::builder().build()?;
    /// cache.set("a".into(), 1)?;
    /// cache.set("a".into(), 2)?;
    /// assert_eq!(cache.get("a"), Some(2));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn set(&self, key: K, value: V) -> Result<(), Error> {
        self.set_with(key, value, EntryOptions::new())
    }

    /// Stores a value with settings of its own. A TTL of zero stores nothing and removes the old one.
    ///
    /// # Errors
    /// Of kind `unavailable` when memory is refused; then nothing was stored.
    ///
    /// ```
    /// use cachefn_core::{EntryOptions, MemoryCache};
    /// let cache = MemoryCache::<String, _>::builder().build()?;
    /// cache.set_with("a".into(), 1, EntryOptions::new().tag("letters"))?;
    /// cache.invalidate_by_tag("letters");
    /// assert_eq!(cache.get("a"), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn set_with(&self, key: K, value: V, options: EntryOptions) -> Result<(), Error> {
        let notice = self.hub.is_listening().then(|| key.clone());
        let hash = self.hash(&key);
        self.change(self.shard_of(hash), |state, outcome| {
            state.loads.fence(hash.engine(), &key);
            self.write(state, hash, key, value, options, notice, outcome)
        })
    }

    /// Stores under the lock; fences were set before.
    #[allow(clippy::too_many_arguments, reason = "the parts of one write, passed once")]
    pub(super) fn write(
        &self,
        state: &mut Guarded<K, V>,
        hash: KeyHash,
        key: K,
        value: V,
        options: EntryOptions,
        notice: Option<K>,
        outcome: &mut Outcome<K, V>,
    ) -> Result<(), Error> {
        let ttl = options.ttl.or(self.ttl);
        let now = if ttl.is_some() { self.clock.mono_ms() } else { self.now_for(&state.shard) };
        let room = Room {
            max_entries: self.max_entries,
            elsewhere: self.resident.load(Relaxed).saturating_sub(state.shard.len()),
            share: self.share,
        };
        let (hash, life, tags) = (hash.engine(), entry::life(ttl, now), options.tags);
        state.shard.set(Write { hash, key, value, life, tags, now, room, notice }, outcome)
    }
}
