//! Telling the other caches of a change, after the storage has accepted it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::bounds::{CacheKey, CacheValue};
#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
use super::face::Cache;
use super::inner::Inner;
use super::peers::Peers;
use crate::bus::{Invalidation, Message};
use crate::cause::Cause;
use crate::error::{Error, ErrorKind};
use crate::options::Tier;

/// What is to be told when a change is through. Dropped before it is known what became of the change, it
/// is told later: the storage may have accepted it.
#[must_use]
pub(super) struct Telling<'c, K: CacheKey, V: CacheValue> {
    inner: &'c Inner<K, V>,
    peers: Option<&'c Peers<K>>,
    what: Vec<Invalidation>,
}

#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// Tells the others that nothing of this name is valid any more, nor of what is below it.
    pub(crate) async fn tell_cleared(&self, name: &str) {
        let Some(peers) = &self.inner.peers else { return };
        peers.put_back(alloc::vec![Message::new(name, peers.origin, Invalidation::Everything)]);
        self.inner.send(peers, Vec::new()).await;
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// A change is about to begin in the last of the tiers that are meant.
    pub(super) fn telling(
        &self,
        tier: Tier,
        what: impl FnOnce(&Peers<K>) -> Vec<Invalidation>,
    ) -> Telling<'_, K, V> {
        // What only memory has, beside a storage, is nobody else's.
        let concerns = tier != Tier::Memory || self.tier.is_none();
        let peers = self.peers.as_deref().filter(|_| concerns && self.is_open());
        Telling { inner: self, peers, what: peers.map_or_else(Vec::new, what) }
    }

    /// [`telling`](Self::telling) of one key.
    pub(super) fn telling_of(&self, tier: Tier, key: &K) -> Telling<'_, K, V> {
        self.telling(tier, |peers| peers.of_keys([key]))
    }

    /// A moment before a change begins.
    pub(super) fn before(&self) -> Before {
        Before(self.peers.as_ref().map_or(0, |peers| peers.upheavals()))
    }

    /// More than single keys are not valid any more.
    pub(super) fn count_upheaval(&self) {
        self.peers.iter().for_each(|peers| peers.count_upheaval());
    }

    /// A key was written since. If more than single keys were invalidated meanwhile, by any cache, the
    /// record may be dead, and memory may not keep a value that the others do not find.
    pub(super) fn yield_to_others(&self, key: &K, before: Before) {
        if self.peers.as_ref().is_some_and(|peers| peers.upheavals() != before.0) {
            self.memory.forget(key);
        }
    }

    /// The storage has no record of what was written: others cannot find it, so memory may not either.
    pub(super) fn keep_no_secret(&self, key: &K) {
        if self.peers.is_some() {
            self.memory.forget(key);
        }
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// Of kind `unavailable` when the others could not be told.
    pub(super) async fn tell_unsent(&self, operation: &'static str) -> Result<(), Error> {
        let Some(peers) = &self.peers else { return Ok(()) };
        self.send(peers, Vec::new()).await;
        if peers.has_unsent() {
            let detail =
                "the other caches could not be told what is not valid any more; flush again";
            return Err(Error::unavailable(operation, detail));
        }
        Ok(())
    }

    /// Sends what waits beside its callers, where something can.
    pub(super) fn tell_later(&self) {
        let Some(runtime) = self.runtime.as_ref().filter(|_| self.peers.is_some()) else { return };
        let cache = self.this.clone();
        runtime.spawn_named(
            "message",
            Box::pin(async move {
                if let Some(inner) = cache.upgrade() {
                    // What could not be sent is counted, and waits on.
                    let _ = inner.tell_unsent("publish").await;
                }
            }),
        );
    }

    /// Sends these, and what waits. What cannot be sent waits on.
    async fn send(&self, peers: &Peers<K>, what: Vec<Invalidation>) {
        let messages = peers.take(what);
        let mut sending = Sending { inner: self, peers, messages, is_given_up: true };
        while let Some(message) = sending.messages.first() {
            if peers.bus.publish(message).await.is_err() {
                sending.is_given_up = false;
                peers.count_failure();
                self.memory.tell_failure(Cause::BusFailed);
                return;
            }
            sending.messages.remove(0);
        }
    }
}

impl<K: CacheKey, V: CacheValue> Telling<'_, K, V> {
    /// Tells, unless the storage did not accept the change; what it said, whether the others could be
    /// told or not.
    pub(super) async fn after<T>(mut self, done: Result<T, Error>) -> Result<T, Error> {
        // Whatever else went wrong, something was changed, or may have been.
        if matches!(&done, Err(error) if error.kind() == ErrorKind::Unavailable) {
            self.what.clear();
        }
        self.after_some(done).await
    }

    /// [`after`](Self::after) a change of which the storage may have accepted a part, whatever it said.
    pub(super) async fn after_some<T>(mut self, done: Result<T, Error>) -> Result<T, Error> {
        let what = core::mem::take(&mut self.what);
        if let Some(peers) = self.peers.filter(|_| !what.is_empty()) {
            self.inner.send(peers, what).await;
        }
        done
    }

    /// Nothing was changed.
    pub(super) fn nothing(mut self) {
        self.what.clear();
    }
}

impl<K: CacheKey, V: CacheValue> Drop for Telling<'_, K, V> {
    fn drop(&mut self) {
        let what = core::mem::take(&mut self.what);
        if let Some(peers) = self.peers.filter(|_| !what.is_empty()) {
            peers.put_back(peers.take(what));
            self.inner.tell_later();
        }
    }
}

/// Messages on their way. Those that are left when it is dropped wait for the next time.
struct Sending<'c, K: CacheKey, V: CacheValue> {
    inner: &'c Inner<K, V>,
    peers: &'c Peers<K>,
    messages: Vec<Message>,
    /// Whoever sent them does not wait any more.
    is_given_up: bool,
}

impl<K: CacheKey, V: CacheValue> Drop for Sending<'_, K, V> {
    fn drop(&mut self) {
        let messages = core::mem::take(&mut self.messages);
        if !messages.is_empty() {
            self.peers.put_back(messages);
            if self.is_given_up {
                self.inner.tell_later();
            }
        }
    }
}

/// How often more than single keys had been invalidated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before(u64);
