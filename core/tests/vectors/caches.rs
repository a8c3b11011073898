//! One face over the caches that the traces drive.

use std::any::Any;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_core::private::{Enter, enter};
use cachefn_core::{EntryOptions, Event, Glob, ManualClock, MemoryCache, Policy, Stats, unsync};

use crate::trace::{Endless, Part, Seen, Settings, Ttl};

/// What a fetcher of a trace does: given the cache, where one can have it meanwhile.
pub(crate) type Fetcher<'a> = &'a mut dyn FnMut(Option<&mut dyn Cache>) -> Result<i64, ()>;

/// A cache with text keys and whole-number values.
pub(crate) trait Cache {
    fn get(&mut self, key: &str) -> Option<i64>;
    fn peek(&mut self, key: &str) -> Option<i64>;
    fn has(&mut self, key: &str) -> bool;
    fn set(&mut self, key: &str, value: i64, options: Option<EntryOptions>);
    fn delete(&mut self, key: &str) -> bool;
    fn clear(&mut self);
    fn invalidate_by_tag(&mut self, tag: &str);
    fn invalidate_by_pattern(&mut self, pattern: &Glob) -> usize;
    fn keys(&mut self, pattern: &Glob) -> Vec<String>;
    fn len(&mut self) -> usize;
    fn is_empty(&mut self) -> bool;
    fn stats(&mut self) -> Stats;
    fn get_or_fetch(
        &mut self,
        key: &str,
        options: Option<EntryOptions>,
        fetcher: Fetcher<'_>,
    ) -> Result<i64, ()>;
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
    ($cache:ident in $module:ident, $settings:expr, $clock:expr) => {{
        let mut builder = $module::$cache::builder().clock($clock.clone());
        builder = builder.max_entries($settings.max_entries);
        if let Some(policy) = &$settings.policy {
            builder = builder.policy(policy.parse::<Policy>().expect("a policy"));
        }
        if let Some(ttl) = $settings.ttl_ms {
            builder = builder.ttl(length(ttl));
        }
        if let Some(seed) = $settings.seed {
            builder = builder.seed(seed);
        }
        builder.build().expect("the settings of a trace are sound")
    }};
}

pub(crate) fn sharded(settings: &Settings, clock: &ManualClock, log: &Log) -> Driven {
    let cache = build!(MemoryCache in cachefn_core, settings, clock);
    let subscription = cache.subscribe(log.listener());
    (Box::new(Rc::new(cache)), Box::new(subscription))
}

pub(crate) fn unsync(settings: &Settings, clock: &ManualClock, log: &Log) -> Driven {
    let mut cache = build!(MemoryCache in unsync, settings, clock);
    let subscription = cache.subscribe(log.listener());
    (Box::new(cache), Box::new(subscription))
}

pub(crate) fn options(ttl: Option<Ttl>, tags: &[String]) -> Option<EntryOptions> {
    let options = EntryOptions::new().tags(tags.iter().map(String::as_str));
    match ttl {
        Some(ttl) => Some(options.ttl(length(ttl))),
        None => (!tags.is_empty()).then_some(options),
    }
}

impl Cache for Rc<MemoryCache<String, i64>> {
    fn get(&mut self, key: &str) -> Option<i64> {
        MemoryCache::get(self, key)
    }
    fn peek(&mut self, key: &str) -> Option<i64> {
        MemoryCache::peek(self, key)
    }
    fn has(&mut self, key: &str) -> bool {
        MemoryCache::contains(self, key)
    }
    fn set(&mut self, key: &str, value: i64, options: Option<EntryOptions>) {
        match options {
            None => MemoryCache::set(self, key.into(), value).unwrap(),
            Some(options) => self.set_with(key.into(), value, options).unwrap(),
        }
    }
    fn delete(&mut self, key: &str) -> bool {
        MemoryCache::delete(self, key)
    }
    fn clear(&mut self) {
        MemoryCache::clear(self);
    }
    fn invalidate_by_tag(&mut self, tag: &str) {
        MemoryCache::invalidate_by_tag(self, tag);
    }
    fn invalidate_by_pattern(&mut self, pattern: &Glob) -> usize {
        MemoryCache::invalidate_by_pattern(self, pattern)
    }
    fn keys(&mut self, pattern: &Glob) -> Vec<String> {
        MemoryCache::keys(self, pattern)
    }
    fn len(&mut self) -> usize {
        MemoryCache::len(self)
    }
    fn is_empty(&mut self) -> bool {
        MemoryCache::is_empty(self)
    }
    fn stats(&mut self) -> Stats {
        MemoryCache::stats(self)
    }
    fn get_or_fetch(
        &mut self,
        key: &str,
        options: Option<EntryOptions>,
        fetcher: Fetcher<'_>,
    ) -> Result<i64, ()> {
        let mut inner = self.clone();
        let Some(options) = options else {
            return MemoryCache::get_or_fetch(self, key, || fetcher(Some(&mut inner)));
        };
        // Options of a load are said by the attribute so far, which makes these two calls.
        match enter(self, key, || options) {
            Enter::Hit(value) => Ok(value),
            Enter::Lead(flight) => flight.finish(fetcher(Some(&mut inner))),
        }
    }
}

impl Cache for unsync::MemoryCache<String, i64> {
    fn get(&mut self, key: &str) -> Option<i64> {
        unsync::MemoryCache::get(self, key).copied()
    }
    fn peek(&mut self, key: &str) -> Option<i64> {
        unsync::MemoryCache::peek(self, key).copied()
    }
    fn has(&mut self, key: &str) -> bool {
        self.contains(key)
    }
    fn set(&mut self, key: &str, value: i64, options: Option<EntryOptions>) {
        match options {
            None => unsync::MemoryCache::set(self, key.into(), value).unwrap(),
            Some(options) => self.set_with(key.into(), value, options).unwrap(),
        }
    }
    fn delete(&mut self, key: &str) -> bool {
        unsync::MemoryCache::delete(self, key)
    }
    fn clear(&mut self) {
        unsync::MemoryCache::clear(self);
    }
    fn invalidate_by_tag(&mut self, tag: &str) {
        unsync::MemoryCache::invalidate_by_tag(self, tag);
    }
    fn invalidate_by_pattern(&mut self, pattern: &Glob) -> usize {
        unsync::MemoryCache::invalidate_by_pattern(self, pattern)
    }
    fn keys(&mut self, pattern: &Glob) -> Vec<String> {
        unsync::MemoryCache::keys(self, pattern)
    }
    fn len(&mut self) -> usize {
        unsync::MemoryCache::len(self)
    }
    fn is_empty(&mut self) -> bool {
        unsync::MemoryCache::is_empty(self)
    }
    fn stats(&mut self) -> Stats {
        unsync::MemoryCache::stats(self)
    }
    fn get_or_fetch(
        &mut self,
        key: &str,
        options: Option<EntryOptions>,
        fetcher: Fetcher<'_>,
    ) -> Result<i64, ()> {
        assert!(options.is_none(), "unsync has no options for a load; say who the trace is for");
        unsync::MemoryCache::get_or_fetch(self, key, || fetcher(None))
    }
}

fn length(ttl: Ttl) -> Duration {
    match ttl {
        Ttl::Milliseconds(ms) => Duration::from_secs_f64(ms / 1_000.0),
        Ttl::Endless(Endless::Endless) => Duration::MAX,
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
