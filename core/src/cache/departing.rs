//! A load that belongs to nobody, before it is told what to run: whoever waits drives it then, and a
//! runtime may end it.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;

use super::bounds::{CacheKey, CacheValue};
use super::entering::{Entered, Load};
use super::inner::{Hold, Inner};
use super::least::Least;
use super::traced::Traced;
use super::tracer::{LoadEnd, LoadRole};
use crate::drive::{Drive, Driving};
use crate::failure::OnFailure;
use crate::fetched::Fetched;
use crate::maybe_send::MaybeSend;
use crate::memory::{FetchContext, Landed, Takeoff, WaitsFor};
use crate::options::Tier;
use crate::sync::Mutex;

/// A load that waits for what it is to run.
pub struct Departure<K: CacheKey, V: CacheValue> {
    inner: Arc<Inner<K, V>>,
    pub(super) key: K,
    /// Lets a waiter lead when nothing is ever said.
    load: Load<'static, K, V>,
    tags: Vec<Box<str>>,
    tier: Tier,
    /// A fresh value, which is returned meanwhile.
    fresh: Option<V>,
    /// A stale one.
    stale: Option<V>,
}

/// Where the result of a load is left for the caller who began it.
type Slot<R> = Arc<Mutex<Option<R>>>;

impl<K: CacheKey, V: CacheValue> Departure<K, V> {
    pub(super) fn new(
        inner: Arc<Inner<K, V>>,
        key: K,
        takeoff: Takeoff<K, V>,
        (tags, tier): (Vec<Box<str>>, Tier),
        fresh: Option<V>,
    ) -> Self {
        let stale = takeoff.serves().cloned();
        let load = Hold::Owned(inner.clone()).begin(takeoff, tier);
        Departure { inner, key, load, tags, tier, fresh, stale }
    }

    /// Runs `fetcher`; its result, about which `judge` says what is to be stored, and `failing` what
    /// others have of its failure. A value that may be used meanwhile is returned at once if a runtime
    /// goes on with the rest.
    ///
    /// # Panics
    /// When the fetcher has panicked while another who waited drove it.
    pub async fn load<R, F, Fut>(
        self,
        fetcher: F,
        judge: impl FnOnce(&mut FetchContext<V>, &R) + MaybeSend + 'static,
        failing: OnFailure<R>,
    ) -> R
    where
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let (inner, key, fresh) = (self.inner.clone(), self.key.clone(), self.fresh.clone());
        let in_background = inner.runtime.is_some();
        let stale = self.stale.clone().filter(|_| in_background);
        let landing = self.load.flight.landing().cloned().filter(|_| in_background);
        let (operation, role) = match fresh.is_some() || stale.is_some() {
            true => ("refresh", LoadRole::Background),
            false => ("fetch", LoadRole::Leader),
        };
        let span = inner.trace(operation, role, &key);
        let caller = span.caller(role);
        let slot: Slot<R> = Slot::default();
        let driving = self.launch(fetcher, judge, failing, slot.clone(), span);
        if let Some(value) = fresh {
            return R::hit(value);
        }
        if let Some(value) = stale {
            inner.memory.count_stale(&key);
            return R::hit(value);
        }
        if let Some(landing) = landing {
            // The storage may have a value to be returned meanwhile.
            let waiter = inner.memory.waiter(&key, landing);
            if let Landed::Stale(value) = waiter.landed(WaitsFor::Value).await {
                inner.memory.count_stale(&key);
                caller.leaves(LoadEnd::Stale);
                return R::hit(V::clone(&value));
            }
        }
        driving.await;
        let result = slot.lock().take();
        // Who drove it has unwound; this caller has neither a value nor its fetcher any more.
        result.unwrap_or_else(|| panic!("the fetcher panicked while another caller drove it"))
    }

    /// Sets it off; to be awaited by those who want its end.
    fn launch<R, F, Fut, J>(
        self,
        fetcher: F,
        judge: J,
        failing: OnFailure<R>,
        slot: Slot<R>,
        span: Traced,
    ) -> Driving
    where
        J: FnOnce(&mut FetchContext<V>, &R) + MaybeSend + 'static,
        R: Fetched<V> + MaybeSend + 'static,
        F: FnOnce() -> Fut + MaybeSend + 'static,
        Fut: Future<Output = R> + MaybeSend + 'static,
    {
        let Departure { inner, key, mut load, tags, tier, fresh, stale: _ } = self;
        load.span = span;
        // The storage has the same fresh value most often, but another process may have been faster.
        let below = inner.refresh_below.filter(|_| fresh.is_some());
        let least = below.map_or(Least::ANY, Least);
        let landing = load.flight.landing().cloned();
        let drive = Drive::new(Box::pin(async move {
            let result = match load.seek(key, &tags, tier, least).await {
                Entered::Done(result) => result,
                Entered::Lead(mut load) => {
                    let result = load.run(async { fetcher().await }).await;
                    judge(load.context(), &result);
                    load.finish(result, failing).await
                }
            };
            *slot.lock() = Some(result);
        }));
        if let Some(landing) = landing {
            landing.drive_by(&drive);
        }
        if let Some(runtime) = &inner.runtime {
            runtime.spawn_named("load", Box::pin(Driving::new(drive.clone())));
        }
        Driving::new(drive)
    }
}

impl<K: CacheKey, V: CacheValue> fmt::Debug for Departure<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departure").finish_non_exhaustive()
    }
}
