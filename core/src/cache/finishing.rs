//! How a leader runs its fetcher, and where the value goes.

use core::future::Future;
use core::mem;
use core::pin::pin;

use bytes::Bytes;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Load, Outside, address};
use super::holding::Holding;
use super::inner::Inner;
use super::landings::UnderWay;
use super::polls::polled;
use super::timing::{Patience, noticing};
use super::tracer::LoadEnd;
use crate::entry::Life;
use crate::error::{Error, ErrorKind};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::memory::{Ended, FetchContext};
use crate::options::{EntryOptions, Tier};
use crate::storage::Lease;
use crate::tier::{Desk, Passed, Start, StorageTier};

impl<K: CacheKey, V: CacheValue> Load<'_, K, V> {
    /// Runs a fetcher. Whatever of the cache it asks for that waits for it, it makes itself. When it takes
    /// long, those who wait have the previous value, if there is one for that.
    pub async fn run<F: Future>(&self, fetcher: F) -> F::Output {
        let Some(landing) = self.flight.landing().map(address) else {
            return self.span.around(pin!(fetcher)).await;
        };
        let fetch = polled(landing, &self.span, fetcher);
        let inner = self.flight.cache().inner();
        match inner.runtime.as_deref().zip(inner.soft_timeout) {
            Some(limit) if self.flight.may_lend() => {
                noticing(limit, || self.flight.lend(), fetch).await
            }
            _ => fetch.await,
        }
    }

    /// What the fetcher may say of the value.
    pub fn context(&mut self) -> &mut FetchContext<V> {
        self.flight.context()
    }

    /// Stores a success in all tiers, unless it is fenced, and hands the result back; a failure is
    /// answered with the previous value if that may still be used, or else left for those who wait.
    /// They go on as soon as memory has the value.
    pub fn finish<R: Fetched<V>>(
        self,
        result: R,
        failing: OnFailure<R>,
    ) -> impl Future<Output = R> {
        self.finish_with(Patience::Waits, result, failing)
    }

    /// The same, as far as the patience goes, which is the end of its span.
    pub(super) async fn finish_with<R: Fetched<V>>(
        mut self,
        patience: Patience,
        result: R,
        failing: OnFailure<R>,
    ) -> R {
        if self.is_of_memory_alone() {
            let Load { flight, in_memory, .. } = self;
            let in_memory = in_memory && flight.cache().inner().is_open();
            return flight.end(result, in_memory, failing).0;
        }
        let (span, made) = (mem::take(&mut self.span), result.success().is_some());
        let result = span.around(pin!(self.finish_untraced(patience, result, failing))).await;
        span.ends(LoadEnd::of_leader(made, result.success().is_some()));
        result
    }

    /// Whether nothing is to be waited for: no storage has the value, nobody is told, and no span ends.
    fn is_of_memory_alone(&self) -> bool {
        self.outside.is_none() && self.told.is_none() && self.span.is_none()
    }

    /// What is not told to others at once waits for the next time.
    async fn finish_untraced<R: Fetched<V>>(
        self,
        patience: Patience,
        result: R,
        failing: OnFailure<R>,
    ) -> R {
        let Load { mut flight, outside, in_memory, told, lease, span: _ } = self;
        let hold = flight.cache().clone();
        let inner = hold.inner();
        // Nobody tells a closed cache what is not valid any more.
        let in_memory = in_memory && inner.is_open();
        let place = outside.zip(inner.tier.as_ref());
        let Some((Outside { key, name, mut start }, storage)) =
            place.filter(|_| result.success().is_some())
        else {
            let (result, ended) = flight.end(result, in_memory, failing);
            if let (Ended::Valid(_), Some(key)) = (ended, told) {
                let telling = inner.telling_of(Tier::Both, &key);
                let _ = patience.with(telling.after(Ok(()))).await;
            }
            return result;
        };
        let late = || Error::new(ErrorKind::Unsupported, "set", "it did not answer at once");
        // Before memory knows the tags, so that what is invalidated afterwards is so in both.
        let named = flight.context().named();
        let protected = patience.with(storage.protect(&mut start, named)).await;
        let protected = storage.counted(protected.unwrap_or_else(|| Err(late())));
        let turn = patience.with(storage.order.turn(&name)).await;
        let under_way = inner.under_way(&key);
        let mut moment = inner.moment(storage);
        let (result, ended) = flight.end(result, in_memory, failing);
        if let (Ended::Valid(options), Some(value), Some(turn)) = (ended, result.success(), turn) {
            let telling = told.as_ref().map(|key| inner.telling_of(Tier::Both, key));
            let may_store = may_store(lease.as_deref()).await;
            (moment.lease, moment.is_given) = (lease.as_ref().map(|held| held.lease()), false);
            let mut kept = match protected {
                Ok(()) if !matches!(may_store, Ok(true)) => Ok(None),
                Ok(()) => {
                    let keep = inner.keep(storage, &name, value, &options, &start, &moment);
                    patience.with(keep).await.unwrap_or_else(|| Err(late()))
                }
                Err(error) => Err(error),
            };
            let might_store = match lease {
                Some(lease) if matches!(may_store, Ok(true)) => lease.release().await,
                _ => may_store,
            };
            let is_lost = !matches!(might_store, Ok(true));
            if let Some(overtaken) = overtaken(&kept, &under_way, is_lost) {
                let back = patience.with(storage.take_back(&name, &overtaken)).await;
                kept = back.unwrap_or_else(|| Err(late())).map(|()| None);
            }
            inner.hear_of_lease(storage, &key, might_store);
            drop(turn);
            if let Err(error) = &kept {
                inner.tell_failure(&key, error);
            }
            if let Some(telling) = telling {
                let _ = patience.with(telling.after(kept)).await;
            }
        }
        result
    }
}

