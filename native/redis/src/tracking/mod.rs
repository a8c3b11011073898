//! Invalidations that the servers themselves tell of: client tracking.

mod journal;
mod judging;
mod meaning;
mod storage;
mod watching;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Bus, Error, Hear, Hearing, Message, Runtime};

use crate::bus::{Channel, Driven, draw, subscribe};
use crate::connection::Link;
use crate::names::Names;
use crate::storage::RedisStorage;
use judging::Judge;
use watching::Watch;

pub use storage::TrackedStorage;

/// A bus on which the servers themselves say what changes, whoever changes it: a process that ended before
/// it could tell, a hand at `redis-cli`, `FLUSHALL`, or Redis when it needs room. The processes tell each
/// other as well, as with [`RedisBus`](crate::RedisBus), so that loads are fenced by what leaves no trace in
/// Redis, such as the removal of what was not there.
///
/// Every write of any process reaches all others, values that were loaded among them; for the life of a tag
/// that is lengthened, and for a change of what this process wrote itself, it asks Redis what is there now.
/// Its own changes do not come back if its caches keep what they have in [`storage`](Self::storage).
///
/// It needs one connection more to each server that takes writes, and a login that may use
/// `CLIENT TRACKING`. Losses are noticed and made up for as there; on a Cluster other masters are, too.
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
/// let tracking = Redis::connect(&url).await?.tracking(TokioRuntime::current()?);
/// let builder = Cache::<String, u32>::builder("numbers").storage(tracking.storage());
/// let numbers = builder.codec(Postcard).bus(tracking).build()?;
/// numbers.set("a".into(), 1).await?;
/// // redis-cli DEL cachefn:numbers:a
/// # server.cli(&["DEL", "cachefn:numbers:a"]);
/// while numbers.get("a").await?.is_some() { // it is gone in a moment
///     tokio::task::yield_now().await;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisTracking {
    driven: Arc<Driven<Watch>>,
}

impl RedisTracking {
    pub(crate) fn new(link: Link, names: Names, runtime: Arc<dyn Runtime>) -> Self {
        let origin = u128::from(draw()) << 64 | u128::from(draw());
        let judge = Judge { link: link.clone(), names, journal: Arc::default(), origin };
        Self::over(Watch { channel: Channel::new(link, runtime), judge: Arc::new(judge) })
    }

    fn over(watch: Watch) -> Self {
        let runtime = Arc::clone(&watch.channel.runtime);
        RedisTracking { driven: Arc::new(Driven::new(watch, runtime)) }
    }

    /// How often it is asked whether the servers still tell: every second unless it is said. A connection
    /// that is silent is taken for lost after this time and the one that a command may take.
    ///
    /// What has subscribed already is not meant: say it first.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// # use std::time::Duration;
    /// # let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// let tracking = redis.tracking(cachefn_tokio::TokioRuntime::current()?);
    /// let tracking = tracking.check_every(Duration::from_millis(200));
    /// assert_eq!(tracking.failure(), None);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn check_every(self, time: Duration) -> Self {
        let watch = &self.driven.source;
        let channel = watch.channel.checked_every(time);
        Self::over(Watch { channel, judge: Arc::clone(&watch.judge) })
    }

    /// The storage for the caches that hear this. It knows its own changes again when the servers tell of
    /// them; with another one each `set` would take its value out of memory again.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// # use cachefn_core::Storage;
    /// # let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// let tracking = redis.tracking(cachefn_tokio::TokioRuntime::current()?);
    /// assert!(tracking.storage().capabilities().scans);
    /// # Ok(()) }
    /// ```
    pub fn storage(&self) -> TrackedStorage {
        let Judge { link, names, journal, .. } = &*self.driven.source.judge;
        let inner = RedisStorage::new(link.clone(), names.clone());
        TrackedStorage::new(inner, names.clone(), Arc::clone(journal))
    }

    /// Why nothing is heard now, as far as it is known; nothing while all is well, and as long as nobody
    /// wants to hear.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// # let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// let tracking = redis.tracking(cachefn_tokio::TokioRuntime::current()?);
    /// assert_eq!(tracking.failure(), None);
    /// # Ok(()) }
    /// ```
    pub fn failure(&self) -> Option<Error> {
        self.driven.failure()
    }
}

impl Bus for RedisTracking {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        self.driven.revive();
        Box::pin(self.driven.source.channel.publish(message))
    }

    fn subscribe(&self, hear: Hear) -> Hearing {
        subscribe(&self.driven, hear)
    }
}

impl fmt::Debug for RedisTracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channel = &self.driven.source.channel.name;
        f.debug_struct("RedisTracking").field("channel", channel).finish_non_exhaustive()
    }
}
