//! One call of a storage, from its beginning to its end or to where nobody waits for it any more.

use std::sync::Arc;
#[cfg(feature = "metrics")]
use std::time::Instant;

use cachefn_core::Error;
#[cfg(feature = "tracing")]
use tracing::Instrument;

#[cfg(feature = "metrics")]
use super::durations::Durations;
use super::operation::{Asked, Operation, Outcome};
#[cfg(feature = "tracing")]
use super::spans::Spans;

/// Who is told of the calls of one storage.
#[derive(Clone)]
pub(super) struct Watch {
    #[cfg(feature = "metrics")]
    durations: Durations,
    #[cfg(feature = "tracing")]
    pub(super) spans: Spans,
}

impl Watch {
    pub(super) fn new(service: Arc<str>) -> Self {
        Watch {
            #[cfg(feature = "metrics")]
            durations: Durations::new(&service),
            #[cfg(feature = "tracing")]
            spans: Spans::new(service),
        }
    }

    /// Awaits a call, and tells how it ended.
    pub(super) async fn call<T, Fut>(
        &self,
        operation: Operation,
        asked: Asked<'_>,
        outcome: impl FnOnce(&T) -> Outcome,
        call: Fut,
    ) -> Result<T, Error>
    where
        Fut: Future<Output = Result<T, Error>>,
    {
        #[cfg(feature = "tracing")]
        let span = self.spans.open(operation, asked);
        #[cfg(not(feature = "tracing"))]
        let _ = asked;
        let mut running = Running {
            outcome: Outcome::Cancelled,
            #[cfg(feature = "metrics")]
            call: (&self.durations, operation, Instant::now()),
            #[cfg(feature = "tracing")]
            span: span.clone(),
            #[cfg(not(feature = "metrics"))]
            of: std::marker::PhantomData,
        };
        #[cfg(feature = "tracing")]
        let call = call.instrument(span);
        let result = call.await;
        running.outcome = match &result {
            Ok(value) => outcome(value),
            Err(error) => {
                #[cfg(feature = "tracing")]
                self.spans.fails(&running.span, error);
                Outcome::of_error(error)
            }
        };
        result
    }
}

/// A call under way; it tells its outcome when it is over, or dropped.
struct Running<'w> {
    outcome: Outcome,
    #[cfg(feature = "metrics")]
    call: (&'w Durations, Operation, Instant),
    #[cfg(feature = "tracing")]
    span: tracing::Span,
    #[cfg(not(feature = "metrics"))]
    of: std::marker::PhantomData<&'w ()>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        {
            let (durations, operation, begin) = self.call;
            durations.tell(operation, self.outcome, begin.elapsed());
        }
        #[cfg(feature = "tracing")]
        self.span.record("cachefn.result", self.outcome.as_str());
    }
}
