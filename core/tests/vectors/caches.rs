//! One face over the caches that the traces drive.

use std::any::Any;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_core::{
    EntryOptions, Error, Event, FetchContext, Glob, ManualClock, MemoryCache, Mode, Policy, Stats,
    unsync,
};

use crate::trace::{Endless, Part, Seen, Settings, Time};

/// What the caches hold: a whole number with its weight, or nothing.
pub(crate) type Stored = Option<Weighed>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weighed {
    pub(crate) number: i64,
    pub(crate) weight: u64,
}

type Context<'a> = Option<&'a mut FetchContext<Stored>>;

/// What a fetcher of a trace does: given the cache, where one can have it meanwhile.
pub(crate) type Fetcher<'a> =
    &'a mut dyn FnMut(Option<&mut dyn Cache>, Context<'_>) -> Result<Stored, ()>;

/// A cache with text keys.
pub(crate) trait Cache {
    fn get(&mut self, key: &str) -> Option<Stored>;
    fn get_many(&mut self, keys: &[String]) -> Vec<Option<Stored>>;
    fn peek(&mut self, key: &str) -> Option<Stored>;
    fn has(&mut self, key: &str) -> bool;
    fn set(&mut self, key: &str, value: Stored, options: Option<EntryOptions>)
    -> Result<(), Error>;
    fn set_many(&mut self, entries: Vec<(String, Stored)>) -> Result<(), Error>;
    fn set_if_absent(&mut self, key: &str, value: Stored) -> Result<bool, Error>;
    fn update(
        &mut self,
        key: &str,
        change: &mut dyn FnMut(Option<Stored>) -> Option<Stored>,
    ) -> Result<Option<Stored>, Error>;
    fn delete(&mut self, key: &str) -> bool;
    fn delete_many(&mut self, keys: &[String]) -> usize;
    fn expire(&mut self, key: &str) -> bool;
    fn purge(&mut self) -> usize;
    fn clear(&mut self);
    fn invalidate_by_tag(&mut self, tag: &str, mode: Mode);
    fn invalidate_by_tags(&mut self, tags: &[String]);
    fn invalidate_by_pattern(&mut self, patterns: &[Glob], mode: Mode) -> usize;
    fn keys(&mut self, patterns: &[Glob]) -> Vec<String>;
    fn entries(&mut self, patterns: &[Glob], limit: usize) -> Vec<(String, Stored)>;
    fn len(&mut self) -> usize;
    fn is_empty(&mut self) -> bool;
    fn stats(&mut self) -> Stats;
    fn reset_stats(&mut self);
    fn get_or_fetch(
        &mut self,
        key: &str,
        options: Option<EntryOptions>,
        fetcher: Fetcher<'_>,
    ) -> Result<Stored, ()>;
}

/// The events that were not looked at yet.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn listener(&self) -> impl Fn(&Event<String>) + Send + Sync + 'static {
        let log = self.clone();
        move |event| log.0.lock().unwrap().push(seen(event))
    }
}

/// A cache, and what keeps its listener listening.
pub(crate) type Driven = (Box<dyn Cache>, Box<dyn Any>);

macro_rules! build {
    ($face:ty, $settings:expr, $clock:expr) => {{
        let mut builder = <$face>::builder().clock($clock.clone());
        builder = builder.max_entries($settings.max_entries);
        if let Some(max) = $settings.max_weight {
            builder = builder.max_weight(max).weigher(|_, value| weight(value));
        }
        if let Some(policy) = &$settings.policy {
            builder = builder.policy(policy.parse::<Policy>().expect("a policy"));
        }
        if let Some(ttl) = $settings.ttl_ms {
            builder = builder.ttl(length(ttl));
        }
        if let Some(tti) = $settings.tti_ms {
            builder = builder.tti(length(tti));
        }
        if let Some(window) = $settings.stale_while_revalidate_ms {
            builder = builder.stale_while_revalidate(length(window));
        }
        if let Some(window) = $settings.stale_if_error_ms {
            builder = builder.stale_if_error(length(window));
        }
        if let Some(ttl) = $settings.negative_ttl_ms {
            builder = builder.negative_ttl(length(ttl));
        }
        if let Some(jitter) = $settings.jitter {
            builder = builder.jitter(jitter);
        }
        if let Some(seed) = $settings.seed {
            builder = builder.seed(seed);
        }
        builder.build().expect("the settings of a trace are sound")
    }};
}

type Sharded = MemoryCache<String, Stored>;
type Unsync = unsync::MemoryCache<String, Stored>;

pub(crate) fn sharded(settings: &Settings, clock: &ManualClock, log: &Log) -> Driven {
    let cache = build!(Sharded, settings, clock);
    let subscription = cache.subscribe(log.listener());
    (Box::new(Rc::new(cache)), Box::new(subscription))
}

pub(crate) fn unsync(settings: &Settings, clock: &ManualClock, log: &Log) -> Driven {
    let mut cache = build!(Unsync, settings, clock);
    let subscription = cache.subscribe(log.listener());
    (Box::new(cache), Box::new(subscription))
}

/// The same cache once more, where a fetcher may use it.
trait Twin {
    fn twin(&self) -> Option<Box<dyn Cache>>;
}

