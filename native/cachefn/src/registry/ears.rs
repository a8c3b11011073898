//! The bus of a storage, which all caches stop to hear at once when their registry ends.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use cachefn_core::{BoxFuture, Bus, Error, Hear, Hearing, Message};

/// Clones are the same bus.
#[derive(Clone)]
pub(super) struct Ears {
    source: Source,
    /// What the caches that listen hold.
    open: Arc<Mutex<Vec<Weak<Ear>>>>,
}

/// A bus of Redis.
#[derive(Clone)]
#[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "without Redis there is none"))]
pub(super) enum Source {
    #[cfg(feature = "redis")]
    Channel(cachefn_redis::RedisBus),
    #[cfg(feature = "redis")]
    Tracking(cachefn_redis::RedisTracking),
    #[cfg(not(feature = "redis"))]
    None(Arc<dyn Bus>),
}

/// One subscription, until its cache or the registry ends it.
struct Ear(Mutex<Option<Hearing>>);

impl Ears {
    #[cfg(feature = "redis")]
    pub(super) fn new(source: Source) -> Self {
        Ears { source, open: Arc::default() }
    }

    /// Why nothing is heard, if that is so.
    pub(super) fn failure(&self) -> Option<String> {
        match &self.source {
            #[cfg(feature = "redis")]
            Source::Channel(bus) => bus.failure().map(|error| error.to_string()),
            #[cfg(feature = "redis")]
            Source::Tracking(bus) => bus.failure().map(|error| error.to_string()),
            #[cfg(not(feature = "redis"))]
            Source::None(_) => None,
        }
    }

    /// From now on nobody hears, and the task that listens ends.
    pub(super) fn end(&self) {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        open.iter().filter_map(Weak::upgrade).for_each(|ear| ear.end());
    }

    fn bus(&self) -> &dyn Bus {
        match &self.source {
            #[cfg(feature = "redis")]
            Source::Channel(bus) => bus,
            #[cfg(feature = "redis")]
            Source::Tracking(bus) => bus,
            #[cfg(not(feature = "redis"))]
            Source::None(bus) => bus,
        }
    }
}

impl Bus for Ears {
    fn publish<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Error>> {
        self.bus().publish(message)
    }

    fn subscribe(&self, hear: Hear) -> Hearing {
        let ear = Arc::new(Ear(Mutex::new(Some(self.bus().subscribe(hear)))));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|ear| ear.strong_count() > 0);
        open.push(Arc::downgrade(&ear));
        Box::new(ear)
    }
}

impl Ear {
    fn end(&self) {
        let hearing = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(hearing); // unlocked: what is behind it is another crate's
    }
}
