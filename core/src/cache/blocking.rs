//! The asynchronous cache for threads, which cannot let go while they wait: whatever their executor
//! would have to do first, they do not wait for.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Least, Load, Outside, address};
use super::face::Cache;
use super::finishing::overtaken;
use super::inner::{Hold, Inner};
use super::polls::{is_polled, polling};
use crate::error::{Error, ErrorKind};
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::memory::{Ended, Endless, Leader, Turn};
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

    /// As [`enter`](Self::enter), for a thread. It waits for other threads, but not for tasks, which
    /// may need this very thread to go on: beside a task that makes the value it makes its own.
    #[inline]
    pub(crate) fn enter_blocking<Q: Lookup<K> + ?Sized>(
        &self,
        key: &Q,
        tier: Tier,
        options: impl FnOnce() -> EntryOptions,
    ) -> Entered<'_, K, V> {
        if tier != Tier::Storage {
            if let Some(value) = self.inner.hit(key) {
                return Entered::Hit(value);
            }
        }
        self.must_serve_threads();
        self.hold().enter_blocking(key, options().tier(tier))
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
        let load = at_once(self.hold().overtaking(key, options, Leader::Thread));
        load.unwrap_or_else(|| self.hold().beside(key))
    }
}

impl<'c, K: CacheKey, V: CacheValue> Hold<'c, K, V> {
    fn enter_blocking<Q>(self, key: &Q, mut options: EntryOptions) -> Entered<'c, K, V>
    where
        Q: Lookup<K> + ?Sized,
    {
        let tier = Inner::<K, V>::tier_of(&options);
        let tags = options.tags.clone();
        loop {
            match self.turn(key, &mut options, Leader::Thread) {
                Turn::Found(value) => return Entered::Hit(value),
                Turn::Lead(takeoff) => {
                    let load = self.clone().begin(takeoff, tier);
                    let looked = at_once(load.look(key.to_key(), &tags, tier, Least::ANY));
                    return looked.unwrap_or_else(|| Entered::Lead(self.beside(key)));
                }
                Turn::Wait(landing) if is_polled(address(&landing)) => {
                    return Entered::Lead(self.within_itself(key));
                }
                Turn::Wait(landing) if !landing.is_led_by_a_thread() => {
                    return Entered::Lead(self.beside(key));
                }
                Turn::Wait(landing) => match landing.wait(self.inner().load_timeout) {
                    Ok(Some(value)) => return Entered::Hit(V::clone(&value)),
                    Ok(None) => {}
                    Err(Endless::Circle) => return Entered::Lead(self.within_itself(key)),
                    Err(Endless::TimedOut) => self.abandon(key, &landing),
                },
            }
        }
    }

    /// The duty to make a value that is not stored.
    fn beside<Q: Lookup<K> + ?Sized>(&self, key: &Q) -> Load<'c, K, V> {
        let takeoff = self.apart(key);
        self.clone().begin(takeoff, Tier::Memory)
    }
}

impl<K: CacheKey, V: CacheValue> Load<'_, K, V> {
    /// As [`run`](Self::run), for a thread.
    pub(crate) fn run_blocking<R>(&self, fetcher: impl FnOnce() -> R) -> R {
        match self.flight.landing().map(address) {
            Some(landing) => polling(landing, fetcher),
            None => fetcher(),
        }
    }

    /// As [`finish`](Self::finish), for a thread. When another changes the key in the storage at the
    /// moment, then this value stays in memory: what is written there is newer.
    pub(crate) fn finish_blocking<R: Fetched<V>>(self, result: R) -> R {
        let Load { mut flight, outside, in_memory, told } = self;
        let hold = flight.cache().clone();
        let inner = hold.inner();
        let place = outside.zip(inner.tier.as_ref());
        let Some((Outside { key, name, mut start }, storage)) =
            place.filter(|_| result.success().is_some())
        else {
            let (result, ended) = flight.end(result, in_memory);
            if let (Ended::Valid(_), Some(key)) = (ended, told) {
                // What is not told at once waits for the next time.
                let _ = at_once(inner.telling_of(Tier::Both, &key).after(Ok(())));
            }
            return result;
        };
        let late = || Err(Error::new(ErrorKind::Unsupported, "set", "it did not answer at once"));
        let named = flight.context().named();
        let protected = at_once(storage.protect(&mut start, named)).unwrap_or_else(late);
        let protected = storage.counted(protected);
        let turn = at_once(storage.order.turn(&name));
        let under_way = inner.under_way(&key);
        let moment = inner.moment(storage);
        let (result, ended) = flight.end(result, in_memory);
        if let (Ended::Valid(options), Some(value), Some(turn)) = (ended, result.success(), turn) {
            let telling = told.as_ref().map(|key| inner.telling_of(Tier::Both, key));
            let keep = inner.keep(storage, &name, value, &options, start, moment);
            let mut kept =
                protected.and_then(|()| at_once(keep).unwrap_or_else(|| late().map(|()| None)));
            if let Some(overtaken) = overtaken(&kept, &under_way) {
                let back = at_once(storage.take_back(&name, &overtaken)).unwrap_or_else(late);
                kept = back.map(|()| None);
            }
            drop(turn);
            if let Err(error) = &kept {
                inner.tell_failure(&key, error);
            }
            if let Some(telling) = telling {
                let _ = at_once(telling.after(kept));
            }
        }
        result
    }
}

/// What a future brings that need not wait.
fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
