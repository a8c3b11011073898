//! Telemetry as a part of an orderly end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;
use std::{future::poll_fn, thread};

use cachefn_core::{BoxFuture, Error};
use cachefn_tokio::Ends;

use super::otlp::Telemetry;

/// Ended, it has sent what it could. A thread waits for the collector, so that the executor need not.
impl Ends for Telemetry {
    fn name(&self) -> &str {
        "telemetry"
    }

    /// It flushes here and not when it is drained: spans that could not be sent are gone, and a second time would
    /// have nothing to send and nothing to tell.
    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        let telemetry = self.clone();
        beside(move || {
            let flushed = telemetry.flush();
            flushed.and(telemetry.shutdown(deadline))
        })
    }
}

#[derive(Default)]
struct Answer {
    result: Option<Result<(), Error>>,
    waker: Option<Waker>,
}

/// Begins at once, in a thread, so that it happens though nobody polls again.
fn beside(
    work: impl FnOnce() -> Result<(), Error> + Send + 'static,
) -> BoxFuture<'static, Vec<Error>> {
    let answer = Arc::new(Mutex::new(Answer::default()));
    let told = Arc::clone(&answer);
    let begun = thread::Builder::new().name("telemetry-end".into()).spawn(move || {
        let result = work();
        let mut answer = lock(&told);
        answer.result = Some(result);
        let waker = answer.waker.take();
        drop(answer);
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    if let Err(error) = begun {
        let error = Error::unavailable("end", error);
        return Box::pin(async { vec![error] });
    }
    Box::pin(poll_fn(move |context| {
        let mut answer = lock(&answer);
        match answer.result.take() {
            Some(result) => Poll::Ready(result.err().into_iter().collect()),
            None => {
                answer.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }))
}

fn lock(answer: &Mutex<Answer>) -> MutexGuard<'_, Answer> {
    answer.lock().unwrap_or_else(PoisonError::into_inner)
}
