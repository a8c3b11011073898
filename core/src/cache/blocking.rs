//! The asynchronous cache for threads, which cannot let go while they wait: whatever their executor
//! would have to do first, they do not wait for.

use core::pin::pin;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Load, address};
use super::face::Cache;
use super::inner::{Hold, Inner};
use super::least::Least;
use super::polls::{is_polled, polling};
use super::timing::{Patience, at_once};
use super::tracer::{LoadEnd, LoadRole};
use crate::error::{Error, ErrorKind};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::memory::{Endless, Leader, Turn};
use crate::options::{EntryOptions, Tier};

impl<K: CacheKey, V: CacheValue> Cache<K, V> {
    /// # Errors
    /// Of kind `config` when its storage may let its callers wait.
    pub(crate) fn serves_threads(&self) -> Result<(), Error> {
        match &self.inner.tier {
            Some(storage) if !storage.is_immediate() => {
                let detail = alloc::format!(
                    "the storage of the cache {} lets its callers wait, which a synchronous function \
                     cannot; make the function async, or give the cache a storage that answers at once",
                    self.inner.name
                );
                Err(Error::new(ErrorKind::Config, "build", detail))
            }
            _ => Ok(()),
        }
    }

    /// # Panics
    /// When it does not.
    fn must_serve_threads(&self) {
        self.serves_threads().unwrap_or_else(|error| panic!("{error}"));
    }

    /// As [`found`](Self::found) and then [`Hold::enter`], for a thread. It waits for other threads, but not for
    /// tasks, which may need this very thread to go on: beside a task that makes the value it makes its own.
    #[inline]
    pub(crate) fn enter_blocking<Q, R>(
        &self,
        key: &Q,
        tier: Tier,
        options: impl FnOnce() -> EntryOptions,
        failing: OnFailure<R>,
    ) -> Entered<'_, K, V, R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        if let Some(value) = self.found(key, tier) {
            return Entered::Done(R::hit(value));
        }
        self.must_serve_threads();
        self.hold().enter_blocking(key, options().tier(tier), failing)
    }

    /// Who waits for the load of a key.
    pub(crate) fn followers<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> usize {
        self.inner.memory.followers(key)
    }

    /// As [`refresh`](Self::refresh), for a thread.
    pub(crate) fn refresh_blocking<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        options: EntryOptions,
    ) -> Load<'_, K, V> {
        self.must_serve_threads();
        let span = self.inner.trace("refresh", LoadRole::Leader, key);
        let begun = pin!(self.hold().overtaking(key, options, Leader::Thread));
        match at_once(span.around(begun)) {
            Some(mut load) => {
                load.span = span;
                load
            }
            None => self.hold().beside(key),
        }
    }
}

impl<'c, K: CacheKey, V: CacheValue> Hold<'c, K, V> {
    fn enter_blocking<Q, R>(
        self,
        key: &Q,
        mut options: EntryOptions,
        failing: OnFailure<R>,
    ) -> Entered<'c, K, V, R>
    where
        Q: Lookup<K> + ?Sized,
        R: Fetched<V>,
    {
        let tier = Inner::<K, V>::tier_of(&options);
        let tags = options.tags.clone();
        let mut waited = None;
        loop {
            match self.turn(key, &mut options, Leader::Thread, waited.take()) {
                Turn::Found(value) => return Entered::Done(R::hit(value)),
                Turn::Lead(takeoff) => {
                    let mut load = self.clone().begin(takeoff, tier);
                    load.span = self.inner().trace("fetch", LoadRole::Leader, key);
                    let looked = at_once(load.look(key.to_key(), &tags, tier, Least::ANY));
                    return looked.unwrap_or_else(|| Entered::Lead(self.beside(key)));
                }
                Turn::Wait(waiter) if is_polled(address(waiter.landing())) => {
                    return Entered::Lead(self.within_itself(key));
                }
                Turn::Wait(waiter) => {
                    let span = self.inner().trace("fetch", LoadRole::Follower, key);
                    match waiter.wait(self.inner().load_timeout) {
                        Ok(landed) => {
                            span.ends(LoadEnd::of_follower(&landed));
                            if let Some(result) = landed.result(failing) {
                                return Entered::Done(result);
                            }
                        }
                        Err(Endless::Circle) => return Entered::Lead(self.within_itself(key)),
                        Err(Endless::Task) => return Entered::Lead(self.beside(key)),
                        Err(Endless::TimedOut) => {
                            span.ends(LoadEnd::Failed);
                            self.abandon(key, waiter.landing());
                        }
                    }
                    waited = Some(waiter);
                }
            }
        }
    }

    /// The duty to make a value that is not stored.
    fn beside<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Load<'c, K, V> {
        let takeoff = self.apart(key);
        let mut load = self.clone().begin(takeoff, Tier::Memory);
        load.span = self.inner().trace("fetch", LoadRole::Leader, key);
        load
    }
}

impl<K: CacheKey, V: CacheValue> Load<'_, K, V> {
    /// As [`run`](Self::run), for a thread.
    pub(crate) fn run_blocking<R>(&self, fetcher: impl FnOnce() -> R) -> R {
        match self.flight.landing().map(address) {
            Some(landing) => polling(landing, &self.span, fetcher),
            None => self.span.within(fetcher),
        }
    }

    /// As [`finish`](Self::finish), for a thread. When another changes the key in the storage at the
    /// moment, then this value stays in memory: what is written there is newer.
    pub(crate) fn finish_blocking<R: Fetched<V>>(self, result: R, failing: OnFailure<R>) -> R {
        let finished = at_once(self.finish_with(Patience::AtOnce, result, failing));
        finished.unwrap_or_else(|| unreachable!("who has no patience waits for nothing"))
    }
}
