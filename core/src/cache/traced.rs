//! The span of one load, where somebody wants one.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::Pin;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::tracer::{LoadEnd, LoadRole, LoadSpan, TracedLoad, Tracer};
use crate::memory::Landed;

/// Who makes the spans of one cache, and how its keys are written.
pub(super) struct OwnTracer<K> {
    tracer: Arc<dyn Tracer>,
    write: fn(&K, &mut String),
}

/// A span under way, which is told its end. Dropped before, it is of a load that nobody waits for any more.
#[derive(Default)]
#[must_use]
pub(super) struct Traced(Option<Arc<dyn LoadSpan>>);

/// The caller of a load that belongs to nobody: dropped, it leaves.
#[must_use]
pub(super) struct Caller(Option<Arc<dyn LoadSpan>>);

impl<K> OwnTracer<K> {
    pub(super) fn new(tracer: Arc<dyn Tracer>, write: fn(&K, &mut String)) -> Self {
        OwnTracer { tracer, write }
    }

    /// A load begins, or a wait for one.
    pub(super) fn begin(
        &self,
        cache: &str,
        operation: &'static str,
        role: LoadRole,
        key: &K,
    ) -> Traced {
        let key = Shown { key, write: self.write };
        let load = TracedLoad { cache, operation, role, key: &key };
        // A tracer that panics harms nobody.
        let begun = catch_unwind(AssertUnwindSafe(|| self.tracer.begin(&load)));
        Traced(begun.ok().flatten())
    }
}

impl Traced {
    pub(super) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Runs a part of the load.
    pub(super) fn within<R>(&self, poll: impl FnOnce() -> R) -> R {
        let Some(span) = &self.0 else { return poll() };
        let (mut poll, mut output) = (Some(poll), None);
        span.within(&mut || {
            if let Some(poll) = poll.take() {
                output = Some(poll());
            }
        });
        match (output, poll) {
            (Some(output), _) => output,
            // A load needs no span.
            (None, Some(poll)) => poll(),
            (None, None) => unreachable!("what was run has given something"),
        }
    }

    /// Awaits a part of it.
    pub(super) async fn around<F: Future>(&self, mut future: Pin<&mut F>) -> F::Output {
        poll_fn(|context| self.within(|| future.as_mut().poll(context))).await
    }

    /// The caller, who may leave before the end if it waits at all.
    pub(super) fn caller(&self, role: LoadRole) -> Caller {
        Caller(self.0.clone().filter(|_| role == LoadRole::Leader))
    }

    pub(super) fn ends(mut self, end: LoadEnd) {
        self.tell(end);
    }

    fn tell(&mut self, end: LoadEnd) {
        if let Some(span) = mem::take(&mut self.0) {
            let _ = catch_unwind(AssertUnwindSafe(|| span.end(end)));
        }
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if self.0.is_some() {
            self.tell(if thread::panicking() { LoadEnd::Panicked } else { LoadEnd::Cancelled });
        }
    }
}

impl Caller {
    pub(super) fn leaves(mut self, end: LoadEnd) {
        self.tell(end);
    }

    fn tell(&mut self, end: LoadEnd) {
        if let Some(span) = mem::take(&mut self.0) {
            let _ = catch_unwind(AssertUnwindSafe(|| span.leave(end)));
        }
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.tell(LoadEnd::Cancelled);
    }
}

impl LoadEnd {
    /// That of a leader whose fetcher made something or not, and who returns a value or not.
    pub(super) fn of_leader(made: bool, returns: bool) -> Self {
        match (made, returns) {
            (true, _) => LoadEnd::Fetched,
            (false, true) => LoadEnd::Stale,
            (false, false) => LoadEnd::Failed,
        }
    }

    /// That of one who waited.
    pub(super) fn of_follower<V>(landed: &Landed<V>) -> Self {
        match landed {
            Landed::Value(_) => LoadEnd::Shared,
            Landed::Stale(_) => LoadEnd::Stale,
            Landed::Nothing(_) | Landed::Failed(_) | Landed::Again => LoadEnd::Failed,
        }
    }
}

/// A key that is written when it is shown.
struct Shown<'k, K> {
    key: &'k K,
    write: fn(&K, &mut String),
}

impl<K> fmt::Display for Shown<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        (self.write)(self.key, &mut text);
        f.write_str(&text)
    }
}
