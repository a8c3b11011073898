//! What a case has to work with: a storage of its own, and the means to open it again.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cachefn_core::{
    AnyStorage, BoxFuture, Capabilities, Error, Keep, MaybeSend, MaybeSync, Storage,
};

use crate::failure::{Failure, Verdict, ensure, shown, shown_record};
use crate::interleave;
use crate::options::Advance;
use crate::random::Random;

/// The storage of one case.
pub(crate) struct Stage<'a> {
    /// None only while it is opened again.
    storage: Option<AnyStorage>,
    opener: &'a dyn Open,
    place: u32,
    seed: u64,
    clock: Option<&'a dyn Advance>,
    /// How many orders were drawn, so that each is another one.
    orders: AtomicU64,
    pub(crate) capabilities: Capabilities,
    /// Whether what is awaited now is not a future of the storage.
    pub(crate) is_opening: Arc<AtomicBool>,
}

impl<'a> Stage<'a> {
    pub(crate) async fn open(
        opener: &'a dyn Open,
        place: u32,
        seed: u64,
        clock: Option<&'a dyn Advance>,
    ) -> Result<Self, Error> {
        let storage = opener.open(place).await?;
        let capabilities = storage.capabilities();
        let (storage, is_opening, orders) = (Some(storage), Arc::default(), AtomicU64::new(0));
        Ok(Stage { storage, opener, place, seed, clock, orders, capabilities, is_opening })
    }

    pub(crate) fn storage(&self) -> &AnyStorage {
        self.storage.as_ref().expect("only open_again takes it, and puts one in its place or fails")
    }

    /// Opens a storage at a place that no case has.
    pub(crate) async fn open_another(&self) -> Result<AnyStorage, Failure> {
        self.is_opening.store(true, Ordering::Relaxed);
        let opened = self.opener.open(u32::MAX - self.place).await;
        self.is_opening.store(false, Ordering::Relaxed);
        Ok(opened?)
    }

    /// Drops the storage and opens the one at the same place.
    pub(crate) async fn open_again(&mut self) -> Verdict {
        self.storage = None;
        self.is_opening.store(true, Ordering::Relaxed);
        let opened = self.opener.open(self.place).await;
        self.is_opening.store(false, Ordering::Relaxed);
        let words = |error| Failure(format!("expected it to be opened again, got {error}"));
        self.storage = Some(opened.map_err(words)?);
        Ok(())
    }

    /// Numbers of this case alone.
    pub(crate) fn random(&self) -> Random {
        Random(self.seed ^ (u64::from(self.place) << 32))
    }

    pub(crate) fn has_clock(&self) -> bool {
        self.clock.is_some()
    }

    /// Lets time pass, where the options know how.
    pub(crate) fn advance(&self, by: Duration) {
        if let Some(clock) = self.clock {
            clock.advance(by);
        }
    }

    /// The longest name of at most `length` bytes that the storage takes.
    pub(crate) fn name_length(&self, length: usize) -> usize {
        length.min(self.capabilities.max_name)
    }

    /// The largest record of at most `length` bytes that the storage takes.
    pub(crate) fn record_length(&self, length: usize) -> usize {
        length.min(self.capabilities.max_record)
    }

    /// Runs futures in an order that follows from the seed, each time another one.
    pub(crate) async fn interleave<T>(&self, futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
        let steps = (!self.capabilities.is_immediate).then_some(64);
        let seed = self.random().draw() ^ self.orders.fetch_add(1, Ordering::Relaxed);
        interleave::run(seed, futures, steps).await
    }

    /// Keeps a record for ever.
    pub(crate) async fn set(&self, name: &[u8], record: &[u8]) -> Verdict {
        let record = Bytes::copy_from_slice(record);
        Ok(self.storage().set(name, record, Keep::default()).await?)
    }

    /// The bytes under a name.
    pub(crate) async fn record(&self, name: &[u8]) -> Result<Option<Bytes>, Failure> {
        Ok(self.storage().get(name).await?.map(|found| found.record))
    }

    /// Fails unless this is under the name; `when` says what happened before.
    pub(crate) async fn holds(&self, when: &str, name: &[u8], expected: Option<&[u8]>) -> Verdict {
        let got = self.record(name).await?;
        same(when, name, got.as_deref(), expected)
    }
}

/// Fails unless what was found under a name is this.
pub(crate) fn same(
    when: &str,
    name: &[u8],
    got: Option<&[u8]>,
    expected: Option<&[u8]>,
) -> Verdict {
    ensure(got == expected, || {
        let (expected, got) = (shown_record(expected), shown_record(got));
        format!("get {} {when}: expected {expected}, got {got}", shown(name))
    })
}

/// A closure that opens storages, without its type.
pub(crate) trait Open: MaybeSend + MaybeSync {
    fn open(&self, place: u32) -> BoxFuture<'_, Result<AnyStorage, Error>>;
}

/// [`Open`] for the closures of callers.
pub(crate) struct Opener<F, O>(pub(crate) F, pub(crate) PhantomData<fn() -> O>);

impl<F, O, S> Open for Opener<F, O>
where
    F: Fn(u32) -> O + MaybeSend + MaybeSync,
    O: Future<Output = Result<S, Error>> + MaybeSend,
    S: Storage,
{
    fn open(&self, place: u32) -> BoxFuture<'_, Result<AnyStorage, Error>> {
        let opened = (self.0)(place);
        Box::pin(async { opened.await.map(AnyStorage::new) })
    }
}
