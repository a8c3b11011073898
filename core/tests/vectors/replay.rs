//! Drives caches through the steps of the traces and compares every answer, event and counter.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cachefn_core::{EntryOptions, Error, ErrorKind, Glob, ManualClock, Stats};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::caches::{Cache, Driven, Log, Stored, Weighed, length};
use crate::files::{list, parse};
use crate::trace::{
    self, Entries, Events, GetOrFetch, Operation, Patterns, Seen, Settings, Step, Time, TooHeavy,
    Trace, Value,
};

/// Whom a trace may be for: both caches of Rust, one of them, or the one of TypeScript.
const RUNNERS: [&str; 4] = ["rust", "sharded", "unsync", "ts"];

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
        if let Some(only_in) = &trace.only_in {
            let known = only_in.iter().all(|name| RUNNERS.contains(&name.as_str()));
            assert!(known && !only_in.is_empty(), "{name} is for somebody unknown: {only_in:?}");
            if !only_in.iter().any(|name| name == runner || name == "rust") {
                continue;
            }
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
        let player = Player { clock: &self.clock, log: &self.log };
        for step in &trace.steps {
            player.step(&mut *self.cache, step, &mut self.steps);
        }
        assert!(self.steps > 0, "a trace has steps");
        self.finish(trace.cache.max_entries);
    }

    /// Whatever the trace did, the cache is sound afterwards.
    fn finish(&mut self, max_entries: usize) {
        let (len, keys) = (self.cache.len(), self.cache.keys(&[Glob::prefix("")]));
        assert!(len <= max_entries, "{len} entries");
        assert!(keys.len() <= len, "{} of {len} entries are fresh", keys.len());
        assert_eq!(self.cache.is_empty(), len == 0);
        assert!(keys.iter().all(|key| self.cache.has(key)));
    }
}

struct Player<'a> {
    clock: &'a ManualClock,
    log: &'a Log,
}

impl Player<'_> {
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
            Operation::Set {
                key,
                value,
                weight,
                ttl_ms,
                tti_ms,
                stale_while_revalidate_ms,
                stale_if_error_ms,
                tags,
                expect,
            } => {
                let windows = [*stale_while_revalidate_ms, *stale_if_error_ms];
                let options = options([*ttl_ms, *tti_ms], windows, tags);
                let set = cache.set(key, stored(*value, *weight), options);
                assert_eq!(refused(&set), *expect, "set {key:?}");
            }
            Operation::SetMany { entries, weight, expect } => {
                let with = |(key, value): &(String, Value)| (key.clone(), stored(*value, *weight));
                let set = cache.set_many(entries.iter().map(with).collect());
                assert_eq!(refused(&set), *expect, "set_many");
            }
            Operation::SetIfAbsent { key, value, weight, expect } => {
                let set = cache.set_if_absent(key, stored(*value, *weight));
                assert_eq!(answered(set), *expect, "set_if_absent {key:?}");
            }
            Operation::Update { key, value, weight, sees, expect } => {
                let mut given = None;
                let updated = cache.update(key, &mut |old| {
                    given = Some(old.map(known));
                    value.map(|value| stored(value, *weight))
                });
                assert!(sees.is_none() || given == *sees, "{key:?} was given {given:?}");
                let updated = updated.map(|new| new.map(known)).transpose();
                assert_eq!(updated.map(answered), *expect, "update {key:?}");
            }
            Operation::Get { key, expect } => {
                assert_eq!(cache.get(key).map(known), *expect, "get {key:?}");
            }
            Operation::GetMany { keys, expect } => {
                let found = cache.get_many(keys).into_iter().map(|found| found.map(known));
                assert_eq!(found.collect::<Vec<_>>(), *expect, "get_many {keys:?}");
            }
            Operation::Peek { key, expect } => {
                assert_eq!(cache.peek(key).map(known), *expect, "peek {key:?}");
            }
            Operation::Has { key, expect } => assert_eq!(cache.has(key), *expect, "has {key:?}"),
            Operation::Delete { key, expect } => {
                assert_eq!(cache.delete(key), *expect, "delete {key:?}");
            }
            Operation::DeleteMany { keys, expect } => {
                assert_eq!(cache.delete_many(keys), *expect, "delete_many {keys:?}");
            }
            Operation::Expire { key, expect } => {
                assert_eq!(cache.expire(key), *expect, "expire {key:?}");
            }
            Operation::Purge { expect } => assert_eq!(cache.purge(), *expect, "purge"),
            Operation::Clear => cache.clear(),
            Operation::InvalidateByTag { tag, mode } => cache.invalidate_by_tag(tag, way(*mode)),
            Operation::InvalidateByTags { tags } => cache.invalidate_by_tags(tags),
            Operation::InvalidateByPattern { pattern, mode, expect } => {
                let count = cache.invalidate_by_pattern(&globs(Some(pattern)), way(*mode));
                assert_eq!(count, *expect, "{pattern:?}");
            }
            Operation::Keys { pattern, expect } => {
                let mut keys = cache.keys(&globs(pattern.as_ref()));
                keys.sort();
                assert_eq!(keys, *expect, "keys {pattern:?}");
            }
            Operation::Entries { pattern, limit, expect } => {
                let found = cache.entries(&globs(pattern.as_ref()), limit.unwrap_or(usize::MAX));
                let mut found: Vec<_> =
                    found.into_iter().map(|(key, value)| (key, known(value))).collect();
                found.sort();
                match expect {
                    Entries::These(entries) => assert_eq!(found, *entries, "entries {pattern:?}"),
                    Entries::SoMany(count) => assert_eq!(found.len(), *count, "{pattern:?}"),
                }
            }
            Operation::Len { expect } => assert_eq!(cache.len(), *expect, "len"),
            Operation::Stats { expect } => compare(&cache.stats(), expect),
            Operation::ResetStats => cache.reset_stats(),
            Operation::Advance { ms } => self.clock.advance(Duration::from_millis(*ms)),
            Operation::GetOrFetch(load) => return self.load(cache, load, count),
        }
        Vec::new()
    }

    /// The events that were told before the fetcher ran.
    fn load(&self, cache: &mut dyn Cache, load: &GetOrFetch, count: &mut usize) -> Vec<Seen> {
        let GetOrFetch { key, fetched, fails, expect, .. } = load;
        let windows = [load.stale_while_revalidate_ms, load.stale_if_error_ms];
        let mut options = options([load.ttl_ms, load.tti_ms], windows, &load.tags);
        if load.late_ttl_ms.is_some() || load.late_tag.is_some() || load.skips {
            options = options.or(Some(EntryOptions::new()));
        }
        if load.previous.is_some() {
            options = options.or(Some(EntryOptions::new()));
        }
        let mut before = Vec::new();
        let mut fetcher = |cache: Option<&mut dyn Cache>, mut context: Context<'_>| {
            before = self.log.take();
            assert!(fetched.is_some() || *fails, "the fetcher of {key:?} must not run");
            if let (Some(previous), Some(context)) = (load.previous, &mut context) {
                assert_eq!(context.previous().copied().map(known), previous, "previous of {key:?}");
            }
            match cache {
                Some(cache) => load.during.iter().for_each(|step| self.step(cache, step, count)),
                None => load.during.iter().for_each(|step| self.wait(step)),
            }
            if let Some(context) = context {
                load.late_ttl_ms.into_iter().for_each(|ttl| context.ttl(length(ttl)));
                context.tags(load.late_tag.iter().map(String::as_str));
                if load.skips {
                    context.skip();
                }
            }
            match fetched {
                Some(value) if !fails => Ok(stored(*value, load.weight)),
                _ => Err(()),
            }
        };
        let answer = cache.get_or_fetch(key, options, &mut fetcher);
        assert_eq!(answer.ok().map(known), *expect, "get_or_fetch {key:?}");
        before
    }

    /// What a fetcher without the cache can do.
    fn wait(&self, step: &Step) {
        match step.operation {
            Operation::Advance { ms } => self.clock.advance(Duration::from_millis(ms)),
            _ => panic!("this fetcher cannot use the cache; say who the trace is for"),
        }
    }
}

