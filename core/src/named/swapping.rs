//! Another cache under a name, for a test.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::pin::pin;

use super::cache::NamedCache;
use crate::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use crate::sync::thread_local;

/// How many swaps are in force, in all threads: mostly none, and then nobody looks further.
static SWAPS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The latest is the last.
    static SWAPPED: RefCell<Vec<(Box<str>, NamedCache)>> = const { RefCell::new(Vec::new()) };
}

/// Runs `test` with `cache` in the place of the named cache `name`, whether that is registered or not.
///
/// The swap is for this thread alone, so tests may run side by side, and ends with `test`, also when it
/// panics. Threads that `test` starts do not have it; tasks neither, for them there is
/// [`with_cache_async`].
///
/// ```
/// use cachefn_core::{NamedCache, cachefn, with_cache};
///
/// #[cachefn(cache = "users")]
/// fn name(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// let empty = NamedCache::builder("users").build()?;
/// let hits = with_cache("users", &empty, || {
///     assert_eq!((name(7), name(7)), ("user 7".into(), "user 7".into()));
///     name::cache().stats().hits
/// });
/// assert_eq!((hits, name::cache().stats().hits), (1, 0));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub fn with_cache<R>(name: &str, cache: &NamedCache, test: impl FnOnce() -> R) -> R {
    let _swap = Swap::begin(name, cache);
    test()
}

/// As [`with_cache`] for what a future does, in whichever threads it is polled. Tasks that it spawns
/// do not have the swap.
///
/// ```
/// use cachefn_core::{NamedCache, cachefn, with_cache_async};
///
/// #[cachefn(cache = "users")]
/// async fn name(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// # pollster::block_on(async {
/// let empty = NamedCache::builder("users").build()?;
/// let test = async {
///     assert_eq!((name(7).await, name(7).await), ("user 7".into(), "user 7".into()));
///     name::cache().stats().hits
/// };
/// assert_eq!(with_cache_async("users", &empty, test).await, 1);
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
pub async fn with_cache_async<F: Future>(name: &str, cache: &NamedCache, test: F) -> F::Output {
    let mut test = pin!(test);
    poll_fn(|context| {
        let _swap = Swap::begin(name, cache);
        test.as_mut().poll(context)
    })
    .await
}

#[inline]
pub(super) fn any() -> bool {
    SWAPS.load(Relaxed) > 0
}

/// What stands in the place of that name in this thread.
#[cold]
pub(super) fn find(name: &str) -> Option<NamedCache> {
    SWAPPED.with(|swapped| {
        let swapped = swapped.borrow();
        let latest = swapped.iter().rev().find(|(swapped, _)| **swapped == *name);
        latest.map(|(_, cache)| cache.clone())
    })
}

/// Ends when it is dropped.
struct Swap;

impl Swap {
    fn begin(name: &str, cache: &NamedCache) -> Self {
        SWAPPED.with(|swapped| swapped.borrow_mut().push((name.into(), cache.clone())));
        SWAPS.fetch_add(1, Relaxed);
        Swap
    }
}

impl Drop for Swap {
    fn drop(&mut self) {
        SWAPS.fetch_sub(1, Relaxed);
        let gone = SWAPPED.with(|swapped| swapped.borrow_mut().pop());
        drop(gone);
    }
}
