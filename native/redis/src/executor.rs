//! What is asked of the executor: a bound for waiting.

use std::time::Duration;

/// The value of a future, or none when it took longer.
pub(crate) async fn at_most<F: Future>(duration: Duration, future: F) -> Option<F::Output> {
    #[cfg(feature = "tokio")]
    if tokio::runtime::Handle::try_current().is_ok() {
        return tokio::time::timeout(duration, future).await.ok();
    }
    #[cfg(feature = "smol")]
    {
        use futures_util::future::{Either, select};
        let timer = std::pin::pin!(async_io::Timer::after(duration));
        match select(std::pin::pin!(future), timer).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => None,
        }
    }
    #[cfg(not(feature = "smol"))]
    {
        let _ = (duration, future);
        None
    }
}

/// Whether something drives connections here; without it the client would panic.
pub(crate) fn is_there() -> bool {
    #[cfg(feature = "smol")]
    {
        true
    }
    #[cfg(not(feature = "smol"))]
    {
        tokio::runtime::Handle::try_current().is_ok()
    }
}
