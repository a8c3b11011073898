//! P8: what it costs to reclaim a million entries whose life spans, 1 to 60 seconds, run out while
//! the cache is written to.
//!
//! cachefn is given a clock that is moved by hand, a minute in 122,000 writes; then writes go on until
//! nothing dead is left. The libraries read the machine's clock, so for them the minute is shortened
//! to three seconds, with pauses between the writes, and their own call for housekeeping follows. Times are CPU time of the writing thread, call by call, which leaves out other programs;
//! what the writes themselves cost is part of the figure.

use std::thread;
use std::time::{Duration, Instant};

use cached::{Expires, ShardedExpiringLruCache};
use cachefn_core::{EntryOptions, ManualClock, MemoryCache};
use cpu_time::ThreadTime;
use serde_json::{Value, json};

use crate::bars::Bar;
use crate::measure::median;
use crate::peers::key;
use crate::random::Random;
use crate::report::Section;
use crate::table::Table;

pub fn run(quick: bool) -> Section {
    let rounds = if quick { 1 } else { 5 };
    let all = [middle(rounds, by_writes), middle(rounds, by_purge), moka(), cached()];
    let mut table = Table::new(
        "P8  reclaiming 1M entries with TTLs of 1-60 s, CPU time",
        ["", "ns an entry", "longest call, ms", "late calls", "never reclaimed"],
    );
    for Round { name, each, longest, more, left } in &all {
        let figures =
            [format!("{each:.0}"), format!("{longest:.3}"), more.to_string(), left.to_string()];
        table.row([(*name).to_string()].into_iter().chain(figures));
    }
    let mut section = Section::new(all.iter().map(Round::figures).collect());
    section.tables.push(table);
    let bar = |what: &str, measured, most| Bar::at_most("P8", what, measured, most);
    section.bars = vec![
        bar("reclaiming, ns an entry", all[0].each, 200.0),
        bar("reclaiming, longest call, ms", all[0].longest, 1.0),
        bar("reclaiming, dead entries that stay", all[0].left as f64, 0.0),
    ];
    section
}

/// The middle of several rounds; what they counted is the same in all.
fn middle(rounds: usize, round: fn() -> Round) -> Round {
    let rounds: Vec<Round> = (0..rounds).map(|_| round()).collect();
    let middle = |of: fn(&Round) -> f64| median(rounds.iter().map(of).collect());
    Round { each: middle(|round| round.each), longest: middle(|round| round.longest), ..rounds[0] }
}

struct Round {
    name: &'static str,
    /// Nanoseconds of all calls, for each entry.
    each: f64,
    /// Milliseconds.
    longest: f64,
    /// Calls after the last entry had died, until none of them took up room any more.
    more: u32,
    /// Dead entries that still take up room in the end.
    left: u64,
}

impl Round {
    fn figures(&self) -> Value {
        json!({
            "name": self.name, "ns": self.each, "longest_ms": self.longest,
            "late_calls": self.more, "left": self.left,
        })
    }
}

/// Adds up what calls cost.
#[derive(Default)]
struct Calls {
    sum: Duration,
    longest: Duration,
    count: u32,
}

impl Calls {
    fn time<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let start = ThreadTime::now();
        let result = call();
        let took = start.elapsed();
        self.sum += took;
        self.count += 1;
        self.longest = self.longest.max(took);
        result
    }

    fn round(&self, name: &'static str, more: u32, left: u64) -> Round {
        let own = self.sum.saturating_sub(clock_cost() * self.count);
        let each = own.as_nanos() as f64 / (u64::from(ENTRIES) - left) as f64;
        Round { name, each, longest: self.longest.as_secs_f64() * 1e3, more, left }
    }
}

/// What a call that does nothing seems to take.
fn clock_cost() -> Duration {
    let mut calls = Calls::default();
    (0..10_000).for_each(|_| calls.time(|| ()));
    calls.sum / 10_000
}

/// From 1 to 60 seconds, in milliseconds.
fn life_spans() -> impl Iterator<Item = (u32, Duration)> {
    let mut random = Random::new(8);
    (0..ENTRIES).map(move |id| (id, Duration::from_millis(1_000 + u64::from(random.below(59_001)))))
}

