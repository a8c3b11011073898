//! What all clones of a cache of responses share.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use cachefn_core::{BoxFuture, Cache, Clock, MemoryCache, Runtime};

use super::epochs::Epochs;
use super::kept::Kept;
use super::settings::Settings;
use super::stored::Stored;
use super::vary::Selecting;

pub(super) struct Inner {
    pub(super) store: Cache<String, Kept>,
    /// Those who fetch, and those who wait for them; it keeps nothing.
    pub(super) flights: Cache<String, Flown>,
    /// Flights whose responses were not for sharing: for a while nobody waits for the like.
    pub(super) unshared: MemoryCache<String, ()>,
    pub(super) refreshing: Arc<Refreshing>,
    pub(super) epochs: Epochs,
    pub(super) clock: SharedClock,
    pub(super) runtime: Option<SharedRuntime>,
    pub(super) settings: Settings,
    /// Drawn for each cache, so that no two processes name a place alike.
    pub(super) own: u64,
    pub(super) places: AtomicU64,
}

/// What a flight has for those who waited.
#[derive(Debug, Clone)]
pub(super) enum Flown {
    /// A response that is kept, and what chose it.
    Kept(Arc<Stored>, Arc<[Selecting]>),
    /// The service failed: whoever found something that may be used instead uses that.
    Older,
    /// Somebody elsewhere removed it before it was kept: those who waited may have begun after that.
    Removed,
    /// Nothing that may be shared: each asks for itself.
    Alone,
}

impl Inner {
    pub(super) fn now(&self) -> u64 {
        self.clock.wall_ms()
    }

    /// How many messages of other processes there were.
    pub(super) fn heard(&self) -> u64 {
        self.store.stats().bus_messages
    }

    /// A name for a response that no other one has.
    pub(super) fn new_place(&self) -> Box<str> {
        format!("{:016x}{:x}", self.own, self.places.fetch_add(1, Relaxed)).into()
    }
}

/// The responses that somebody asks about in the background.
#[derive(Debug, Default)]
pub(super) struct Refreshing(Mutex<HashSet<String>>);

impl Refreshing {
    /// The duty to ask, unless somebody has it already.
    pub(super) fn begin(self: &Arc<Self>, key: &str) -> Option<Duty> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key.to_string()).then(|| Duty { of: self.clone(), key: key.to_string() })
    }
}

/// Ends when it is dropped.
#[derive(Debug)]
pub(super) struct Duty {
    of: Arc<Refreshing>,
    key: String,
}

impl Drop for Duty {
    fn drop(&mut self) {
        self.of.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// One clock for the cache and for the headers.
#[derive(Clone)]
pub(super) struct SharedClock(pub(super) Arc<dyn Clock + Send + Sync>);

impl Clock for SharedClock {
    fn mono_ms(&self) -> u64 {
        self.0.mono_ms()
    }
    fn wall_ms(&self) -> u64 {
        self.0.wall_ms()
    }
}

#[derive(Clone)]
pub(super) struct SharedRuntime(pub(super) Arc<dyn Runtime>);

impl Runtime for SharedRuntime {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task);
    }
    fn spawn_named(&self, kind: &'static str, task: BoxFuture<'static, ()>) {
        self.0.spawn_named(kind, task);
    }
    fn sleep(&self, duration: std::time::Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}
