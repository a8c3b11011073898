//! Filling the cache ahead, with many fetchers at a time but not too many.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

use super::bounds::{CacheKey, CacheValue};
use super::face::Cache;
use crate::fetched::Fetched;
use crate::key::Lookup;
use crate::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// How [`Cache::warm`] fills the cache: how many fetchers run at a time, and whom it tells.
///
/// ```
/// let mut done = 0;
/// let warming = cachefn_core::Warming::new(8).on_progress(|so_far| done = so_far);
/// # drop(warming);
/// ```
pub struct Warming<'a> {
    concurrency: usize,
    progress: Option<Box<dyn FnMut(usize) + Send + 'a>>,
}

impl<'a> Warming<'a> {
    /// So many fetchers at a time; at least one.
    ///
    /// ```
    /// let warming = cachefn_core::Warming::new(8);
    /// # drop(warming);
    /// ```
    pub fn new(concurrency: usize) -> Self {
        Warming { concurrency: concurrency.max(1), progress: None }
    }

    /// Called after each key with the number of keys that are done.
    ///
    /// ```
    /// let warming = cachefn_core::Warming::new(8).on_progress(|done| println!("{done} users"));
    /// # drop(warming);
    /// ```
    #[must_use]
    pub fn on_progress(mut self, progress: impl FnMut(usize) + Send + 'a) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }
}

impl Warming<'_> {
    /// Loads for each item, so many at a time; how many loads say that they made a value.
    pub(crate) async fn each<T, Fut: Future<Output = bool>>(
        mut self,
        items: impl IntoIterator<Item = T>,
        mut load: impl FnMut(T) -> Fut,
    ) -> usize {
        let mut items = items.into_iter();
        let (mut running, mut done, mut made) = (Vec::<Pin<Box<_>>>::new(), 0, 0);
        loop {
            let free = self.concurrency - running.len();
            running.extend(items.by_ref().take(free).map(|item| Box::pin(load(item))));
            if running.is_empty() {
                return made;
            }
            let ended = poll_fn(|context| {
                let before = running.len();
                running.retain_mut(|load| match load.as_mut().poll(context) {
                    Poll::Ready(success) => {
                        made += usize::from(success);
                        false
                    }
                    Poll::Pending => true,
                });
                let ended = before - running.len();
                if ended == 0 { Poll::Pending } else { Poll::Ready(ended) }
            });
            for _ in 0..ended.await {
                done += 1;
                if let Some(progress) = &mut self.progress {
                    progress(done);
                }
            }
        }
    }
}

impl fmt::Debug for Warming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Warming").field("concurrency", &self.concurrency).finish_non_exhaustive()
    }
}

impl<K: CacheKey + Lookup<K>, V: CacheValue> Cache<K, V> {
    /// Fills the cache ahead with what `fetcher` makes of each key that no tier has; how many fetchers
    /// succeeded. A failed one fills nothing and stops nothing.
    ///
    /// ```
    /// # use cachefn_core::{Cache, Warming};
    /// # pollster::block_on(async {
    /// let cache = Cache::<u64, u64>::builder("squares").build()?;
    /// let made = cache.warm([1, 2, 3], Warming::new(2), |n| async move { n * n }).await;
    /// assert_eq!((made, cache.get(&3).await?), (3, Some(9)));
    /// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
    /// ```
    pub async fn warm<R, F, Fut>(
        &self,
        keys: impl IntoIterator<Item = K>,
        warming: Warming<'_>,
        fetcher: F,
    ) -> usize
    where
        R: Fetched<V>,
        F: Fn(K) -> Fut,
        Fut: Future<Output = R>,
    {
        let fetcher = &fetcher;
        let load = |key: K| async move {
            let made = &AtomicBool::new(false);
            let fetch = || async {
                let result = fetcher(key.clone()).await;
                made.store(result.success().is_some(), Relaxed);
                result
            };
            self.get_or_fetch(&key, fetch).await;
            made.load(Relaxed)
        };
        warming.each(keys, load).await
    }
}
