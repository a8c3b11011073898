//! Does the same to a real cache and to the naive one, and compares answers, events and counts.
//!
//! Which entries are evicted is the policy's choice, so the events of evictions are applied to the
//! naive cache, once each was found to be of a living entry of a full cache. Everything else must be
//! as the naive cache says: every answer, every other event, every count, every value in memory.

use std::any::Any;
use std::mem;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_core::{Event, Glob, ManualClock, MemoryCache, unsync};

use super::naive::{Counts, Naive, Told};
use super::operation::{Entry, Face, Operation, Settings};
use super::subject::{Sharded, Subject, Unsync, Value};

/// What a run did.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    /// Nested ones included.
    pub(crate) operations: u64,
    pub(crate) evictions: u64,
    pub(crate) expirations: u64,
    pub(crate) fenced: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.operations += other.operations;
        self.evictions += other.evictions;
        self.expirations += other.expirations;
        self.fenced += other.fenced;
    }
}

/// A disagreement, and what was done before it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fault: String,
    pub(crate) steps: Vec<Step>,
}

/// An operation that was done, with the right answer.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) value: u64,
    pub(crate) expect: Answer,
    pub(crate) during: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    Value(Option<u64>),
    Flag(bool),
    Count(usize),
    Keys(Vec<String>),
}

/// Runs the operations on a new cache.
pub(crate) fn check(settings: &Settings, operations: &[Operation]) -> Result<Tally, Box<Failure>> {
    let clock = ManualClock::new();
    let log = Log::default();
    let (mut cache, _subscription) = build(settings, &clock, &log);
    let mut run = Run {
        naive: Naive::new(settings.ttl_ms),
        max_entries: settings.max_entries,
        clock,
        log,
        counted: Arc::new(()),
        next: 1,
        tally: Tally::default(),
        steps: Vec::new(),
        fault: None,
    };
    for operation in operations {
        run.step(&mut *cache, operation);
        run.values_are_counted();
    }
    run.step(&mut *cache, &Operation::Keys("*"));
    run.step(&mut *cache, &Operation::Clear);
    run.values_are_counted();
    let Counts { evictions, expirations, fenced, .. } = run.naive.counts;
    match run.fault {
        None => Ok(Tally { evictions, expirations, fenced, ..run.tally }),
        Some(fault) => Err(Box::new(Failure { fault, steps: run.steps })),
    }
}

type Log = Arc<Mutex<Vec<Told>>>;

fn build(settings: &Settings, clock: &ManualClock, log: &Log) -> (Box<dyn Subject>, Box<dyn Any>) {
    macro_rules! built {
        ($cache:ty) => {{
            let mut builder = <$cache>::builder().clock(clock.clone()).seed(settings.seed);
            builder = builder.max_entries(settings.max_entries).policy(settings.policy);
            if let Some(ttl) = settings.ttl_ms {
                builder = builder.ttl(Duration::from_millis(ttl));
            }
            builder.build().expect("drawn settings are sound")
        }};
    }
    let log = log.clone();
    let listener = move |event: &Event<String>| {
        let cause = event.cause.map(|cause| cause.as_str());
        let told = (event.kind.as_str(), event.key.clone(), cause, event.count);
        log.lock().expect("nobody panics with the log").push(told);
    };
    match settings.face {
        Face::Sharded => {
            let cache: Sharded = Rc::new(built!(MemoryCache<String, Value>));
            let subscription = cache.subscribe(listener);
            (Box::new(cache), Box::new(subscription))
        }
        Face::Unsync => {
            let mut cache: Unsync = built!(unsync::MemoryCache<String, Value>);
            let subscription = cache.subscribe(listener);
            (Box::new(cache), Box::new(subscription))
        }
    }
}

struct Run {
    naive: Naive,
    max_entries: usize,
    clock: ManualClock,
    log: Log,
    /// Every value holds a clone.
    counted: Arc<()>,
    next: u64,
    tally: Tally,
    /// What was done on this level of nesting.
    steps: Vec<Step>,
    fault: Option<String>,
}

impl Run {
    fn step(&mut self, cache: &mut dyn Subject, operation: &Operation) {
        if self.fault.is_some() {
            return;
        }
        self.tally.operations += 1;
        let value = self.next;
        let before = mem::take(&mut self.steps);
        let (answer, expect, written) = self.answers(cache, operation);
        let during = mem::replace(&mut self.steps, before);
        let alike = answer == expect;
        let told = format!("answered {answer:?}, but {expect:?} is right");
        self.steps.push(Step { operation: operation.clone(), value, expect, during });
        self.demand(alike, || told);
        let ordered = !matches!(
            operation,
            Operation::Clear
                | Operation::Len
                | Operation::Keys(_)
                | Operation::InvalidateByPattern(_)
        );
        self.events(written, ordered);
        self.counts(cache);
    }

