//! What has to end in order when a program does.

use std::time::Duration;

use cachefn_core::{BoxFuture, Cache, CacheKey, CacheValue, Error, NamedCache};

/// Something that has work under way, and is to finish it before the program ends: a cache, a queue, a
/// connection.
///
/// ```
/// use cachefn_core::{BoxFuture, Error};
/// use cachefn_tokio::Ends;
/// use std::time::Duration;
///
/// struct Quiet;
/// impl Ends for Quiet {
///     fn name(&self) -> &str {
///         "nothing to do"
///     }
///     fn end(&self, _: Duration) -> BoxFuture<'_, Vec<Error>> {
///         Box::pin(async { Vec::new() })
///     }
/// }
/// assert!(pollster::block_on(Quiet.end(Duration::ZERO)).is_empty());
/// ```
pub trait Ends: Send + Sync + 'static {
    /// What it is called where the end is reported.
    fn name(&self) -> &str;

    /// Writes out what is to be written, and goes on: others may still need it. Nothing, unless it is said.
    ///
    /// It is called again while the deadline allows it and all its errors are
    /// [retryable](Error::is_retryable): a server may be coming back. What can only be written once belongs
    /// into [`end`](Self::end), because an error is forgotten when a later call succeeds.
    fn drain<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        let _ = deadline;
        Box::pin(async { Vec::new() })
    }

    /// Whether something waits here for which all the time there is may be too little: see
    /// [`Shutdown::end`](crate::Shutdown::end). Not, unless it is said.
    fn needs_time(&self) -> bool {
        false
    }

    /// Finishes what is under way, within the deadline if it can; ends every task of its own; says
    /// every error. What was left is an error too.
    ///
    /// It may be called more than once. A deadline of zero asks to let go of everything in the first poll,
    /// because the time is over and nobody will poll again.
    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>>;
}

/// Drained it is flushed, ended it is closed.
impl<K: CacheKey, V: CacheValue> Ends for Cache<K, V> {
    fn name(&self) -> &str {
        Cache::name(self)
    }

    fn drain<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(async { told(self.flush().await) })
    }

    fn end<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(async { told(self.close().await) })
    }
}

/// Drained it is flushed, ended it is closed, and its functions go on uncached. Its storage is to be closed by
/// who opened it.
impl Ends for NamedCache {
    fn name(&self) -> &str {
        NamedCache::name(self)
    }

    fn drain<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(async { told(self.flush().await) })
    }

    fn end<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
        Box::pin(async { told(self.close().await) })
    }
}

fn told(result: Result<(), Error>) -> Vec<Error> {
    result.err().into_iter().collect()
}