fn filled(clock: &ManualClock) -> MemoryCache<u64, u64> {
    let builder = MemoryCache::builder().max_entries(2 * ENTRIES as usize).seed(1);
    let cache = builder.clock(clock.clone()).build().expect("the settings are sound");
    life_spans().for_each(|(id, ttl)| set(&cache, key(id), ttl));
    cache
}

fn set(cache: &MemoryCache<u64, u64>, key: u64, ttl: Duration) {
    let stored = cache.set_with(key, key, EntryOptions::new().ttl(ttl));
    stored.expect("memory is plentiful here");
}

fn by_purge() -> Round {
    let clock = ManualClock::new();
    let cache = filled(&clock);
    clock.advance(Duration::from_secs(61));
    let mut calls = Calls::default();
    let reclaimed = calls.time(|| cache.purge());
    calls.round("cachefn, by purge", 1, u64::from(ENTRIES) - reclaimed as u64)
}

fn by_writes() -> Round {
    let clock = ManualClock::new();
    let cache = filled(&clock);
    let mut calls = Calls::default();
    for at in 0..WRITES {
        if at % (WRITES / 61_000) == 0 {
            clock.advance(Duration::from_millis(1));
        }
        calls.time(|| set(&cache, key(ENTRIES + at % HOT), HOUR));
    }
    let dead = || cache.stats().size - u64::from(HOT);
    let mut more = 0;
    while dead() > 0 && more < 10 * WRITES {
        calls.time(|| set(&cache, key(ENTRIES + more % HOT), HOUR));
        more += 1;
    }
    calls.round("cachefn, by writes", more, dead())
}

/// A twentieth of the life span, from when all entries are there.
fn shortened(ttl: Duration) -> Duration {
    AFTER_FILLING + ttl / 20
}

/// Writes for as long as entries expire, a few in a millisecond.
fn write_while_they_expire(filled: Instant, calls: &mut Calls, set: impl Fn(u64)) {
    let end = filled + shortened(Duration::from_secs(61));
    let mut count = 0;
    thread::sleep(AFTER_FILLING.saturating_sub(filled.elapsed()));
    while Instant::now() < end {
        for _ in 0..32 {
            calls.time(|| set(key(ENTRIES + count % HOT)));
            count += 1;
        }
        thread::sleep(Duration::from_micros(500));
    }
}

fn moka() -> Round {
    struct Spans;
    impl moka::Expiry<u64, Duration> for Spans {
        fn expire_after_create(&self, _: &u64, ttl: &Duration, _: Instant) -> Option<Duration> {
            Some(*ttl)
        }
    }
    let builder = moka::sync::Cache::builder().max_capacity(2 * u64::from(ENTRIES));
    let cache = builder.expire_after(Spans).build();
    let start = Instant::now();
    life_spans().for_each(|(id, ttl)| cache.insert(key(id), shortened(ttl)));
    cache.run_pending_tasks();
    let mut calls = Calls::default();
    write_while_they_expire(start, &mut calls, |key| cache.insert(key, HOUR));
    let dead = || cache.entry_count().saturating_sub(u64::from(HOT));
    let mut more = 0;
    while dead() > 0 && more < 10_000 {
        calls.time(|| cache.run_pending_tasks());
        more += 1;
    }
    calls.round("moka, by writes", more, dead())
}

/// Its entries leave when they are asked for or when `evict` is called, never by writes.
fn cached() -> Round {
    #[derive(Clone)]
    struct Until(Instant);
    impl Expires for Until {
        fn is_expired(&self) -> bool {
            self.0 <= Instant::now()
        }
    }
    let cache = ShardedExpiringLruCache::new(2 * ENTRIES as usize);
    let start = Instant::now();
    life_spans().for_each(|(id, ttl)| {
        cache.set(key(id), Until(start + shortened(ttl)));
    });
    thread::sleep(
        (start + shortened(Duration::from_secs(61))).saturating_duration_since(Instant::now()),
    );
    let mut calls = Calls::default();
    let reclaimed = calls.time(|| cache.evict());
    let left = u64::from(ENTRIES) - reclaimed as u64;
    calls.round("cached, by evict", 1, left)
}

const ENTRIES: u32 = 1_000_000;
/// Two in each millisecond of a bit more than a minute.
const WRITES: u32 = 122_000;
/// How many keys the writes go to.
const HOT: u32 = 1_000;
const HOUR: Duration = Duration::from_secs(3600);
const AFTER_FILLING: Duration = Duration::from_secs(3);
