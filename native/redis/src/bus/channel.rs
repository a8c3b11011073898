//! Messages by publish and subscribe: one channel for a prefix.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, Message, Notice, Runtime};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, RedisResult, Value, cmd};

use super::driving::Source;
use super::echo::Echo;
use super::hearers::Hearers;
use super::message::{decode, encode};
use super::waiting::{draw, within};
use crate::connection::{Link, Pushes};
use crate::failure::{Failure, timed_out};

/// The channel of a prefix.
#[derive(Clone)]
pub(crate) struct Channel {
    pub(crate) link: Link,
    pub(crate) name: String,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) check_every: Duration,
    /// Whether a message could not be published since it was last asked.
    owes: Arc<AtomicBool>,
}

/// A connection that has subscribed.
pub(crate) struct Subscribed {
    pub(crate) pushes: Pushes,
    pub(crate) echo: Echo,
}

impl Channel {
    pub(crate) fn new(link: Link, runtime: Arc<dyn Runtime>) -> Self {
        let name = format!("{}:bus", link.settings().prefix);
        Channel { link, name, runtime, check_every: CHECK_EVERY, owes: Arc::default() }
    }

    pub(crate) fn checked_every(&self, time: Duration) -> Self {
        Channel { check_every: time, ..self.clone() }
    }

    /// Tells all who subscribed, on whatever node.
    pub(crate) async fn publish(&self, message: &Message) -> Result<(), Error> {
        for piece in encode(message) {
            let told = self.say("publish", &self.name, piece).await;
            told.inspect_err(|_| self.owes.store(true, SeqCst))?;
        }
        Ok(())
    }

    async fn say(
        &self,
        operation: &'static str,
        channel: &str,
        payload: Vec<u8>,
    ) -> Result<(), Error> {
        let mut publish = cmd("PUBLISH");
        publish.arg(channel).arg(payload);
        self.link.run(operation, self.link.request(channel.as_bytes(), publish)).await.map(drop)
    }

    /// A new connection, on which from now on everything is heard.
    async fn subscribe(&self) -> Result<Subscribed, Error> {
        // Of a Cluster any node will do: another one each time, should one be away.
        let pushes = self.link.pushes("subscribe", &draw().to_le_bytes()).await?;
        self.subscribe_on(pushes).await
    }

    pub(crate) async fn subscribe_on(&self, mut pushes: Pushes) -> Result<Subscribed, Error> {
        let echo = Echo::beside(&self.name);
        let channels = [&self.name, &echo.channel];
        self.within_timeout(pushes.connection.subscribe(&channels)).await?;
        Ok(Subscribed { pushes, echo })
    }

    /// What a server answers on a connection of its own.
    pub(crate) async fn within_timeout<T>(
        &self,
        answer: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, Error> {
        let failure = |error| Failure::new(format!("channel {}", self.name), error);
        match within(&*self.runtime, self.link.settings().timeout, answer).await {
            Some(answer) => answer.map_err(|error| failure(error).during("subscribe")),
            None => Err(failure(timed_out()).during("subscribe")),
        }
    }

    /// Does what a message of the server says; whether something was said on the channel.
    pub(crate) fn obey(&self, push: &PushInfo, echo: &Echo, hearers: &Hearers) {
        let PushKind::Message = push.kind else { return };
        let [Value::BulkString(channel), Value::BulkString(payload)] = &push.data[..] else {
            return hearers.miss();
        };
        if *channel == echo.channel.as_bytes() {
            return echo.answer(payload);
        }
        match decode(payload) {
            Ok(message) => hearers.tell(&Notice::Message(message)),
            // Somebody says something, perhaps in the words of a later version.
            Err(_) => hearers.miss(),
        }
    }

    /// Asks again and again whether messages still arrive; ends when they do not.
    async fn check(
        &self,
        connection: &MultiplexedConnection,
        echo: &Echo,
        hearers: &Hearers,
    ) -> Error {
        loop {
            self.runtime.sleep(self.check_every).await;
            if let Err(error) = self.check_once(connection, echo, hearers).await {
                return error;
            }
        }
    }

    /// What is published must be heard, so that neither a connection that is cut on one side only nor a
    /// server that the others have left goes unnoticed.
    pub(crate) async fn check_once(
        &self,
        connection: &MultiplexedConnection,
        echo: &Echo,
        hearers: &Hearers,
    ) -> Result<(), Error> {
        let number = echo.call();
        if self.say("subscribe", &echo.channel, number.to_string().into_bytes()).await.is_ok() {
            let timeout = self.link.settings().timeout;
            let heard = within(&*self.runtime, timeout, echo.heard(number)).await;
            let silent = || Error::timeout("subscribe", "what is published is not heard any more");
            heard.ok_or_else(silent)?;
            if self.owes.swap(false, SeqCst) {
                // Now it could: caches that have something to tell do that when they hear this.
                hearers.tell(&Notice::Restored);
            }
            return Ok(());
        }
        // That it could not be published says nothing of what others can.
        self.ping(connection).await
    }

    pub(crate) async fn ping(&self, connection: &MultiplexedConnection) -> Result<(), Error> {
        let (mut connection, ping) = (connection.clone(), cmd("PING"));
        self.within_timeout(ping.query_async::<Value>(&mut connection)).await.map(drop)
    }
}

impl Source for Channel {
    type Session = Subscribed;

    fn open(&self) -> BoxFuture<'_, Result<Subscribed, Error>> {
        Box::pin(self.subscribe())
    }

    fn hear<'s>(
        &'s self,
        session: &'s mut Subscribed,
        hearers: &'s Hearers,
    ) -> BoxFuture<'s, Error> {
        let Subscribed { pushes: Pushes { connection, received }, echo } = session;
        Box::pin(async move {
            let hearing = Box::pin(async {
                while let Some(push) = received.next().await
                    && push.kind != PushKind::Disconnection
                {
                    self.obey(&push, echo, hearers);
                }
                Error::unavailable("subscribe", "the connection has ended")
            });
            match select(hearing, Box::pin(self.check(connection, echo, hearers))).await {
                Either::Left((error, _)) | Either::Right((error, _)) => error,
            }
        })
    }
}

/// Unless it is said.
const CHECK_EVERY: Duration = Duration::from_secs(1);
