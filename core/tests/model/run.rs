//! Does the same to a real cache and to the naive one, and compares answers, events and counts.
//!
//! Which entries are evicted is the policy's choice, so the events of evictions are applied to the
//! naive cache, once each was found to be of a living entry of a full cache. Everything else must be
//! as the naive cache says: every answer, every other event, every count, every value in memory.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cachefn_core::{Event, Glob, ManualClock, MemoryCache, unsync};

use super::naive::{self, Counts, Naive, Told, Turn};
use super::operation::{Face, Operation, Settings, duration};
use super::subject::{Sharded, Subject, Unsync, Value};

/// What a run did.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    /// Nested ones included.
    pub(crate) operations: u64,
    pub(crate) evictions: u64,
    pub(crate) expirations: u64,
    pub(crate) fenced: u64,
    pub(crate) stale: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.operations += other.operations;
        self.evictions += other.evictions;
        self.expirations += other.expirations;
        self.fenced += other.fenced;
        self.stale += other.stale;
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

impl Step {
    /// One of a run that did not come to its end.
    fn unknown(operation: &Operation) -> Self {
        let during = match operation {
            Operation::GetOrFetch { during, .. } => during.iter().map(Step::unknown).collect(),
            _ => Vec::new(),
        };
        Step { operation: operation.clone(), value: 0, expect: Answer::Nothing, during }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    Value(Option<u64>),
    Flag(bool),
    Count(usize),
    Keys(Vec<String>),
    Entries(Vec<(String, u64)>),
    /// A write whose value was too heavy.
    TooHeavy,
}

/// Runs the operations on a new cache.
pub(crate) fn check(settings: &Settings, operations: &[Operation]) -> Result<Tally, Box<Failure>> {
    let clock = ManualClock::new();
    let log = Log::default();
    let (mut cache, _subscription) = build(settings, &clock, &log);
    let mut run = Run {
        naive: Naive::new(settings.life, settings.max_weight),
        max_entries: settings.max_entries,
        max_weight: settings.max_weight.unwrap_or(u64::MAX),
        weighs: settings.max_weight.is_some(),
        clock,
        log,
        counted: Arc::new(()),
        next: 1,
        tally: Tally::default(),
        steps: Vec::new(),
        fault: None,
    };
    let all = || {
        for operation in operations {
            run.step(&mut *cache, operation);
            run.values_are_counted();
        }
        run.step(&mut *cache, &Operation::Keys("*"));
        run.step(&mut *cache, &Operation::Clear);
        run.values_are_counted();
    };
    if let Err(panic) = catch_unwind(AssertUnwindSafe(all)) {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
        let steps = operations.iter().map(Step::unknown).collect();
        return Err(Box::new(Failure { fault: format!("the cache panicked: {text}"), steps }));
    }
    let Counts { evictions, expirations, fenced, .. } = run.naive.counts;
    let stale = run.naive.counts.stale_hits + run.naive.counts.stale_on_error;
    match run.fault {
        None => Ok(Tally { evictions, expirations, fenced, stale, ..run.tally }),
        Some(fault) => Err(Box::new(Failure { fault, steps: run.steps })),
    }
}

type Log = Arc<Mutex<Vec<Told>>>;

fn build(settings: &Settings, clock: &ManualClock, log: &Log) -> (Box<dyn Subject>, Box<dyn Any>) {
    macro_rules! built {
        ($cache:ty) => {{
            let mut builder = <$cache>::builder().clock(clock.clone()).seed(settings.seed);
            builder = builder.max_entries(settings.max_entries).policy(settings.policy);
            if let Some(most) = settings.max_weight {
                builder = builder.max_weight(most).weigher(|_, value: &Value| value.weight);
            }
            if let Some(ttl) = settings.life.ttl {
                builder = builder.ttl(duration(ttl));
            }
            if let Some(tti) = settings.life.tti {
                builder = builder.tti(duration(tti));
            }
            if let Some(window) = settings.life.stale_while_revalidate {
                builder = builder.stale_while_revalidate(duration(window));
            }
            if let Some(window) = settings.life.stale_if_error {
                builder = builder.stale_if_error(duration(window));
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
    max_weight: u64,
    weighs: bool,
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
                | Operation::Purge
                | Operation::Keys(_)
                | Operation::Entries(..)
                | Operation::InvalidateByPattern(..)
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
                let (value, plain) = self.value();
                let fits = self.naive.set(key, plain, entry);
                let fitted = cache.set(key, value, entry.options());
                return (fit(fitted, Nothing), fit(fits, Nothing), Some(key));
            }
            Operation::SetIfAbsent(key) => {
                let (value, plain) = self.value();
                let expect = self.naive.set_if_absent(key, plain).map_or(Answer::TooHeavy, Flag);
                let answer = cache.set_if_absent(key, value).map_or(Answer::TooHeavy, Flag);
                return (answer, expect, Some(key));
            }
            Operation::Update { key, removes } => {
                let (value, plain) = self.value();
                let expect = self.naive.update(key, Some(plain).filter(|_| !removes));
                let answer = cache.update(key, Some(value).filter(|_| !removes));
                let told = |answer: Option<_>| answer.map_or(Answer::TooHeavy, Answer::Value);
                return (told(answer), told(expect), Some(key));
            }
            Operation::Expire(key) => (Flag(cache.expire(key)), Flag(naive.expire(key))),
            Operation::Delete(key) => (Flag(cache.delete(key)), Flag(naive.delete(key))),
            Operation::Clear => {
                cache.clear();
                naive.clear();
                (Nothing, Nothing)
            }
            Operation::Purge => (Count(cache.purge()), Count(naive.purge())),
            Operation::InvalidateByTag(tag, way) => {
                cache.invalidate_by_tag(tag, *way);
                naive.invalidate_by_tag(tag, *way);
                (Nothing, Nothing)
            }
            Operation::InvalidateByPattern(pattern, way) => {
                let count = cache.invalidate_by_pattern(&glob(pattern), *way);
                (Count(count), Count(naive.invalidate_by_pattern(pattern, *way)))
            }
            Operation::Keys(pattern) => {
                let mut keys = cache.keys(&glob(pattern));
                keys.sort();
                (Keys(keys), Keys(naive.keys(pattern)))
            }
            Operation::Entries(pattern, limit) => {
                let mut entries = cache.entries(&glob(pattern), *limit);
                entries.sort();
                let keys = naive.keys(pattern);
                let all = keys.into_iter().filter_map(|key| Some((naive.peek(&key)?, key)));
                let all: Vec<_> = all.map(|(value, key)| (key, value)).collect();
                // Which of them is not said.
                let right = entries.len() == all.len().min(*limit);
                let right = right && entries.iter().all(|entry| all.contains(entry));
                let expect = if right { entries.clone() } else { all };
                (Answer::Entries(entries), Answer::Entries(expect))
            }
            Operation::Len => (Count(cache.len()), Count(naive.len())),
            Operation::Advance(ms) => {
                self.clock.advance(Duration::from_millis(*ms));
                naive.now += ms;
                (Nothing, Nothing)
            }
            Operation::GetOrFetch { .. } => {
                let (answer, expect, key) = self.fetch(cache, operation);
                return (Answer::Value(answer), Answer::Value(expect), key);
            }
        };
        (answer, expect, None)
    }

    fn fetch<'o>(
        &mut self,
        cache: &mut dyn Subject,
        operation: &'o Operation,
    ) -> (Option<u64>, Option<u64>, Option<&'o str>) {
        let Operation::GetOrFetch { key, entry, late, fails, during } = operation else {
            return (None, None, None);
        };
        let found = self.naive.get(key);
        let (value, plain) = self.value();
        // What happens before the fetcher is told before whatever the fetcher does.
        let turn = found.is_none().then(|| self.naive.begin(key, entry));
        let runs = matches!(turn, Some(Turn::Lead(..) | Turn::Reentrant));
        let known = if let Some(Turn::Lead(_, previous)) = turn { previous } else { None };
        let mut ran = 0;
        let answer = cache.get_or_fetch(key, entry.options(), late, &mut |inner, previous| {
            ran += 1;
            self.demand(previous == known, || format!("previous is {previous:?}, not {known:?}"));
            self.events(None, true);
            match inner {
                Some(inner) => during.iter().for_each(|operation| self.step(inner, operation)),
                None => during.iter().for_each(|operation| self.wait(operation)),
            }
            if *fails { Err(()) } else { Ok(value.clone()) }
        });
        self.demand(ran == u32::from(runs), || format!("the fetcher ran {ran} times"));
        let fetched = (!fails).then_some(plain);
        let expect = match turn {
            None => found,
            Some(Turn::Stale(value)) => Some(value),
            Some(Turn::Reentrant) => fetched.map(|value| value.id),
            Some(Turn::Lead(load, _)) => self.naive.end(load, fetched, late),
        };
        (answer, expect, Some(key))
    }

    /// What a fetcher can do that does not have the cache.
    fn wait(&mut self, operation: &Operation) {
        if let Operation::Advance(ms) = operation {
            self.clock.advance(Duration::from_millis(*ms));
            self.naive.now += ms;
            let (operation, expect) = (operation.clone(), Answer::Nothing);
            self.steps.push(Step { operation, value: 0, expect, during: Vec::new() });
        }
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
            let full = self.naive.bodies.len() > self.max_entries
                || (self.weighs && self.naive.weight() > self.max_weight);
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
            stale_hits: stats.stale_hits,
            stale_on_error: stats.stale_on_error,
            loads: stats.loads,
            load_failures: stats.load_failures,
            load_ms: stats.load_time.as_millis() as u64,
            too_heavy: stats.too_heavy,
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
        let weight = if self.weighs { self.naive.weight() } else { 0 };
        self.demand(stats.weight == weight, || format!("weight {}, not {weight}", stats.weight));
        self.demand(weight <= self.max_weight, || format!("a weight of {weight} is too much"));
    }

    /// Every value that left is dropped, and no other.
    fn values_are_counted(&mut self) {
        let (values, bodies) = (Arc::strong_count(&self.counted) - 1, self.naive.bodies.len());
        self.demand(values == bodies, || format!("{values} values are held for {bodies} entries"));
    }

    fn value(&mut self) -> (Value, naive::Value) {
        let id = self.next;
        self.next += 1;
        let weight = id * 7 % 11;
        (Value { id, weight, _counted: self.counted.clone() }, naive::Value { id, weight })
    }

    fn demand(&mut self, met: bool, fault: impl FnOnce() -> String) {
        if !met && self.fault.is_none() {
            self.fault = Some(fault());
        }
    }
}

fn fit(fits: bool, answer: Answer) -> Answer {
    if fits { answer } else { Answer::TooHeavy }
}

fn unexpected(event: &Told, events: &[Told], expected: &[Told]) -> String {
    format!("{event:?} of {events:?} is wrong; still expected: {expected:?}")
}

fn glob(pattern: &str) -> Glob {
    Glob::new(pattern).expect("the patterns of the model are sound")
}