type Context<'a> = Option<&'a mut cachefn_core::FetchContext<Stored>>;

fn stored(value: Value, weight: Option<u64>) -> Stored {
    value.number().map(|number| Weighed { number, weight: weight.unwrap_or(1) })
}

fn known(stored: Stored) -> Value {
    stored.map(|stored| stored.number).into()
}

fn answered<T>(result: Result<T, Error>) -> trace::Stored<T> {
    match result {
        Ok(answer) => trace::Stored::Answer(answer),
        Err(error) => trace::Stored::Refused(too_heavy(&error)),
    }
}

fn refused(result: &Result<(), Error>) -> Option<TooHeavy> {
    result.as_ref().err().map(too_heavy)
}

fn too_heavy(error: &Error) -> TooHeavy {
    assert_eq!(error.kind(), ErrorKind::TooHeavy, "{error}");
    TooHeavy::TooHeavy
}

/// None where a trace says nothing, so that the plain operation is called.
fn options(
    [ttl, tti]: [Option<Time>; 2],
    [stale_while_revalidate, stale_if_error]: [Option<Time>; 2],
    tags: &[String],
) -> Option<EntryOptions> {
    let plain = EntryOptions::new();
    let mut options = plain.clone().tags(tags.iter().map(String::as_str));
    if let Some(ttl) = ttl {
        options = options.ttl(length(ttl));
    }
    if let Some(tti) = tti {
        options = options.tti(length(tti));
    }
    if let Some(window) = stale_while_revalidate {
        options = options.stale_while_revalidate(length(window));
    }
    if let Some(window) = stale_if_error {
        options = options.stale_if_error(length(window));
    }
    (options != plain).then_some(options)
}

fn way(mode: trace::Mode) -> cachefn_core::Mode {
    match mode {
        trace::Mode::Remove => cachefn_core::Mode::Remove,
        trace::Mode::Expire => cachefn_core::Mode::Expire,
    }
}

fn globs(patterns: Option<&Patterns>) -> Vec<Glob> {
    let glob = |pattern: &String| Glob::new(pattern).unwrap_or_else(|error| panic!("{error}"));
    match patterns {
        None => vec![Glob::prefix("")],
        Some(Patterns::One(pattern)) => vec![glob(pattern)],
        Some(Patterns::List(patterns)) => patterns.iter().map(glob).collect(),
    }
}

fn compare(stats: &Stats, expect: &Map<String, Json>) {
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
            "stale_hits" => stats.stale_hits,
            "stale_on_error" => stats.stale_on_error,
            "too_heavy" => stats.too_heavy,
            "weight" => stats.weight,
            "load_time_ms" => stats.load_time.as_millis() as u64,
            "hit_rate" => {
                assert_eq!(Some(stats.hit_rate()), expected.as_f64(), "hit_rate");
                continue;
            }
            _ => panic!("no counter is named {name}"),
        };
        assert_eq!(Some(counted), expected.as_u64(), "{name}");
    }
}