impl Twin for Rc<Sharded> {
    fn twin(&self) -> Option<Box<dyn Cache>> {
        Some(Box::new(self.clone()))
    }
}

impl Twin for Unsync {
    fn twin(&self) -> Option<Box<dyn Cache>> {
        None
    }
}

macro_rules! face {
    ($face:ty as $held:ty) => {
        impl Cache for $held {
            fn get(&mut self, key: &str) -> Option<Stored> {
                <$face>::get_with(self, key, Clone::clone)
            }
            fn get_many(&mut self, keys: &[String]) -> Vec<Option<Stored>> {
                <$face>::get_many(self, keys)
            }
            fn peek(&mut self, key: &str) -> Option<Stored> {
                #[allow(clippy::implicit_clone, reason = "one face gives a reference")]
                <$face>::peek(self, key).map(|value| value.to_owned())
            }
            fn has(&mut self, key: &str) -> bool {
                <$face>::contains(self, key)
            }
            fn set(
                &mut self,
                key: &str,
                value: Stored,
                options: Option<EntryOptions>,
            ) -> Result<(), Error> {
                match options {
                    None => <$face>::set(self, key.into(), value),
                    Some(options) => <$face>::set_with(self, key.into(), value, options),
                }
            }
            fn set_many(&mut self, entries: Vec<(String, Stored)>) -> Result<(), Error> {
                <$face>::set_many(self, entries)
            }
            fn set_if_absent(&mut self, key: &str, value: Stored) -> Result<bool, Error> {
                <$face>::set_if_absent(self, key.into(), value)
            }
            fn update(
                &mut self,
                key: &str,
                change: &mut dyn FnMut(Option<Stored>) -> Option<Stored>,
            ) -> Result<Option<Stored>, Error> {
                <$face>::update(self, key.into(), change)
            }
            fn delete(&mut self, key: &str) -> bool {
                <$face>::delete(self, key)
            }
            fn delete_many(&mut self, keys: &[String]) -> usize {
                <$face>::delete_many(self, keys)
            }
            fn expire(&mut self, key: &str) -> bool {
                <$face>::expire(self, key)
            }
            fn purge(&mut self) -> usize {
                <$face>::purge(self)
            }
            fn clear(&mut self) {
                <$face>::clear(self);
            }
            fn invalidate_by_tag(&mut self, tag: &str, mode: Mode) {
                match mode {
                    Mode::Remove => <$face>::invalidate_by_tag(self, tag),
                    Mode::Expire => <$face>::invalidate_by_tag_with(self, tag, mode),
                }
            }
            fn invalidate_by_tags(&mut self, tags: &[String]) {
                <$face>::invalidate_by_tags(self, tags);
            }
            fn invalidate_by_pattern(&mut self, patterns: &[Glob], mode: Mode) -> usize {
                match mode {
                    Mode::Remove => <$face>::invalidate_by_pattern(self, patterns),
                    Mode::Expire => <$face>::invalidate_by_pattern_with(self, patterns, mode),
                }
            }
            fn keys(&mut self, patterns: &[Glob]) -> Vec<String> {
                <$face>::keys(self, patterns)
            }
            fn entries(&mut self, patterns: &[Glob], limit: usize) -> Vec<(String, Stored)> {
                <$face>::entries(self, patterns, limit)
            }
            fn len(&mut self) -> usize {
                <$face>::len(self)
            }
            fn is_empty(&mut self) -> bool {
                <$face>::is_empty(self)
            }
            fn stats(&mut self) -> Stats {
                <$face>::stats(self)
            }
            fn reset_stats(&mut self) {
                <$face>::reset_stats(self);
            }
            fn get_or_fetch(
                &mut self,
                key: &str,
                options: Option<EntryOptions>,
                fetcher: Fetcher<'_>,
            ) -> Result<Stored, ()> {
                let mut twin = self.twin();
                let inner = twin.as_mut().map(|twin| &mut **twin as &mut dyn Cache);
                match options {
                    None => <$face>::get_or_fetch(self, key, || fetcher(inner, None)),
                    Some(options) => <$face>::get_or_fetch_with(self, key, options, |context| {
                        fetcher(inner, Some(context))
                    }),
                }
            }
        }
    };
}

face!(Sharded as Rc<Sharded>);
face!(Unsync as Unsync);

/// A value without a weight of its own weighs 1.
fn weight(value: &Stored) -> u64 {
    value.map_or(1, |value| value.weight)
}

pub(crate) fn length(time: Time) -> Duration {
    match time {
        Time::Milliseconds(ms) => Duration::from_secs_f64(ms / 1_000.0),
        Time::Endless(Endless::Endless) => Duration::MAX,
    }
}

fn seen(event: &Event<String>) -> Seen {
    let mut parts = vec![
        Part::Text(event.kind.as_str().into()),
        event.key.clone().map_or(Part::Nothing(()), Part::Text),
        event.cause.map_or(Part::Nothing(()), |cause| Part::Text(cause.as_str().into())),
        event.count.map_or(Part::Nothing(()), Part::Count),
    ];
    while parts.last() == Some(&Part::Nothing(())) {
        parts.pop();
    }
    Seen(parts)
}
