//! Ends some parts beside each other; one that hangs or panics harms no other.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, Runtime};

use crate::ended::PartEnded;
use crate::ends::Ends;
use crate::within::within;

pub(crate) type Part = Arc<dyn Ends>;

/// Ends all of them: first each is drained, for half of the time at most, because they may share what
/// ends with the first of them. Those that have not ended in this time are told to let go.
pub(crate) async fn end_all(
    runtime: &dyn Runtime,
    time: Duration,
    passed: impl Fn() -> Duration + Sync,
    parts: &[Part],
) -> Vec<PartEnded> {
    let began = passed();
    let drain = |part, time| drain(part, time, runtime, &passed);
    let drained = call_all(runtime, time / 2, parts, drain).await;
    let rest = time.saturating_sub(passed().saturating_sub(began));
    let ended = call_all(runtime, rest, parts, |part, time| part.end(time)).await;
    let both = parts.iter().zip(drained).zip(ended);
    both.map(|((part, drained), ended)| {
        let mut errors = drained.errors;
        errors.retain(|error| !ended.errors.contains(error)); // the same news twice
        errors.extend(ended.errors);
        if ended.is_pending {
            errors.extend(let_go(part));
        }
        let is_left = drained.is_pending || ended.is_pending;
        PartEnded { name: part.name().to_owned(), errors, is_left }
    })
    .collect()
}

/// Drains one again and again, if what hindered it may be over before its time is.
fn drain<'a>(
    part: &'a dyn Ends,
    time: Duration,
    runtime: &'a dyn Runtime,
    passed: &'a (impl Fn() -> Duration + Sync),
) -> BoxFuture<'a, Vec<Error>> {
    Box::pin(async move {
        let (began, mut pause) = (passed(), FIRST_PAUSE);
        let rest = || time.saturating_sub(passed().saturating_sub(began));
        loop {
            let errors = part.drain(rest()).await;
            let may_be_over = !errors.is_empty() && errors.iter().all(Error::is_retryable);
            if !may_be_over || rest() < pause {
                return errors;
            }
            runtime.sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    })
}

/// How far one has come.
struct Outcome {
    errors: Vec<Error>,
    is_pending: bool,
}

async fn call_all<'a>(
    runtime: &dyn Runtime,
    time: Duration,
    parts: &'a [Part],
    call: impl Fn(&'a dyn Ends, Duration) -> BoxFuture<'a, Vec<Error>>,
) -> Vec<Outcome> {
    // A part that keeps to its time can still tell what it left.
    let own = time - time / 10;
    let mut endings: Vec<Ending<'_>> =
        parts.iter().map(|part| Ending::new(|| call(&**part, own))).collect();
    let all = poll_fn(|context| {
        let mut is_ready = true;
        for ending in &mut endings {
            is_ready &= ending.poll(context);
        }
        if is_ready { Poll::Ready(()) } else { Poll::Pending }
    });
    let _ = within(runtime, time, all).await;
    let outcome =
        |ending: Ending<'_>| Outcome { is_pending: ending.future.is_some(), errors: ending.errors };
    endings.into_iter().map(outcome).collect()
}

/// The last poll of one whose time is over; what it says.
fn let_go(part: &Part) -> Vec<Error> {
    let mut last = Ending::new(|| part.end(Duration::ZERO));
    last.poll(&mut Context::from_waker(Waker::noop()));
    last.errors
}

/// One that is under way: what it has told, once it has.
struct Ending<'a> {
    future: Option<BoxFuture<'a, Vec<Error>>>,
    errors: Vec<Error>,
}

impl<'a> Ending<'a> {
    fn new(call: impl FnOnce() -> BoxFuture<'a, Vec<Error>>) -> Self {
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(future) => Ending { future: Some(future), errors: Vec::new() },
            Err(panic) => Ending { future: None, errors: vec![panicked(&*panic)] },
        }
    }

    /// Whether it is done.
    fn poll(&mut self, context: &mut Context<'_>) -> bool {
        let Some(future) = &mut self.future else { return true };
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => return false,
            Ok(Poll::Ready(errors)) => self.errors.extend(errors),
            Err(panic) => self.errors.push(panicked(&*panic)),
        }
        self.future = None;
        true
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::unavailable("end", format!("it panicked: {}", text.unwrap_or("for no reason told")))
}

/// Between the first two times that a part is drained; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
