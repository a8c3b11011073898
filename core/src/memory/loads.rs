//! What runs for the keys of one shard: fetchers, with the place where others wait, and updates.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;

use super::landing::{Landing, Leader, Said};
use crate::key::Lookup;
use crate::options::EntryOptions;
use crate::sync::thread::{self, ThreadId};

/// Running loads and updates; few at a time, so lists are searched fastest.
#[derive(Debug)]
pub(super) struct Loads<K, V> {
    pub(super) running: Vec<Load<K, V>>,
    updates: Vec<Update<K>>,
    next: u64,
    /// Tags invalidated while loads run, with the number that the next load had then: a load may
    /// name its tags late.
    invalidated: BTreeMap<Box<str>, u64>,
    /// Keys are dropped outside the lock.
    pub(super) ended: Vec<Ended<K, V>>,
}

/// What does not run any more.
#[derive(Debug)]
pub(super) enum Ended<K, V> {
    Load(#[allow(dead_code, reason = "held to be dropped")] Load<K, V>),
    Update(#[allow(dead_code, reason = "held to be dropped")] K),
    Said(#[allow(dead_code, reason = "held to be dropped")] Said<V>),
}

/// One running fetcher. Leaving the list means: its value is not stored (it is *fenced*).
#[derive(Debug)]
pub(super) struct Load<K, V> {
    pub(super) id: u64,
    pub(super) hash: u32,
    pub(super) key: K,
    pub(super) landing: Arc<Landing<V>>,
    pub(super) options: EntryOptions,
    /// Tags of an older value that may be used meanwhile.
    pub(super) carried: Vec<Box<str>>,
}

/// How the value of a load became too old to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fenced {
    /// At once: who asked later did not join it.
    Then,
    /// Perhaps by a tag that was not known to be its own: those who wait may have come afterwards.
    Late,
}

/// One running update.
#[derive(Debug)]
struct Update<K> {
    id: u64,
    hash: u32,
    key: K,
    thread: ThreadId,
    state: Unfinished,
}

/// What happened to the key while it was being updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfinished {
    Unchanged,
    /// The update must begin anew.
    Changed,
    /// The same, and the update did it itself.
    ChangedByItself,
}

impl<K> Update<K> {
    fn fence(&mut self) {
        if self.thread == thread::current().id() {
            self.state = Unfinished::ChangedByItself;
        } else if self.state == Unfinished::Unchanged {
            self.state = Unfinished::Changed;
        }
    }
}

/// What a leader holds: the number of its load, and where its followers wait.
pub(super) type Ticket<V> = (u64, Arc<Landing<V>>);

impl<K, V> Loads<K, V> {
    pub(super) fn new() -> Self {
        let invalidated = BTreeMap::new();
        let (running, updates) = (Vec::new(), Vec::new());
        Loads { running, updates, next: 0, invalidated, ended: Vec::new() }
    }

    /// What has ended since the last look, to be dropped after the lock is released.
    #[inline]
    pub(super) fn take_ended(&mut self) -> Vec<Ended<K, V>> {
        // Nothing is written in vain: readers on other processors have these lines near.
        if self.ended.is_empty() { Vec::new() } else { mem::take(&mut self.ended) }
    }

    pub(super) fn find<Q: Lookup<K> + ?Sized>(&self, hash: u32, key: &Q) -> Option<&Load<K, V>> {
        self.running.iter().find(|load| load.hash == hash && key.matches(&load.key))
    }

    /// Begins a load.
    pub(super) fn begin(
        &mut self,
        hash: u32,
        key: K,
        options: EntryOptions,
        leader: Leader,
    ) -> Ticket<V> {
        let (id, landing) = (self.next(), Arc::new(Landing::new(leader)));
        let carried = Vec::new();
        self.running.push(Load { id, hash, key, landing: landing.clone(), options, carried });
        (id, landing)
    }

    /// Ends a load that will carry these tags too.
    ///
    /// # Errors
    /// How it was fenced.
    pub(super) fn end(&mut self, id: u64, named: &[Box<str>]) -> Result<Load<K, V>, Fenced> {
        let Some(at) = self.running.iter().position(|load| load.id == id) else {
            // Which tags were invalidated before it left the list is not known any more.
            return Err(if named.is_empty() { Fenced::Then } else { Fenced::Late });
        };
        let load = self.running.swap_remove(at);
        let fenced = named.iter().any(|tag| self.is_late(tag, id));
        self.forget_tags();
        if !fenced {
            return Ok(load);
        }
        self.let_go(load);
        Err(Fenced::Late)
    }

