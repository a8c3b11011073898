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
/// What it hears ends with the last of these caches. A connection that is lost, or that is silent for longer
/// than [`check_every`](Self::check_every), is told at once and replaced; what was missed meanwhile is made
/// up for by the cache (see its `stale_while_lost`).
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
    #[must_use]
    pub fn check_every(self, time: Duration) -> Self {
        Self::over(Channel { check_every: time, ..self.driven.source.clone() })
    }

    /// Why nothing is heard now, as far as it is known; nothing while all is well.
    pub fn failure(&self) -> Option<Error> {
        self.driven.failure()
    }
}

impl Bus for RedisBus {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
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
