//! Processes, as a test plays them, and waits for what is going to happen.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_core::{
    Builder, Bus, Cache, EntryOptions, Error, Hearing, Invalidation, Message, Notice, Postcard,
};
use cachefn_redis::{Redis, RedisBus, RedisTracking};
use cachefn_tokio::TokioRuntime;

pub(crate) use crate::common::until;

/// Often enough for a test to wait for it.
pub(crate) const CHECK_EVERY: Duration = Duration::from_millis(200);

/// By which of the two processes hear each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Channel,
    Tracking,
}

impl Way {
    pub(crate) const ALL: [Way; 2] = [Way::Channel, Way::Tracking];
}

/// What a process has: connections and a bus of its own.
pub(crate) struct Process {
    redis: Redis,
    pub(crate) runtime: TokioRuntime,
    bus: Line,
}

enum Line {
    Channel(RedisBus),
    Tracking(RedisTracking),
}

impl Process {
    pub(crate) async fn start(way: Way, url: &str) -> Self {
        Self::over(way, Redis::connect(url).await.unwrap())
    }

    pub(crate) fn over(way: Way, redis: Redis) -> Self {
        let runtime = TokioRuntime::current().unwrap();
        let bus = match way {
            Way::Channel => Line::Channel(redis.bus(runtime.clone()).check_every(CHECK_EVERY)),
            Way::Tracking => {
                Line::Tracking(redis.tracking(runtime.clone()).check_every(CHECK_EVERY))
            }
        };
        Process { redis, runtime, bus }
    }

    pub(crate) fn bus(&self) -> Arc<dyn Bus> {
        match &self.bus {
            Line::Channel(bus) => Arc::new(bus.clone()),
            Line::Tracking(tracking) => Arc::new(tracking.clone()),
        }
    }

    pub(crate) fn failure(&self) -> Option<Error> {
        match &self.bus {
            Line::Channel(bus) => bus.failure(),
            Line::Tracking(tracking) => tracking.failure(),
        }
    }

    /// The settings of a cache over this storage and bus.
    pub(crate) fn builder(&self, name: &str) -> Builder<Cache<u32, u32>> {
        let builder = Cache::<u32, u32>::builder(name).bus(self.bus());
        self.stored(builder)
    }

    /// The same cache as this process would have it if it heard by the bus of another.
    pub(crate) fn stored(&self, builder: Builder<Cache<u32, u32>>) -> Builder<Cache<u32, u32>> {
        match &self.bus {
            Line::Channel(_) => builder.storage(self.redis.storage()).codec(Postcard),
            Line::Tracking(tracking) => builder.storage(tracking.storage()).codec(Postcard),
        }
    }

    /// A cache that hears already.
    pub(crate) async fn cache(&self, name: &str) -> Cache<u32, u32> {
        let cache = self.builder(name).build().unwrap();
        self.hears().await;
        cache
    }

    /// Waits until what is said from now on is heard.
    pub(crate) async fn hears(&self) {
        drop(Ear::on(&self.bus()).await);
    }
}

/// Hears what passes on a bus.
pub(crate) struct Ear {
    heard: Arc<Mutex<Vec<Notice>>>,
    _hearing: Hearing,
}

impl Ear {
    /// One that hears already.
    pub(crate) async fn on(bus: &impl Bus) -> Self {
        let ear = Ear::opened(bus);
        until("the subscription holds", async || {
            let all = ear.all();
            all.is_empty() || all.contains(&Notice::Restored)
        })
        .await;
        ear.take();
        ear
    }

    pub(crate) fn opened(bus: &impl Bus) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = heard.clone();
        let hear = Arc::new(move |notice| told.lock().unwrap().push(notice));
        Ear { heard, _hearing: bus.subscribe(hear) }
    }

    pub(crate) fn has(&self, notice: &Notice) -> bool {
        self.heard.lock().unwrap().contains(notice)
    }

    pub(crate) fn all(&self) -> Vec<Notice> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        let messages = self.all().into_iter().filter_map(|notice| match notice {
            Notice::Message(message) => Some(message),
            _ => None,
        });
        messages.collect()
    }

    /// Whether a key of a name was told of.
    pub(crate) fn told_of(&self, name: &str, key: &str) -> bool {
        self.messages().iter().any(|message| {
            message.namespace == name
                && matches!(&message.what, Invalidation::Keys(keys) if keys.iter().any(|own| own == key))
        })
    }

    /// Whether it was said that something may have been missed, and that no more is.
    pub(crate) fn was_lost_and_restored(&self) -> bool {
        let all = self.all();
        let lost = all.iter().position(|notice| *notice == Notice::Lost);
        lost.is_some_and(|lost| all[lost..].contains(&Notice::Restored))
    }
}

pub(crate) fn tagged(tag: &str) -> EntryOptions {
    EntryOptions::new().tag(tag)
}

pub(crate) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}