/// The record of a load of which another cache said, before the storage had it, that it is too old; or
/// whose lease is lost.
fn overtaken(
    kept: &Result<Option<Bytes>, Error>,
    under_way: &Option<UnderWay<'_>>,
    is_lost: bool,
) -> Option<Bytes> {
    let record = kept.as_ref().ok()?.as_ref()?;
    let is_overtaken = is_lost || under_way.as_ref().is_some_and(UnderWay::is_overtaken);
    is_overtaken.then(|| record.clone())
}

/// Whether nobody has begun anew since, for a value that was made under a lease.
///
/// # Errors
/// When that is not known.
async fn may_store(lease: Option<&Holding>) -> Result<bool, Error> {
    match lease {
        Some(lease) => lease.is_held().await,
        None => Ok(true),
    }
}

/// When memory takes a value that is to be written to the storage.
pub(super) struct Moment {
    pub(super) wall_ms: u64,
    pub(super) passed: Passed,
    /// Under which the value was made.
    pub(super) lease: Option<Lease>,
    /// No source was asked for it.
    pub(super) is_given: bool,
}

impl<K: CacheKey, V: CacheValue> Inner<K, V> {
    /// The moment before memory takes a value that its caller has.
    pub(super) fn moment(&self, storage: &StorageTier<K, V>) -> Moment {
        let (passed, wall_ms) = (storage.passed(), self.memory.wall_ms());
        Moment { passed, wall_ms, lease: None, is_given: true }
    }

    /// The value of a load goes to memory now, and then to the storage.
    pub(super) fn under_way(&self, key: &K) -> Option<UnderWay<'_>> {
        self.peers.as_ref().map(|peers| peers.landings.begin(peers.text(key)))
    }

    /// Writes a value to the storage that memory took after that moment; the record, unless there is
    /// none, or tokens were remembered that are not there any more: somebody has replaced them, before
    /// or while the value was made. Whoever calls it holds the turn of its name.
    ///
    /// # Errors
    /// When it has no record, or the storage did not take it.
    pub(super) async fn keep(
        &self,
        storage: &StorageTier<K, V>,
        name: &str,
        value: &V,
        options: &EntryOptions,
        start: &Start,
        moment: &Moment,
    ) -> Result<Option<Bytes>, Error> {
        let Life::Times(times) = self.memory.life_of(value, options) else {
            // Not stored at all: nor may the old one stay.
            return storage.forget(name).await.map(|_| None);
        };
        match storage.pack(name, value, times, start, moment.wall_ms, &mut Desk::new()) {
            Ok(parcel) => {
                let parcel = parcel.given(moment.is_given);
                let record = storage.keep(name, parcel, start, moment.lease).await?;
                storage.spare(&moment.passed, name);
                Ok(record)
            }
            Err(error) => {
                // What is there is not true any more.
                storage.forget(name).await?;
                Err(error)
            }
        }
    }
}
