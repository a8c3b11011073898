//! Looking for a value that another process may be making: it is waited for, and only who has the lease of
//! the key makes one.

use alloc::boxed::Box;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::pin;
use core::task::Poll;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Load};
use super::least::Least;
use super::looking::Looked;
use super::tracer::LoadEnd;
use crate::fetched::Fetched;
use crate::maybe_send::BoxFuture;
use crate::options::Tier;

impl<'c, K: CacheKey, V: CacheValue> Load<'c, K, V> {
    /// What the storage has or gets, as the one who leads here; or the duty to make it for all processes.
    pub(super) async fn seek<R: Fetched<V>>(
        mut self,
        key: K,
        tags: &[Box<str>],
        tier: Tier,
        least: Least,
    ) -> Entered<'c, K, V, R> {
        let inner = self.flight.cache().inner();
        let in_storage = self.flight.landing().is_some() && inner.tier_for(tier).is_some();
        if inner.leasing.is_none() || !in_storage {
            return self.look(key, tags, tier, least).await;
        }
        let span = mem::take(&mut self.span);
        // In a box, so that those who have no leases carry none of it about.
        let mut seeking = Box::pin(self.seek_leased(key, tags, tier, least));
        let mut entered = span.around(seeking.as_mut()).await;
        match &mut entered {
            Entered::Done(_) => span.ends(LoadEnd::Hit),
            Entered::Lead(load) => load.span = span,
        }
        entered
    }

    async fn seek_leased<R: Fetched<V>>(
        self,
        key: K,
        tags: &[Box<str>],
        tier: Tier,
        least: Least,
    ) -> Entered<'c, K, V, R> {
        let hold = self.flight.cache().clone();
        let inner = hold.inner();
        // What protects the value is asked for when it is known who makes it.
        let mut load = match self.look_once(key.clone(), None, tier, least).await {
            Looked::Found(value) => return Entered::Done(R::hit(value)),
            // Where nothing is found, nothing is to be waited for.
            Looked::Failed(load) => return Entered::Lead(load),
            Looked::Nothing(load) => load,
        };
        let Ok(Some((storage, name))) = inner.place("get_or_fetch", &key, tier) else {
            return Entered::Lead(load);
        };
        let (Some(mut wish), Some(leasing)) = (inner.wish(storage, &name), &inner.leasing) else {
            return Entered::Lead(load);
        };
        let mut patience = Patience { sleep: Some(leasing.runtime.sleep(leasing.life)) };
        let mut has_waited = false;
        let held = loop {
            let left = match patience.with(wish.acquire()).await {
                Some(Ok(None)) => break Ok(true),
                Some(Ok(Some(left))) => left,
                Some(Err(error)) => break Err(error),
                None => break wish.take().await.map(|()| false),
            };
            if !mem::replace(&mut has_waited, true) {
                storage.counts.lease_waits.one();
            }
            // Its time may be over without a word.
            let wait = before(leasing.runtime.sleep(left), wish.released());
            match patience.with(wait).await {
                Some(None | Some(Ok(()))) => {}
                Some(Some(Err(error))) => break Err(error),
                None => break wish.take().await.map(|()| false),
            }
            load = match load.look_once(key.clone(), None, tier, least).await {
                Looked::Found(value) => return Entered::Done(R::hit(value)),
                Looked::Failed(load) => return Entered::Lead(load),
                Looked::Nothing(load) => load,
            };
        };
        if !matches!(held, Ok(true)) {
            inner.tell_lease_failure(&key);
        }
        // Whoever had it before may have stored a value since the look.
        match load.look_once(key, Some(tags), tier, least).await {
            Looked::Found(value) => Entered::Done(R::hit(value)),
            Looked::Failed(load) => Entered::Lead(load),
            Looked::Nothing(mut load) => {
                load.lease = held.is_ok().then(|| Box::new(wish));
                Entered::Lead(load)
            }
        }
    }
}

/// How long somebody waits in all.
struct Patience {
    /// None when it is over.
    sleep: Option<BoxFuture<'static, ()>>,
}

impl Patience {
    /// What a future brings, unless it is over before.
    async fn with<F: Future>(&mut self, future: F) -> Option<F::Output> {
        let sleep = self.sleep.as_mut()?;
        let output = before(sleep, future).await;
        if output.is_none() {
            self.sleep = None;
        }
        output
    }
}

/// What the future brings, unless the other one is ready before.
async fn before<F: Future>(end: impl Future<Output = ()>, future: F) -> Option<F::Output> {
    let (mut end, mut future) = (pin!(end), pin!(future));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}
