//! The task that keeps a connection for all who hear: it opens it, reads it until it is lost, and opens it
//! again, as long as anybody hears.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Instant;

use cachefn_core::{BoxFuture, Error, Runtime};
use futures_util::future::{Either, select};

use super::hearers::Hearers;
use super::waiting::Backoff;

/// What is opened, read and lost, again and again.
pub(crate) trait Source: Send + Sync + 'static {
    /// A connection, or those that belong together.
    type Session: Send;

    /// Connects, in a bounded time. From then on nothing is missed.
    fn open(&self) -> BoxFuture<'_, Result<Self::Session, Error>>;

    /// Tells what arrives, until something may have been missed: why.
    fn hear<'s>(
        &'s self,
        session: &'s mut Self::Session,
        hearers: &'s Hearers,
    ) -> BoxFuture<'s, Error>;
}

/// A source, and those who hear what comes from it.
pub(crate) struct Driven<S> {
    pub(crate) source: S,
    pub(crate) hearers: Hearers,
    pub(crate) runtime: Arc<dyn Runtime>,
    failure: Mutex<Option<Error>>,
}

impl<S: Source> Driven<S> {
    pub(crate) fn new(source: S, runtime: Arc<dyn Runtime>) -> Self {
        Driven { source, runtime, hearers: Hearers::default(), failure: Mutex::new(None) }
    }

    /// Why nothing is heard now, as far as it is known.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins to drive it if those who hear were left alone by a runtime that ended.
    pub(crate) fn revive(self: &Arc<Self>) {
        if self.hearers.are_abandoned() {
            self.spawn();
        }
    }

    /// Begins to drive it beside everybody.
    pub(crate) fn spawn(self: &Arc<Self>) {
        let task = Task { driven: Arc::clone(self), is_over: false };
        self.runtime.spawn_named("bus", Box::pin(task.run()));
    }

    fn fails(&self, failure: Option<Error>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// Opens once, and hears as long as it holds.
    async fn attempt(&self) {
        let mut session = match self.source.open().await {
            Ok(session) => session,
            Err(error) => {
                return self.fails(Some(error));
            }
        };
        self.fails(None);
        self.hearers.restore();
        let error = self.source.hear(&mut session, &self.hearers).await;
        self.fails(Some(error));
    }

    /// The future's end, or nothing when nobody hears any more.
    async fn unless_over<F: Future>(&self, future: F) -> Option<F::Output> {
        let over = poll_fn(|context| {
            self.hearers.end.register(context.waker());
            if self.hearers.are_gone() { Poll::Ready(()) } else { Poll::Pending }
        });
        match select(over, pin!(future)).await {
            Either::Left(_) => None,
            Either::Right((output, _)) => Some(output),
        }
    }
}

/// The one who drives.
struct Task<S: Source> {
    driven: Arc<Driven<S>>,
    is_over: bool,
}

impl<S: Source> Task<S> {
    async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let start = Instant::now();
            // The session is gone when this is over, however it ends.
            self.driven.unless_over(self.driven.attempt()).await;
            self.driven.hearers.lose();
            if self.driven.hearers.may_end() {
                self.is_over = true;
                return;
            }
            if start.elapsed() > Backoff::LONGEST {
                backoff = Backoff::new();
            }
            self.driven.unless_over(self.driven.runtime.sleep(backoff.next())).await;
        }
    }
}

impl<S: Source> Drop for Task<S> {
    /// A runtime that ends takes its tasks along. Those who hear must not believe that all is well.
    fn drop(&mut self) {
        if !self.is_over {
            self.driven.hearers.abandon();
        }
    }
}
