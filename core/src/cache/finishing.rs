//! How a leader runs its fetcher, and where the value goes.

use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Load, Outside, address};
use super::inner::Inner;
use super::polls::polled;
use super::timing::Patience;
use crate::entry::Life;
use crate::error::{Error, ErrorKind};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::memory::{Ended, FetchContext};
use crate::options::EntryOptions;
use crate::tier::{Passed, Start, StorageTier};

impl<K: CacheKey, V: CacheValue> Load<'_, K, V> {
    /// Runs a fetcher. Whatever of the cache it asks for that waits for it, it makes itself.
    pub async fn run<F: Future>(&self, fetcher: F) -> F::Output {
        match self.flight.landing().map(address) {
            Some(landing) => polled(landing, fetcher).await,
            None => fetcher.await,
        }
    }

    /// What the fetcher may say of the value.
    pub fn context(&mut self) -> &mut FetchContext<V> {
        self.flight.context()
    }

    /// Stores a success in all tiers, unless it is fenced, and hands the result back; a failure is
    /// answered with the previous value if that may still be used, or else left for those who wait.
    /// They go on as soon as memory has the value.
    pub async fn finish<R: Fetched<V>>(self, result: R, failing: OnFailure<R>) -> R {
        self.finish_with(Patience::Waits, result, failing).await
    }

    /// The same, as far as the patience goes.
    pub(super) async fn finish_with<R: Fetched<V>>(
        self,
        patience: Patience,
        result: R,
        failing: OnFailure<R>,
    ) -> R {
        let Load { mut flight, outside, in_memory } = self;
        let hold = flight.cache().clone();
        let place = outside.zip(hold.inner().tier.as_ref());
        let Some((Outside { key, name, mut start }, storage)) =
            place.filter(|_| result.success().is_some())
        else {
            return flight.end(result, in_memory, failing).0;
        };
        let late = || Err(Error::new(ErrorKind::Unsupported, "set", "it did not answer at once"));
        // Before memory knows the tags, so that what is invalidated afterwards is so in both.
        let named = flight.context().named();
        let protected = patience.with(storage.protect(&mut start, named)).await;
        let protected = storage.counted(protected.unwrap_or_else(late));
        let turn = patience.with(storage.order.turn(&name)).await;
        let moment = hold.inner().moment(storage);
        let (result, ended) = flight.end(result, in_memory, failing);
        if let (Ended::Valid(options), Some(value), Some(turn)) = (ended, result.success(), turn) {
            let kept = match protected {
                Ok(()) => {
                    let keep = hold.inner().keep(storage, &name, value, &options, start, moment);
                    patience.with(keep).await.unwrap_or_else(late)
                }
                Err(error) => Err(error),
            };
            drop(turn);
            if let Err(error) = kept {
                hold.inner().tell_failure(&key, &error);
            }
        }
        result
    }
}

/// When memory takes a value that is to be written to the storage.
pub(super) struct Moment {
    pub(super) wall_ms: u64,
    pub(super) passed: Passed,
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// The moment before memory takes a value.
    pub(super) fn moment(&self, storage: &StorageTier<K, V>) -> Moment {
        Moment { passed: storage.passed(), wall_ms: self.memory.wall_ms() }
    }

    /// Writes a value to the storage that memory took after that moment. Whoever calls it holds the
    /// turn of its name.
    ///
    /// # Errors
    /// When it has no record, or the storage did not take it.
    pub(super) async fn keep(
        &self,
        storage: &StorageTier<K, V>,
        name: &str,
        value: &V,
        options: &EntryOptions,
        start: Start,
        moment: Moment,
    ) -> Result<(), Error> {
        let Life::Times(times) = self.memory.life_of(value, options) else {
            // Not stored at all: nor may the old one stay.
            return storage.forget(name).await.map(drop);
        };
        match storage.pack(name, value, times, start, moment.wall_ms) {
            Ok(parcel) => {
                storage.keep(parcel).await?;
                storage.spare(&moment.passed, name);
                Ok(())
            }
            Err(error) => {
                // What is there is not true any more.
                storage.forget(name).await?;
                Err(error)
            }
        }
    }
}
