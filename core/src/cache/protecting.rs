//! Tags that a fetcher names while it runs protect its value from then on.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use crate::fetched::Fetched;
use crate::tier::{Start, StorageTier};

/// Runs a fetcher to its end, and beside it asks for the tokens of the tags that it has `named`. A
/// token that could not be had is asked for once more by whoever stores the value.
pub(super) async fn protecting<K, V: 'static, F>(
    fetcher: F,
    storage: &StorageTier<K, V>,
    start: &mut Start,
    named: impl Fn() -> Vec<Box<str>>,
) -> F::Output
where
    F: Future<Output: Fetched<V>>,
{
    let (mut fetcher, mut result, mut failed) = (pin!(fetcher), None, false);
    loop {
        let late = poll_fn(|context| {
            if let Poll::Ready(ended) = fetcher.as_mut().poll(context) {
                result = Some(ended);
            }
            let late = if failed { Vec::new() } else { start.unprotected(&named()) };
            if late.is_empty() && result.is_none() { Poll::Pending } else { Poll::Ready(late) }
        })
        .await;
        let mut protected = pin!(storage.protect(start, &late));
        let protect = poll_fn(|context| {
            if result.is_none() {
                if let Poll::Ready(ended) = fetcher.as_mut().poll(context) {
                    result = Some(ended);
                }
            }
            let failed = result.as_ref().is_some_and(|result| result.success().is_none());
            if failed { Poll::Ready(Ok(())) } else { protected.as_mut().poll(context) }
        });
        failed = storage.counted(protect.await).is_err() || failed;
        if let Some(result) = result.take() {
            return result;
        }
    }
}
