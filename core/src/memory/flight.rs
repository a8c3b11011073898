//! The duty of the one caller that makes a value: to store it, and to let the others go on.

use alloc::sync::Arc;
use core::fmt;
use core::hash::Hash;
use core::mem;
use core::ops::Deref;
use core::time::Duration;

use super::context::FetchContext;
use super::landing::{Landed, Landing};
use super::loads::Ticket;
use super::sharded::MemoryCache;
use super::writing::Entry;
use crate::cause::Cause;
use crate::engine::Staleness;
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::fetched::Fetched;
use crate::hash::KeyHash;
use crate::options::EntryOptions;

/// A value, or the duty to make it.
#[derive(Debug)]
pub enum Enter<'c, K: Hash + Eq + Clone, V: Clone> {
    /// The value.
    Hit(V),
    /// This caller runs the fetcher and reports to the flight.
    Lead(Flight<K, V, &'c MemoryCache<K, V>>),
}

/// The duty to make one value, for a cache that `C` leads to. Dropped without a result (the fetcher
/// panicked), it lets a waiter lead.
pub struct Flight<K, V, C>
where
    K: Hash + Eq + Clone,
    V: Clone,
    C: Deref<Target = MemoryCache<K, V>>,
{
    cache: C,
    hash: KeyHash,
    /// A copy of the key when somebody listens or weighs.
    copy: Option<K>,
    context: FetchContext<V>,
    /// The previous value may be returned meanwhile.
    serves: bool,
    /// How long the fetcher may take to fail if the previous value is to be returned then.
    bridges_for: u64,
    /// The previous value came from elsewhere, so that memory need not know it.
    brought: bool,
    began: u64,
    /// None for a fetcher that runs beside its own flight, uncached.
    ticket: Option<Ticket<V>>,
    /// Nothing has failed if this is dropped: somebody stopped waiting.
    quiet: bool,
}

/// How a flight begins.
pub(crate) struct Takeoff<K, V> {
    pub(super) hash: KeyHash,
    pub(super) copy: Option<K>,
    pub(super) ticket: Option<Ticket<V>>,
    pub(super) previous: Option<(V, Staleness)>,
    pub(super) began: u64,
}

impl<K, V> Takeoff<K, V> {
    /// Where others wait for this flight; nowhere when it runs uncached.
    pub(crate) fn landing(&self) -> Option<&Arc<Landing<V>>> {
        self.ticket.as_ref().map(|(_, landing)| landing)
    }

    /// The stale value that may be returned meanwhile.
    pub(crate) fn serves(&self) -> Option<&V> {
        let serves = |stale: &Staleness| stale.since < stale.revalidates_for;
        self.previous.as_ref().filter(|(_, stale)| serves(stale)).map(|(value, _)| value)
    }
}

/// What became of a result.
pub(crate) enum Ended {
    /// It is true, and may be kept elsewhere too, on these terms.
    Valid(EntryOptions),
    /// It is overtaken, not wanted, or none.
    NotStored,
}

/// Where a value came from.
enum Origin {
    Fetcher,
    /// Another tier, where it had these terms.
    Elsewhere(EntryOptions),
}

