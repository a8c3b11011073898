//! Who makes a span of each load: nobody pays for it whose value is in memory.

use alloc::sync::Arc;
use core::fmt;

use crate::maybe_send::{MaybeSend, MaybeSync};

/// Makes spans of loads, and of waiting for them: what it takes to have a value that memory does not have. The crate
/// `cachefn` has one for OpenTelemetry.
///
/// ```
/// use cachefn_core::{Cache, LoadEnd, LoadSpan, Tracer, TracedLoad};
/// use std::sync::{Arc, Mutex};
///
/// #[derive(Clone, Default)]
/// struct Ends(Arc<Mutex<Vec<String>>>);
///
/// impl Tracer for Ends {
///     fn begin(&self, load: &TracedLoad<'_>) -> Option<Arc<dyn LoadSpan>> {
///         let name = format!("{} {} {}", load.operation, load.cache, load.key);
///         Some(Arc::new(Span(name, self.clone())))
///     }
/// }
///
/// struct Span(String, Ends);
///
/// impl LoadSpan for Span {
///     fn within(&self, poll: &mut dyn FnMut()) {
///         poll() // whatever is begun in here belongs to the span
///     }
///     fn end(&self, end: LoadEnd) {
///         self.1.0.lock().unwrap().push(format!("{}: {}", self.0, end.as_str()));
///     }
/// }
///
/// # pollster::block_on(async {
/// let ends = Ends::default();
/// let squares = Cache::<u64, u64>::builder("squares").tracer(ends.clone()).build()?;
/// squares.get_or_fetch(&3, async || 9).await;
/// squares.get_or_fetch(&3, async || 9).await; // a hit, which has no span
/// assert_eq!(*ends.0.lock().unwrap(), ["fetch squares 3: fetched"]);
/// # Ok::<(), cachefn_core::Error>(()) }).unwrap();
/// ```
pub trait Tracer: MaybeSend + MaybeSync + 'static {
    /// A load begins, in the context of the caller that misses the value; or this one waits for another's. Nothing is
    /// locked meanwhile. None where nobody wants its span.
    fn begin(&self, load: &TracedLoad<'_>) -> Option<Arc<dyn LoadSpan>>;
}

impl<T: Tracer + ?Sized> Tracer for Arc<T> {
    fn begin(&self, load: &TracedLoad<'_>) -> Option<Arc<dyn LoadSpan>> {
        (**self).begin(load)
    }
}

/// What is known of a load at its beginning.
#[non_exhaustive]
pub struct TracedLoad<'l> {
    /// The name of the cache: of one function's entries `{cache}/{id}`.
    pub cache: &'l str,
    /// `fetch`, or `refresh` for a value that is made anew though there is one.
    pub operation: &'static str,
    /// Who makes the value, and who waits for it.
    pub role: LoadRole,
    /// The key as text, which is written when it is shown.
    pub key: &'l dyn fmt::Display,
}

impl fmt::Debug for TracedLoad<'_> {
    /// Without the key, which may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedLoad")
            .field("cache", &self.cache)
            .field("operation", &self.operation)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// Who makes a value, and who waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadRole {
    /// The caller has the value made, and waits for it.
    Leader,
    /// The caller waits for what another one has made.
    Follower,
    /// The caller has an older value already, and the load goes on without it.
    Background,
}

/// How a load ended for the one whose span it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadEnd {
    /// The storage had the value.
    Hit,
    /// The fetcher made it.
    Fetched,
    /// The one that was waited for brought it.
    Shared,
    /// An older value was returned.
    Stale,
    /// The fetcher, or whoever was waited for, brought none.
    Failed,
    /// Nobody waited for it any more.
    Cancelled,
    /// The fetcher panicked.
    Panicked,
}

impl LoadEnd {
    /// It in one word.
    ///
    /// ```
    /// assert_eq!(cachefn_core::LoadEnd::Fetched.as_str(), "fetched");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            LoadEnd::Hit => "hit",
            LoadEnd::Fetched => "fetched",
            LoadEnd::Shared => "shared",
            LoadEnd::Stale => "stale",
            LoadEnd::Failed => "failed",
            LoadEnd::Cancelled => "cancelled",
            LoadEnd::Panicked => "panicked",
        }
    }
}

/// The span of one load, or of waiting for one.
pub trait LoadSpan: MaybeSend + MaybeSync {
    /// Runs a part of the load within the span: one poll of it, by whatever thread that drives it. `poll` is to be
    /// called once; its panics are the fetcher's.
    fn within(&self, poll: &mut dyn FnMut());

    /// The caller does not wait any longer, and the load goes on without it, if anybody drives it. It is told of loads
    /// that belong to nobody and have a [`Leader`](LoadRole::Leader), and may come after the end.
    fn leave(&self, end: LoadEnd) {
        let _ = end;
    }

    /// It is over. Nothing is locked meanwhile.
    fn end(&self, end: LoadEnd);
}
