//! The fetchers running for one shard, and the places where other threads wait for them.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::waits::Wait;
use crate::key::Lookup;
use crate::options::EntryOptions;
use crate::sync::thread::{self, ThreadId};
use crate::sync::{Condvar, Mutex};

/// Running loads; few at a time, so a list is searched fastest.
#[derive(Debug)]
pub(super) struct Loads<K, V> {
    running: Vec<Load<K, V>>,
    next: u64,
}

/// One running fetcher. Leaving the list means: its value is not stored (it is *fenced*).
#[derive(Debug)]
pub(super) struct Load<K, V> {
    id: u64,
    hash: u32,
    pub(super) key: K,
    pub(super) landing: Arc<Landing<V>>,
    pub(super) options: EntryOptions,
}

impl<K, V> Loads<K, V> {
    pub(super) const fn new() -> Self {
        Loads { running: Vec::new(), next: 0 }
    }

    pub(super) fn find<Q: Lookup<K> + ?Sized>(&self, hash: u32, key: &Q) -> Option<&Load<K, V>> {
        self.running.iter().find(|load| load.hash == hash && key.matches(&load.key))
    }

    /// Begins a load led by this thread.
    pub(super) fn begin(&mut self, hash: u32, key: K, options: EntryOptions) -> Ticket<V> {
        let (id, landing) = (self.next, Arc::new(Landing::new()));
        self.next += 1;
        self.running.push(Load { id, hash, key, landing: landing.clone(), options });
        (id, landing)
    }

    /// Ends a load; nothing when it was fenced.
    pub(super) fn end(&mut self, id: u64) -> Option<Load<K, V>> {
        let at = self.running.iter().position(|load| load.id == id)?;
        Some(self.running.swap_remove(at))
    }

    /// The key was written or deleted: what loads now is older.
    pub(super) fn fence<Q: Lookup<K> + ?Sized>(&mut self, hash: u32, key: &Q) {
        if !self.running.is_empty() {
            self.running.retain(|load| load.hash != hash || !key.matches(&load.key));
        }
    }

    pub(super) fn fence_if(&mut self, mut fenced: impl FnMut(&K) -> bool) {
        self.running.retain(|load| !fenced(&load.key));
    }

    pub(super) fn fence_tag(&mut self, tag: &str) {
        self.running.retain(|load| !load.options.tags.iter().any(|own| **own == *tag));
    }

    pub(super) fn fence_all(&mut self) {
        self.running.clear();
    }
}

/// What a leader holds: the number of its load, and where its followers wait.
pub(super) type Ticket<V> = (u64, Arc<Landing<V>>);

/// Where followers wait for a leader.
#[derive(Debug)]
pub(super) struct Landing<V> {
    leader: ThreadId,
    outcome: Mutex<Landed<V>>,
    landed: Condvar,
}

/// The wait would never end.
#[derive(Debug)]
pub(super) struct Endless;

/// What a follower finds.
#[derive(Debug)]
pub(super) enum Landed<V> {
    Flying,
    /// The leader's value, stored or not.
    Value(Arc<V>),
    /// The leader failed: the waiters lead in turn.
    Failed,
}

impl<V> Landing<V> {
    fn new() -> Self {
        Landing {
            leader: thread::current().id(),
            outcome: Mutex::new(Landed::Flying),
            landed: Condvar::default(),
        }
    }

    /// Waits for the leader: its value, or nothing when it failed.
    ///
    /// # Errors
    /// When waiting would never end, because the leader is this thread or waits for it.
    pub(super) fn wait(&self) -> Result<Option<Arc<V>>, Endless> {
        let _wait = Wait::on(self.leader).ok_or(Endless)?;
        let outcome = self.outcome.lock();
        match &*self.landed.wait_while(outcome, |outcome| matches!(outcome, Landed::Flying)) {
            Landed::Value(value) => Ok(Some(value.clone())),
            Landed::Flying | Landed::Failed => Ok(None),
        }
    }

    /// Ends the waiting; the first outcome stands.
    pub(super) fn land(&self, outcome: Landed<V>) {
        let mut landed = self.outcome.lock();
        if matches!(*landed, Landed::Flying) {
            *landed = outcome;
            self.landed.notify_all();
        }
    }
}
