//! Watches a case while it runs: a panic is a failure, and so is waiting where none was announced.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use cachefn_core::BoxFuture;

use crate::failure::{Failure, Verdict};

/// A case as it runs.
pub(crate) struct Guard<'a> {
    pub(crate) case: BoxFuture<'a, Verdict>,
    pub(crate) is_immediate: bool,
    pub(crate) is_opening: Arc<AtomicBool>,
}

impl Future for Guard<'_> {
    type Output = Verdict;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict> {
        // After a panic the case is dropped, and its storage with it: nobody sees them half done.
        let polled = catch_unwind(AssertUnwindSafe(|| self.case.as_mut().poll(context)));
        match polled {
            Err(panic) => {
                let words = words(&*panic);
                Poll::Ready(Err(Failure(format!("expected no panic, got one: {words}"))))
            }
            Ok(Poll::Pending) if self.is_immediate && !self.is_opening.load(Ordering::Relaxed) => {
                Poll::Ready(Err(Failure(
                    "expected futures that are ready when first polled, as the capabilities say; \
                     one pended"
                        .into(),
                )))
            }
            Ok(poll) => poll,
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
