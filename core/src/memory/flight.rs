//! The duty of the one caller that makes a value: to store it, and to let the others go on.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hash;
use core::mem;
use core::ops::Deref;
use core::time::Duration;

use super::context::FetchContext;
use super::landing::{Landed, Landing};
use super::loads::{Fenced, Ticket};
use super::sharded::MemoryCache;
use super::writing::Entry;
use crate::cause::Cause;
use crate::engine::Staleness;
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::hash::KeyHash;
use crate::options::EntryOptions;

/// A result, or the duty to make the value.
#[derive(Debug)]
pub enum Enter<'c, K: Hash + Eq + Clone, V: Clone, R> {
    /// What the cache had, or another brought.
    Done(R),
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
    pub(super) cache: C,
    pub(super) hash: KeyHash,
    /// A copy of the key when somebody listens or weighs.
    pub(super) copy: Option<K>,
    pub(super) context: FetchContext<V>,
    /// How long the fetcher may take to fail if the previous value is to be returned then.
    pub(super) bridges_for: u64,
    /// The previous value came from elsewhere, so that memory need not know it.
    pub(super) brought: bool,
    began: u64,
    /// None for a fetcher that runs beside its own flight, uncached.
    pub(super) ticket: Option<Ticket<V>>,
    /// Nothing has failed if this is dropped: somebody stopped waiting.
    pub(super) quiet: bool,
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
        let Takeoff { hash, copy, ticket, previous, began } = takeoff;
        let left = |stale: Staleness| stale.bridges_for.saturating_sub(stale.since);
        let previous = previous.map(|(value, stale)| (Some(value), left(stale)));
        let (previous, bridges_for) = previous.unwrap_or((None, 0));
        let context = FetchContext::new(previous);
        let (brought, quiet) = (false, false);
        Flight { cache, hash, copy, context, bridges_for, brought, began, ticket, quiet }
    }

    /// What the fetcher may say of the value.
    pub fn context(&mut self) -> &mut FetchContext<V> {
        &mut self.context
    }

    /// Stores a success, unless it is fenced, and hands the result back; a failure is answered with
    /// the previous value if that may still be used, or else left for those who wait.
    pub fn finish<R: Fetched<V>>(self, result: R, failing: OnFailure<R>) -> R {
        self.end(result, true, failing).0
    }

    /// [`finish`](Self::finish) that stores `in_memory` or not at all, and says what became of it.
    pub(crate) fn end<R: Fetched<V>>(
        mut self,
        result: R,
        in_memory: bool,
        failing: OnFailure<R>,
    ) -> (R, Ended) {
        self.quiet = false;
        match result.success() {
            Some(value) => {
                let ended = self.succeed(value, in_memory, Origin::Fetcher);
                (result, ended)
            }
            None => match self.bridge() {
                Some(previous) => (R::hit(previous), Ended::NotStored),
                None if failing.is_shared() => {
                    self.fail_for_all(|| failing.leave(&result));
                    (result, Ended::NotStored)
                }
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
        if let Some((id, landing)) = self.ticket.take() {
            landing.nothing(known);
            self.vacate(id, &landing);
        }
    }

    /// Another tier had this stale value, with these tags, for those who can use it; `serves` says
    /// whether those who wait can.
    pub(crate) fn bring(
        &mut self,
        previous: V,
        bridges_for: u64,
        serves: bool,
        tags: Vec<Box<str>>,
    ) {
        let Some((id, landing)) = &self.ticket else { return };
        let shard = self.cache.shard_of(self.hash);
        let valid = self.cache.change(shard, |state, _| state.loads.carry(*id, tags));
        if !valid.unwrap_or(false) {
            return;
        }
        if serves {
            landing.serve(previous.clone());
        }
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
        let took = self.took();
        // Until here `drop` reports a panic: of `clone`, of the weigher, or of the clock.
        let Some((id, landing)) = self.ticket.take() else { return Ended::NotStored };
        let _released = Released(&landing);
        let ended = self.land(id, (stored, weight), took, origin);
        // The shard's list has let go of the landing: who holds it besides us waits for it.
        if !matches!(ended, Err(Fenced::Late)) && Arc::strong_count(&landing) > 1 {
            landing.land(Landed::Value(Arc::new(value.clone())));
        }
        ended.ok().filter(|_| wanted).map_or(Ended::NotStored, Ended::Valid)
    }

    /// Stores what may be stored; the terms.
    ///
    /// # Errors
    /// How the load was fenced.
    fn land(
        &mut self,
        id: u64,
        (mut value, weight): (Option<V>, u64),
        took: Duration,
        origin: Origin,
    ) -> Result<EntryOptions, Fenced> {
        let (cache, hash) = (&*self.cache, self.hash);
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
            let ended = state.loads.end(id, &context.tags);
            stats.fenced += u64::from(ended.is_err());
            let mut load = ended?;
            let (made, options) = match origin {
                Origin::Fetcher => (!context.skips, context.apply(mem::take(&mut load.options))),
                Origin::Elsewhere(terms) => (false, terms),
            };
            let Some(value) = value.take() else {
                // Where memory is not meant, what it has under the key is older.
                let found = state.shard.find(hash.engine(), &load.key).filter(|_| made);
                if let Some(slot) = found {
                    state.shard.remove(slot, cache.now_for(&state.shard), Cause::Deleted, outcome);
                }
                state.loads.let_go(load);
                return Ok(options);
            };
            let entry =
                Entry { key: load.key, value, options: &options, weight, notice: notice.take() };
            // Not stored for want of memory, or too heavy, which an event told: the caller has its
            // value all the same, and the next one loads again.
            let _ = cache.write(state, hash, entry, outcome);
            Ok(options)
        });
        // From code under a lock nothing is stored.
        landed.unwrap_or(Err(Fenced::Then))
    }

    pub(super) fn took(&self) -> Duration {
        Duration::from_millis(self.cache.clock.mono_ms().saturating_sub(self.began))
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
pub(super) struct Released<'a, V>(pub(super) &'a Landing<V>);

impl<V> Drop for Released<'_, V> {
    fn drop(&mut self) {
        self.0.land(Landed::Again);
    }
}
