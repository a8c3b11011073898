//! Invalidations for every process that shares a Redis, by publish and subscribe.

mod channel;
mod driving;
mod echo;
mod hearers;
mod message;
mod waiting;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Bus, Error, Hear, Hearing, Message, Runtime};

use crate::connection::Link;

pub(crate) use channel::{Channel, Subscribed};
pub(crate) use driving::{Driven, Source};
pub(crate) use echo::Echo;
pub(crate) use hearers::Hearers;
pub(crate) use waiting::draw;

/// Tells the caches of all processes with the same servers and prefix what is not valid any more: one
/// channel, one connection for all caches that use a clone of it.
///
/// What it hears ends with the last of these caches, and the runtime's one task with it. A connection that
/// ends is told at once, one that is only silent within [`check_every`](Self::check_every) and the time that
/// a command may take; both are replaced, with growing pauses. What was missed meanwhile the cache makes up
/// for (its `stale_while_lost`). With Sentinel it follows the master; of a Cluster it uses any node.
///
/// A message that could not be published waits in its cache. It is told when publishing works again if the
/// cache has a runtime, and otherwise with its next message or `flush`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cachefn_core::Error> {
/// use cachefn_core::{Cache, Postcard};
/// use cachefn_redis::Redis;
/// use cachefn_tokio::TokioRuntime;
///
/// # let server = cachefn_servers::Server::start();
/// # let url = server.url();
/// let mut processes = Vec::new();
/// for _ in 0..2 { // as if this were two processes
///     let redis = Redis::connect(&url).await?;
///     let bus = redis.bus(TokioRuntime::current()?);
///     let builder = Cache::<String, u32>::builder("numbers").storage(redis.storage());
///     processes.push(builder.codec(Postcard).bus(bus).build()?);
/// }
/// let [here, there] = &processes[..] else { unreachable!() };
/// here.set("a".into(), 1).await?;
/// assert_eq!(there.get("a").await?, Some(1));
/// here.set("a".into(), 2).await?;
/// while there.get("a").await? != Some(2) { // it is there in a moment
///     tokio::task::yield_now().await;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisBus {
    driven: Arc<Driven<Channel>>,
}

impl RedisBus {
    pub(crate) fn new(link: Link, runtime: Arc<dyn Runtime>) -> Self {
        Self::over(Channel::new(link, runtime))
    }

    fn over(channel: Channel) -> Self {
        let runtime = Arc::clone(&channel.runtime);
        RedisBus { driven: Arc::new(Driven::new(channel, runtime)) }
    }

    /// How often it is asked whether messages still arrive: every second unless it is said. A connection
    /// that is silent is taken for lost after this time and the one that a command may take.
    ///
    /// What has subscribed already is not meant: say it first.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// # use std::time::Duration;
    /// # let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// let bus = redis.bus(cachefn_tokio::TokioRuntime::current()?);
    /// let bus = bus.check_every(Duration::from_millis(200));
    /// assert_eq!(bus.failure(), None);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn check_every(self, time: Duration) -> Self {
        Self::over(self.driven.source.checked_every(time))
    }

    /// Why nothing is heard now, as far as it is known; nothing while all is well, and as long as nobody
    /// wants to hear.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cachefn_core::Error> {
    /// # use cachefn_core::Bus;
    /// # let server = cachefn_servers::Server::start();
    /// # let redis = cachefn_redis::Redis::connect(server.url()).await?;
    /// let bus = redis.bus(cachefn_tokio::TokioRuntime::current()?);
    /// let _hearing = bus.subscribe(std::sync::Arc::new(|_| {}));
    /// server.kill();
    /// while bus.failure().is_none() {
    ///     tokio::task::yield_now().await;
    /// }
    /// assert!(bus.failure().unwrap().to_string().starts_with("subscribe: "));
    /// # Ok(()) }
    /// ```
    pub fn failure(&self) -> Option<Error> {
        self.driven.failure()
    }
}

impl Bus for RedisBus {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        self.driven.revive();
        Box::pin(self.driven.source.publish(message))
    }

    fn subscribe(&self, hear: Hear) -> Hearing {
        subscribe(&self.driven, hear)
    }
}

/// One more who hears what is driven.
pub(crate) fn subscribe<S: Source>(driven: &Arc<Driven<S>>, hear: Hear) -> Hearing {
    let joined = driven.hearers.join(hear);
    if joined.is_first {
        driven.spawn();
    }
    Box::new(Subscription { driven: Arc::clone(driven), number: joined.number })
}

/// Ends when it is dropped.
struct Subscription<S: Source> {
    driven: Arc<Driven<S>>,
    number: u64,
}

impl<S: Source> Drop for Subscription<S> {
    fn drop(&mut self) {
        self.driven.hearers.leave(self.number);
    }
}

impl fmt::Debug for RedisBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBus")
            .field("channel", &self.driven.source.name)
            .finish_non_exhaustive()
    }
}
