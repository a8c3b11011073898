//! The one connection by which all who wait are told. Nobody but they reads it: whoever is polled hands on
//! what has arrived for the others.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use cachefn_core::Error;
use futures_util::StreamExt;
use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, Value, cmd};

use super::waiting::Waiting;
use crate::connection::{Link, Pushes};
use crate::executor;

pub(super) struct Ears {
    link: Link,
    channel: Arc<str>,
    waiting: Arc<Waiting>,
    /// Whoever holds it connects, or asks whether the connection still holds.
    attempt: async_lock::Mutex<()>,
    pushes: Mutex<Option<Held>>,
}

/// A connection that has subscribed, and when it was last known to hold.
struct Held {
    pushes: Pushes,
    known: Instant,
}

impl Ears {
    pub(super) fn new(link: Link, channel: Arc<str>) -> Self {
        let (waiting, attempt) = (Arc::default(), async_lock::Mutex::new(()));
        Ears { link, channel, waiting, attempt, pushes: Mutex::new(None) }
    }

    /// Begins to wait for a name now; the future is ready when it is free, or when that may have been
    /// missed.
    pub(super) fn wait(&self, name: &[u8]) -> Wait<'_> {
        Wait { ears: self, number: self.waiting.join(name) }
    }

    /// Makes sure that what is published from now on is heard.
    ///
    /// # Errors
    /// When the servers cannot be reached.
    pub(super) async fn listen(&self) -> Result<(), Error> {
        let _attempt = self.attempt.lock().await;
        self.read();
        if let Some((connection, known)) = self.connection() {
            if known.elapsed() < TRUSTED {
                return Ok(());
            }
            if self.answers(connection).await {
                self.locked(|held| held.iter_mut().for_each(|held| held.known = Instant::now()));
                return Ok(());
            }
            self.lose();
        }
        let mut pushes = self.link.pushes("released", self.channel.as_bytes()).await?;
        let subscribing = pushes.connection.subscribe(&*self.channel);
        match executor::at_most(self.link.settings().timeout, subscribing).await {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(Error::unavailable("released", error.to_string())),
            None => return Err(Error::timeout("released", "redis gave no answer in time")),
        }
        self.place(Some(Held { pushes, known: Instant::now() }));
        self.read();
        Ok(())
    }

    /// Whether the connection still holds: one that is cut on one side says nothing of it.
    async fn answers(&self, mut connection: MultiplexedConnection) -> bool {
        let ping = cmd("PING");
        let answer = connection.send_packed_command(&ping);
        matches!(executor::at_most(self.link.settings().timeout, answer).await, Some(Ok(_)))
    }

    fn connection(&self) -> Option<(MultiplexedConnection, Instant)> {
        self.locked(|held| held.as_ref().map(|held| (held.pushes.connection.clone(), held.known)))
    }

    /// Hands on what has arrived. All who wait are woken by what arrives later.
    fn read(&self) {
        let bell = self.waiting.bell();
        let mut context = Context::from_waker(&bell);
        loop {
            let received = self.locked(|held| match held {
                Some(held) => held.pushes.received.poll_next_unpin(&mut context),
                // Lost since this one has listened.
                None => Poll::Ready(None),
            });
            match received {
                Poll::Pending => return,
                Poll::Ready(Some(push)) if push.kind != PushKind::Disconnection => {
                    self.hear(&push);
                }
                Poll::Ready(_) => return self.lose(),
            }
        }
    }

    fn hear(&self, push: &PushInfo) {
        if let (PushKind::Message, [_, Value::BulkString(name)]) = (&push.kind, &push.data[..]) {
            self.waiting.tell(Some(name));
        }
    }

    /// The connection is gone: something may be missed.
    fn lose(&self) {
        self.place(None);
        self.waiting.tell(None);
    }

    fn place(&self, held: Option<Held>) {
        let gone = self.locked(|place| std::mem::replace(place, held));
        drop(gone);
    }

    fn locked<T>(&self, with: impl FnOnce(&mut Option<Held>) -> T) -> T {
        with(&mut self.pushes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One who waits, until it is dropped.
pub(super) struct Wait<'e> {
    ears: &'e Ears,
    number: u64,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Noted before it is read, so that whatever arrives from then on wakes this one, too.
        if !self.ears.waiting.note(self.number, context.waker()) {
            self.ears.read();
        }
        match self.ears.waiting.note(self.number, context.waker()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.ears.waiting.leave(self.number);
    }
}

/// For so long it is not asked again whether a connection holds.
const TRUSTED: Duration = Duration::from_secs(1);