impl<K, V, C> Flight<K, V, C>
where
    K: Hash + Eq + Clone,
    V: Clone,
    C: Deref<Target = MemoryCache<K, V>>,
{
    pub(crate) fn new(cache: C, takeoff: Takeoff<K, V>) -> Self {
        let serves = takeoff.serves().is_some();
        let Takeoff { hash, copy, ticket, previous, began } = takeoff;
        let left = |stale: Staleness| stale.bridges_for.saturating_sub(stale.since);
        let previous = previous.map(|(value, stale)| (Some(value), left(stale)));
        let (previous, bridges_for) = previous.unwrap_or((None, 0));
        let context = FetchContext::new(previous);
        let (brought, quiet) = (false, false);
        Flight { cache, hash, copy, context, serves, bridges_for, brought, began, ticket, quiet }
    }

    /// What the fetcher may say of the value.
    pub fn context(&mut self) -> &mut FetchContext<V> {
        &mut self.context
    }

    /// Stores a success, unless it is fenced, and hands the result back; a failure is answered with
    /// the previous value if that may still be used.
    pub fn finish<R: Fetched<V>>(self, result: R) -> R {
        self.end(result, true).0
    }

    /// [`finish`](Self::finish) that stores `in_memory` or not at all, and says what became of it.
    pub(crate) fn end<R: Fetched<V>>(mut self, result: R, in_memory: bool) -> (R, Ended) {
        self.quiet = false;
        match result.success() {
            Some(value) => {
                let ended = self.succeed(value, in_memory, Origin::Fetcher);
                (result, ended)
            }
            None => match self.bridge() {
                Some(previous) => (R::hit(previous), Ended::NotStored),
                // A failure takes the way of a panic: `drop` reports it.
                None => (result, Ended::NotStored),
            },
        }
    }

    /// Stores what another tier had, on its terms, unless it is fenced.
    pub(crate) fn promote(mut self, value: &V, terms: EntryOptions, in_memory: bool) {
        self.succeed(value, in_memory, Origin::Elsewhere(terms));
    }

    /// There is nothing, as far as is known, and nobody makes it.
    pub(crate) fn nothing(mut self, known: Result<(), Error>) {
        let Some((id, landing)) = self.ticket.take() else { return };
        self.let_go(id);
        landing.land(Landed::Nothing(known));
    }

    /// The stale value that may be returned meanwhile.
    pub(crate) fn serves(&self) -> Option<&V> {
        self.context.previous.as_ref().filter(|_| self.serves)
    }

    /// Another tier had this stale value.
    pub(crate) fn bring(&mut self, previous: V, bridges_for: u64) {
        self.context.previous = Some(previous);
        (self.bridges_for, self.brought) = (bridges_for, true);
    }

    /// From now on a drop means only that nobody waits any more.
    pub(crate) fn may_be_cancelled(&mut self) {
        self.quiet = true;
    }

    /// Where others wait for this flight; nowhere when it runs uncached.
    pub(crate) fn landing(&self) -> Option<&Arc<Landing<V>>> {
        self.ticket.as_ref().map(|(_, landing)| landing)
    }

    pub(crate) fn cache(&self) -> &C {
        &self.cache
    }

    fn succeed(&mut self, value: &V, in_memory: bool, origin: Origin) -> Ended {
        if self.ticket.is_none() {
            return Ended::NotStored;
        }
        let wanted = !self.context.skips;
        let stored = (wanted && in_memory).then(|| value.clone());
        let (settings, copy) = (&self.cache.settings, &self.copy);
        let weight = match (&settings.weigher, copy, &stored) {
            (Some(weigher), Some(key), Some(value)) => weigher(key, value),
            _ => 0,
        };
        // Until here `drop` reports a panic: of `clone`, or of the weigher.
        let Some((id, landing)) = self.ticket.take() else { return Ended::NotStored };
        let _released = Released(&landing);
        let ended = self.land(id, stored, weight, origin);
        // The shard's list has let go of the landing: who holds it besides us waits for it.
        if Arc::strong_count(&landing) > 1 {
            landing.land(Landed::Value(Arc::new(value.clone())));
        }
        ended.filter(|_| wanted).map_or(Ended::NotStored, Ended::Valid)
    }

    /// Stores what may be stored; the terms, unless the load is fenced.
    fn land(
        &mut self,
        id: u64,
        mut value: Option<V>,
        weight: u64,
        origin: Origin,
    ) -> Option<EntryOptions> {
        let (cache, hash, took) = (&*self.cache, self.hash, self.took());
        // These are taken only where they are used, so that the others are dropped outside the lock.
        let mut notice = self.copy.take().filter(|_| cache.hub.is_listening());
        let context = &mut self.context;
        if let Origin::Elsewhere(terms) = &origin {
            context.tags(terms.tags.iter().cloned());
        }
        let landed = cache.change(cache.shard_of(hash), |state, outcome| {
            let stats = &mut state.shard.stats;
            if matches!(origin, Origin::Fetcher) {
                stats.loads += 1;
                stats.load_time += took;
                if let Some(key) = notice.clone() {
                    outcome.tell(|| Event::of(EventKind::Load, key));
                }
            }
            let Some(mut load) = state.loads.end(id, &context.tags) else {
                stats.fenced += 1;
                return None;
            };
            let options = match origin {
                Origin::Fetcher => context.apply(mem::take(&mut load.options)),
                Origin::Elsewhere(terms) => terms,
            };
            let Some(value) = value.take() else {
                state.loads.let_go(load);
                return Some(options);
            };
            let entry =
                Entry { key: load.key, value, options: &options, weight, notice: notice.take() };
            // Not stored for want of memory, or too heavy, which an event told: the caller has its
            // value all the same, and the next one loads again.
            let _ = cache.write(state, hash, entry, outcome);
            Some(options)
        });
        landed.unwrap_or(None)
    }

    /// Takes the load off the list.
    fn let_go(&self, id: u64) {
        let ended = self.cache.change(self.cache.shard_of(self.hash), |state, _| {
            if let Some(load) = state.loads.end(id, &[]) {
                state.loads.let_go(load);
            }
        });
        // Whoever leads is not in code under a lock.
        let _ = ended;
    }

    /// The previous value, if it may be returned because the fetcher failed.
    fn bridge(&mut self) -> Option<V> {
        let (id, landing) = self.ticket.as_ref()?;
        let (cache, took, brought) = (&*self.cache, self.took(), self.brought);
        let in_time = (took.as_millis() as u64) < self.bridges_for;
        let mut copy = self.copy.clone().filter(|_| cache.hub.is_listening());
        let previous = self.context.previous.clone()?;
        let allowed = cache.change(cache.shard_of(self.hash), |state, outcome| {
            let Some(load) = state.loads.end(*id, &[]) else { return false };
            // An invalidation while the fetcher ran holds for the previous value first of all; of
            // the tags of that value the load may know nothing.
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
            if let Some(load) = state.loads.end(id, &[]) {
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

    fn took(&self) -> Duration {
        Duration::from_millis(self.cache.clock.mono_ms().saturating_sub(self.began))
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

impl<K, V, C> fmt::Debug for Flight<K, V, C>
where
    K: Hash + Eq + Clone,
    V: Clone,
    C: Deref<Target = MemoryCache<K, V>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flight").finish_non_exhaustive()
    }
}

/// Whatever happens to the leader, nobody waits for ever.
struct Released<'a, V>(&'a Landing<V>);

impl<V> Drop for Released<'_, V> {
    fn drop(&mut self) {
        self.0.land(Landed::Failed);
    }
}
