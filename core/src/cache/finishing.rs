//! How a leader runs its fetcher, and where the value goes.

use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Load, Outside, address};
use super::inner::Inner;
use super::polls::polled;
use crate::entry::Life;
use crate::error::Error;
use crate::fetched::Fetched;
use crate::memory::{Ended, FetchContext};
use crate::options::EntryOptions;
use crate::tier::{Start, StorageTier};

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
    /// answered with the previous value if that may still be used. Those who wait go on as soon as
    /// memory has it.
    pub async fn finish<R: Fetched<V>>(self, result: R) -> R {
        let Load { flight, outside, in_memory, .. } = self;
        let hold = flight.cache().clone();
        let place = outside.zip(hold.inner().tier.as_ref());
        let Some((Outside { key, name, start }, storage)) =
            place.filter(|_| result.success().is_some())
        else {
            return flight.end(result, in_memory).0;
        };
        let turn = storage.order.turn(&name).await;
        let (result, ended) = flight.end(result, in_memory);
        if let (Ended::Valid(options), Some(value)) = (ended, result.success()) {
            let kept = hold.inner().keep(storage, &name, value, &options, start).await;
            drop(turn);
            if let Err(error) = kept {
                hold.inner().tell_failure(&key, &error);
            }
        }
        result
    }
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// Writes a value to the storage. Whoever calls it holds the turn of its name.
    ///
    /// # Errors
    /// When it has no record, or the storage did not take it.
    pub(super) async fn keep(
        &self,
        storage: &StorageTier<K, V>,
        name: &str,
        value: &V,
        options: &EntryOptions,
        mut start: Start,
    ) -> Result<(), Error> {
        let Life::Times(times) = self.memory.life_of(value, options) else {
            // Not stored at all: nor may the old one stay.
            return storage.forget(name).await.map(drop);
        };
        storage.counted(storage.protect(&mut start, &options.tags).await)?;
        let parcel = storage.pack(name, value, times, start, self.memory.wall_ms())?;
        storage.keep(parcel).await
    }
}
