//! Drives caches through the steps of the traces and compares every answer, event and counter.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cachefn_core::{Glob, ManualClock, Stats};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::caches::{Cache, Driven, Log, options};
use crate::files::{list, parse};
use crate::trace::{Events, Operation, Seen, Settings, Step, Trace};

/// Replays every trace that is for `runner`, at least `least` of them.
pub(crate) fn all(
    runner: &str,
    build: impl Fn(&Settings, &ManualClock, &Log) -> Driven,
    least: usize,
) {
    let (mut traces, mut steps, mut failed) = (0, 0, Vec::new());
    for name in list("traces") {
        let file = parse(&format!("traces/{name}"));
        let trace = Trace::deserialize(file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let is_told = !trace.rules.is_empty() && !trace.about.is_empty();
        assert!(is_told, "{name} has no rule or no about");
        let runners = trace.only_in.as_deref().unwrap_or_default();
        if !runners.is_empty() && !runners.iter().any(|name| name == runner) {
            continue;
        }
        let (clock, log) = (ManualClock::new(), Log::default());
        let (cache, _subscription) = build(&trace.cache, &clock, &log);
        let mut replay = Replay { cache, clock, log, steps: 0 };
        let run = AssertUnwindSafe(|| replay.run(&trace));
        if catch_unwind(run).is_err() {
            eprintln!("{runner}, {name}: failed in step {}", replay.steps);
            failed.push(name);
        }
        (traces, steps) = (traces + 1, steps + replay.steps);
    }
    assert!(failed.is_empty(), "{runner}: {} of {traces} traces failed: {failed:?}", failed.len());
    assert!(traces >= least, "{runner} ran {traces} traces only");
    println!("{runner}: {traces} traces, {steps} steps");
}

struct Replay {
    cache: Box<dyn Cache>,
    clock: ManualClock,
    log: Log,
    /// Nested ones included.
    steps: usize,
}

impl Replay {
    fn run(&mut self, trace: &Trace) {
        let context = Context { clock: &self.clock, log: &self.log };
        for step in &trace.steps {
            context.step(&mut *self.cache, step, &mut self.steps);
        }
        assert!(self.steps > 0, "a trace has steps");
        self.finish(trace.cache.max_entries);
    }

    /// Whatever the trace did, the cache is sound afterwards.
    fn finish(&mut self, max_entries: usize) {
        let (len, keys) = (self.cache.len(), self.cache.keys(&Glob::prefix("")));
        assert!(len <= max_entries, "{len} entries");
        assert_eq!(len, keys.len());
        assert_eq!(self.cache.is_empty(), len == 0);
        assert!(keys.iter().all(|key| self.cache.has(key)));
    }
}

struct Context<'a> {
    clock: &'a ManualClock,
    log: &'a Log,
}

impl Context<'_> {
    fn step(&self, cache: &mut dyn Cache, step: &Step, count: &mut usize) {
        *count += 1;
        let mut events = self.answer(cache, &step.operation, count);
        events.extend(self.log.take());
        let Events::These(mut expected) = step.events.clone() else { return };
        if step.unordered {
            expected.sort();
            events.sort();
        }
        assert_eq!(events, expected, "events (left: the cache's) of {step:?}");
    }

    /// Compares the answer; the events that stand before those of nested steps.
    fn answer(&self, cache: &mut dyn Cache, operation: &Operation, count: &mut usize) -> Vec<Seen> {
        match operation {
            Operation::Set { key, value, ttl_ms, tags } => {
                cache.set(key, *value, options(*ttl_ms, tags));
            }
            Operation::Get { key, expect } => assert_eq!(cache.get(key), *expect, "get {key:?}"),
            Operation::Peek { key, expect } => assert_eq!(cache.peek(key), *expect, "peek {key:?}"),
            Operation::Has { key, expect } => assert_eq!(cache.has(key), *expect, "has {key:?}"),
            Operation::Delete { key, expect } => {
                assert_eq!(cache.delete(key), *expect, "delete {key:?}");
            }
            Operation::Clear => cache.clear(),
            Operation::InvalidateByTag { tag } => cache.invalidate_by_tag(tag),
            Operation::InvalidateByPattern { pattern, expect } => {
                assert_eq!(cache.invalidate_by_pattern(&glob(pattern)), *expect, "{pattern:?}");
            }
            Operation::Keys { pattern, expect } => {
                let mut keys = cache.keys(&pattern.as_deref().map_or(Glob::prefix(""), glob));
                keys.sort();
                assert_eq!(keys, *expect, "keys {pattern:?}");
            }
            Operation::Len { expect } => assert_eq!(cache.len(), *expect, "len"),
            Operation::Stats { expect } => compare(&cache.stats(), expect),
            Operation::Advance { ms } => self.clock.advance(Duration::from_millis(*ms)),
            Operation::GetOrFetch { key, ttl_ms, tags, fetched, fails, during, expect } => {
                let mut before = Vec::new();
                let mut fetcher = |cache: Option<&mut dyn Cache>| {
                    before = self.log.take();
                    if let Some(cache) = cache {
                        during.iter().for_each(|step| self.step(cache, step, count));
                    } else {
                        assert!(during.is_empty(), "this fetcher cannot use the cache");
                    }
                    assert!(fetched.is_some() || *fails, "the fetcher of {key:?} must not run");
                    fetched.ok_or(())
                };
                let answer = cache.get_or_fetch(key, options(*ttl_ms, tags), &mut fetcher);
                assert_eq!(answer.ok(), *expect, "get_or_fetch {key:?}");
                return before;
            }
        }
        Vec::new()
    }
}

fn glob(pattern: &str) -> Glob {
    Glob::new(pattern).unwrap_or_else(|error| panic!("{error}"))
}

fn compare(stats: &Stats, expect: &Map<String, Value>) {
    assert!(!expect.is_empty());
    for (name, expected) in expect {
        let counted = match name.as_str() {
            "hits" => stats.hits,
            "misses" => stats.misses,
            "loads" => stats.loads,
            "load_failures" => stats.load_failures,
            "sets" => stats.sets,
            "deletes" => stats.deletes,
            "evictions" => stats.evictions,
            "expirations" => stats.expirations,
            "invalidations" => stats.invalidations,
            "fenced" => stats.fenced,
            "size" => stats.size,
            "hit_rate" => {
                assert_eq!(Some(stats.hit_rate()), expected.as_f64(), "hit_rate");
                continue;
            }
            _ => panic!("no counter is named {name}"),
        };
        assert_eq!(Some(counted), expected.as_u64(), "{name}");
    }
}
