//! The other caches that share what this one has: how they are told, and what they were not told yet.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::landings::Landings;
use crate::bus::{Bus, Hearing, Invalidation, Message};
use crate::entry::NEVER;
use crate::readiness::Readiness;
use crate::stats::Stats;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU64, Ordering::*};

/// More messages than this are not kept for later; one for everything takes their place.
const MOST_UNSENT: usize = 64;

/// More keys than this are told in several messages.
const KEYS_PER_MESSAGE: usize = 1_000;

/// How keys become texts, and texts keys where that is easy.
pub(super) struct KeyTexts<K> {
    pub(super) write: fn(&K, &mut String),
    pub(super) read: fn(&str) -> Option<K>,
}

/// One cache among those that share a bus.
pub(super) struct Peers<K> {
    pub(super) bus: Arc<dyn Bus>,
    pub(super) namespace: Box<str>,
    pub(super) origin: u128,
    pub(super) texts: KeyTexts<K>,
    /// For how many milliseconds memory is trusted while messages may be missed.
    stale_while_lost: u64,
    /// Until then, if messages may be missed now.
    trusted_until: AtomicU64,
    /// The same for those who wait until none are.
    pub(super) readiness: Readiness,
    /// How often more than single keys were invalidated, by this cache or by another.
    upheavals: AtomicU64,
    pub(super) landings: Landings,
    unsent: Mutex<Vec<Message>>,
    heard: AtomicU64,
    failures: AtomicU64,
    /// None when the cache is closed.
    hearing: Mutex<Option<Hearing>>,
}

impl<K> Peers<K> {
    pub(super) fn new(
        bus: Arc<dyn Bus>,
        namespace: Box<str>,
        origin: u128,
        texts: KeyTexts<K>,
        stale_while_lost: u64,
    ) -> Self {
        Peers {
            bus,
            namespace,
            origin,
            texts,
            stale_while_lost,
            trusted_until: AtomicU64::new(NEVER),
            readiness: Readiness::new(),
            upheavals: AtomicU64::new(0),
            landings: Landings::default(),
            unsent: Mutex::new(Vec::new()),
            heard: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            hearing: Mutex::new(None),
        }
    }

    pub(super) fn hears_by(&self, hearing: Option<Hearing>) {
        let before = core::mem::replace(&mut *self.hearing.lock(), hearing);
        drop(before); // the bus's own code runs unlocked
    }

    /// Whose tags these are, too: the name up to a `/`.
    pub(super) fn scope(&self) -> &str {
        scope(&self.namespace)
    }

    pub(super) fn text(&self, key: &K) -> String {
        let mut text = String::new();
        (self.texts.write)(key, &mut text);
        text
    }

    /// What says that these are not valid any more.
    pub(super) fn of_keys<'k>(&self, keys: impl IntoIterator<Item = &'k K>) -> Vec<Invalidation>
    where
        K: 'k,
    {
        let texts: Vec<String> = keys.into_iter().map(|key| self.text(key)).collect();
        let messages = texts.chunks(KEYS_PER_MESSAGE);
        messages.map(|texts| Invalidation::Keys(texts.to_vec())).collect()
    }

    /// The messages that wait, and these after them, to be sent by whoever asks.
    pub(super) fn take(&self, invalidations: Vec<Invalidation>) -> Vec<Message> {
        let mut messages = core::mem::take(&mut *self.unsent.lock());
        messages.extend(invalidations.into_iter().map(|what| self.message(what)));
        messages
    }

    pub(super) fn has_unsent(&self) -> bool {
        !self.unsent.lock().is_empty()
    }

    /// Keeps messages for later.
    pub(super) fn put_back(&self, messages: Vec<Message>) {
        let mut unsent = self.unsent.lock();
        unsent.extend(messages);
        if unsent.len() > MOST_UNSENT {
            let all = Message::new(self.scope(), self.origin, Invalidation::Everything);
            *unsent = alloc::vec![all];
        }
    }

    fn message(&self, what: Invalidation) -> Message {
        Message::new(&*self.namespace, self.origin, what)
    }

    /// How often more than single keys were invalidated.
    pub(super) fn upheavals(&self) -> u64 {
        self.upheavals.load(SeqCst)
    }

    pub(super) fn count_upheaval(&self) {
        self.upheavals.fetch_add(1, SeqCst);
    }

    pub(super) fn count_heard(&self) {
        self.heard.fetch_add(1, Relaxed);
    }

    pub(super) fn count_failure(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    pub(super) fn add_to(&self, stats: &mut Stats) {
        stats.bus_messages = self.heard.load(Relaxed);
        stats.bus_failures = self.failures.load(Relaxed);
    }

    pub(super) fn reset_counts(&self) {
        self.heard.store(0, Relaxed);
        self.failures.store(0, Relaxed);
    }

    /// Whether messages may be missed now.
    #[inline]
    pub(super) fn is_lost(&self) -> bool {
        self.trusted_until.load(Acquire) != NEVER
    }

    /// The time after which memory is not trusted any more.
    pub(super) fn trusted_until(&self) -> u64 {
        self.trusted_until.load(Acquire)
    }

    /// From `now` on messages may be missed.
    pub(super) fn lose(&self, now: u64) {
        self.readiness.lose();
        self.trust_from(NEVER, now);
    }

    /// Memory was emptied at `now`, for the time until `before` was over.
    pub(super) fn trust_from(&self, before: u64, now: u64) {
        let until = now.saturating_add(self.stale_while_lost);
        // Somebody else's is as good, and the end of the loss is better.
        let _ = self.trusted_until.compare_exchange(before, until, AcqRel, Acquire);
    }

    /// Memory was emptied, and no messages are missed any more.
    pub(super) fn restore(&self) {
        self.trusted_until.store(NEVER, Release);
        self.readiness.restore();
    }
}

pub(super) fn scope(namespace: &str) -> &str {
    namespace.split('/').next().unwrap_or(namespace)
}