    /// A value with these tags may be used as long as the load runs; not if it is fenced, or if one of
    /// them was invalidated since the load began.
    pub(super) fn carry(&mut self, id: u64, tags: Vec<Box<str>>) -> bool {
        if tags.iter().any(|tag| self.is_late(tag, id)) {
            return false;
        }
        let load = self.running.iter_mut().find(|load| load.id == id);
        load.map(|load| load.carried = tags).is_some()
    }

    /// A load that brings nothing to store has ended.
    pub(super) fn let_go(&mut self, load: Load<K, V>) {
        self.ended.push(Ended::Load(load));
    }

    /// Takes a load off the list, if it is still that one: it has taken too long.
    pub(super) fn abandon(&mut self, landing: &Arc<Landing<V>>) {
        self.fence_where(|load| Arc::ptr_eq(&load.landing, landing));
        self.forget_tags();
    }

    pub(super) fn begin_update(&mut self, hash: u32, key: K) -> u64 {
        let id = self.next();
        let (thread, state) = (thread::current().id(), Unfinished::Unchanged);
        self.updates.push(Update { id, hash, key, thread, state });
        id
    }

    /// What happened to the key since the update began.
    pub(super) fn end_update(&mut self, id: u64) -> Unfinished {
        let at = self.updates.iter().position(|update| update.id == id);
        at.map_or(Unfinished::Changed, |at| {
            let Update { key, state, .. } = self.updates.swap_remove(at);
            self.ended.push(Ended::Update(key));
            state
        })
    }

    /// The key was written or deleted: what loads now is older.
    #[inline]
    pub(super) fn fence<Q: Lookup<K> + ?Sized>(&mut self, hash: u32, key: &Q) {
        if !self.running.is_empty() {
            self.fence_where(|load| load.hash == hash && key.matches(&load.key));
        }
        self.fence_updates(hash, key);
    }

    /// Whether there is nothing that a write could fence, and nothing that waits to be dropped.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty() && self.updates.is_empty() && self.ended.is_empty()
    }

    /// Whether there are loads that could be fenced.
    pub(super) fn are_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// What loads the key has become too old, though nothing of it is in memory to be changed.
    pub(super) fn fence_loads<Q: Lookup<K> + ?Sized>(&mut self, hash: u32, key: &Q) {
        self.fence_where(|load| load.hash == hash && key.matches(&load.key));
    }

    #[inline]
    pub(super) fn fence_updates<Q: Lookup<K> + ?Sized>(&mut self, hash: u32, key: &Q) {
        if !self.updates.is_empty() {
            let same = |update: &&mut Update<K>| update.hash == hash && key.matches(&update.key);
            self.updates.iter_mut().filter(same).for_each(Update::fence);
        }
    }

    pub(super) fn fence_if(&mut self, mut fenced: impl FnMut(&K) -> bool) {
        self.fence_where(|load| fenced(&load.key));
        self.updates.iter_mut().filter(|update| fenced(&update.key)).for_each(Update::fence);
    }

    /// The tag was invalidated. An update finds out by itself whether its entry carries it.
    pub(super) fn fence_tag(&mut self, tag: &str) {
        let has = |tags: &[Box<str>]| tags.iter().any(|own| **own == *tag);
        self.fence_where(|load| has(&load.options.tags) || has(&load.carried));
        if !self.running.is_empty() {
            self.invalidated.insert(tag.into(), self.next);
            self.forget_tags();
        }
    }

    pub(super) fn fence_all(&mut self) {
        self.fence_where(|_| true);
        self.updates.iter_mut().for_each(Update::fence);
        self.invalidated.clear();
    }

    pub(super) fn fence_where(&mut self, mut is_it: impl FnMut(&Load<K, V>) -> bool) {
        let mut at = 0;
        while let Some(load) = self.running.get(at) {
            if is_it(load) {
                self.ended.push(Ended::Load(self.running.swap_remove(at)));
            } else {
                at += 1;
            }
        }
    }

    /// Whether a tag was invalidated since a load began.
    fn is_late(&self, tag: &str, id: u64) -> bool {
        self.invalidated.get(tag).is_some_and(|next| *next > id)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// Forgets invalidations from before the oldest load.
    pub(super) fn forget_tags(&mut self) {
        if !self.invalidated.is_empty() {
            let oldest = self.running.iter().map(|load| load.id).min().unwrap_or(u64::MAX);
            self.invalidated.retain(|_, next| *next > oldest);
        }
    }
}