    /// The cache's answer, the right one, and the key that was written.
    fn answers<'o>(
        &mut self,
        cache: &mut dyn Subject,
        operation: &'o Operation,
    ) -> (Answer, Answer, Option<&'o str>) {
        use Answer::{Count, Flag, Keys, Nothing};
        let naive = &mut self.naive;
        let (answer, expect) = match operation {
            Operation::Get(key) => (Answer::Value(cache.get(key)), Answer::Value(naive.get(key))),
            Operation::Peek(key) => {
                (Answer::Value(cache.peek(key)), Answer::Value(naive.peek(key)))
            }
            Operation::Has(key) => (Flag(cache.has(key)), Flag(naive.peek(key).is_some())),
            Operation::Set { key, entry } => {
                let value = self.value();
                self.naive.set(key, value.id, entry);
                cache.set(key, value, entry.options());
                return (Nothing, Nothing, Some(key));
            }
            Operation::Delete(key) => (Flag(cache.delete(key)), Flag(naive.delete(key))),
            Operation::Clear => {
                cache.clear();
                naive.clear();
                (Nothing, Nothing)
            }
            Operation::InvalidateByTag(tag) => {
                cache.invalidate_by_tag(tag);
                naive.invalidate_by_tag(tag);
                (Nothing, Nothing)
            }
            Operation::InvalidateByPattern(pattern) => {
                let count = cache.invalidate_by_pattern(&glob(pattern));
                (Count(count), Count(naive.invalidate_by_pattern(pattern)))
            }
            Operation::Keys(pattern) => {
                let mut keys = cache.keys(&glob(pattern));
                keys.sort();
                (Keys(keys), Keys(naive.keys(pattern)))
            }
            Operation::Len => (Count(cache.len()), Count(naive.keys("*").len())),
            Operation::Advance(ms) => {
                self.clock.advance(Duration::from_millis(*ms));
                naive.now += ms;
                (Nothing, Nothing)
            }
            Operation::GetOrFetch { key, entry, fails, during } => {
                let (answer, expect) = self.fetch(cache, key, entry, *fails, during);
                return (Answer::Value(answer), Answer::Value(expect), Some(key));
            }
        };
        (answer, expect, None)
    }

    fn fetch(
        &mut self,
        cache: &mut dyn Subject,
        key: &str,
        entry: &Entry,
        fails: bool,
        during: &[Operation],
    ) -> (Option<u64>, Option<u64>) {
        let found = self.naive.get(key);
        let value = self.value();
        let id = value.id;
        let mut load = None;
        let mut ran = 0;
        let answer = cache.get_or_fetch(key, entry.options(), &mut |inner| {
            ran += 1;
            load = self.naive.begin(key, entry);
            self.events(None, true);
            if let Some(inner) = inner {
                during.iter().for_each(|operation| self.step(inner, operation));
            }
            if fails { Err(()) } else { Ok(value.clone()) }
        });
        self.demand(ran == u32::from(found.is_none()), || format!("the fetcher ran {ran} times"));
        let fetched = (!fails).then_some(id);
        if let Some(load) = load {
            self.naive.end(load, fetched, entry);
        }
        (answer, found.or(fetched))
    }

    /// Compares what was told with what the naive cache says, and lets go what the cache chose.
    fn events(&mut self, written: Option<&str>, ordered: bool) {
        let mut expected = mem::take(&mut self.naive.told);
        let events = mem::take(&mut *self.log.lock().expect("nobody panics with the log"));
        for event in &events {
            let place = expected.iter().position(|expected| expected == event);
            if place.is_some_and(|place| place == 0 || !ordered) {
                expected.remove(place.unwrap_or(0));
                continue;
            }
            let (kind, Some(key), Some(cause), None) = event else {
                return self.demand(false, || unexpected(event, &events, &expected));
            };
            let chosen = *kind == "eviction";
            let full = self.naive.bodies.len() > self.max_entries;
            self.demand(!chosen || full, || format!("{key} was evicted, and there was room"));
            let own = chosen && written == Some(key);
            self.demand(!own, || format!("{key} was evicted by its own write"));
            let left = matches!(*cause, "evicted" | "expired" | "tag");
            if !(left && self.naive.left(key, cause)) {
                return self.demand(false, || unexpected(event, &events, &expected));
            }
        }
        self.demand(expected.is_empty(), || format!("{expected:?} was not told in {events:?}"));
    }

    fn counts(&mut self, cache: &mut dyn Subject) {
        let stats = cache.stats();
        let counted = Counts {
            hits: stats.hits,
            misses: stats.misses,
            loads: stats.loads,
            load_failures: stats.load_failures,
            sets: stats.sets,
            deletes: stats.deletes,
            invalidations: stats.invalidations,
            fenced: stats.fenced,
            evictions: stats.evictions,
            expirations: stats.expirations,
        };
        let right = self.naive.counts;
        self.demand(counted == right, || format!("counted {counted:?}, but {right:?} is right"));
        let (size, bodies) = (stats.size, self.naive.bodies.len());
        self.demand(size == bodies as u64, || format!("size {size}, but {bodies} did not leave"));
        self.demand(bodies <= self.max_entries, || format!("{bodies} entries are too many"));
    }

    /// Every value that left is dropped, and no other.
    fn values_are_counted(&mut self) {
        let (values, bodies) = (Arc::strong_count(&self.counted) - 1, self.naive.bodies.len());
        self.demand(values == bodies, || format!("{values} values are held for {bodies} entries"));
    }

    fn value(&mut self) -> Value {
        self.next += 1;
        Value { id: self.next - 1, _counted: self.counted.clone() }
    }

    fn demand(&mut self, met: bool, fault: impl FnOnce() -> String) {
        if !met && self.fault.is_none() {
            self.fault = Some(fault());
        }
    }
}

fn unexpected(event: &Told, events: &[Told], expected: &[Told]) -> String {
    format!("{event:?} of {events:?} is wrong; still expected: {expected:?}")
}

fn glob(pattern: &str) -> Glob {
    Glob::new(pattern).expect("the patterns of the model are sound")
}
