//! Weighs one cache in a process of its own: this program calls itself, because allocators keep and
//! share memory, and one cache would be blamed for another.

use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use cachefn_core::{EntryOptions, MemoryCache};
use serde_json::{Value, json};

use crate::allocator;
use crate::options::WEIGH;
use crate::peers::{self, Peer, key};

/// How many entries are weighed, and how many more then go through the cache.
pub const ENTRIES: u32 = 1_000_000;
pub const CHURN: [u32; 2] = [1_000_000, 5_000_000];

/// What is done to the cache that is weighed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    /// Filled; then other entries go through, as many, and in the end five times as many.
    Plain,
    /// The same, with a life span for all.
    Ttl,
    /// The same, with a life span and two of a thousand tags for each (cachefn only).
    TtlAndTags,
    /// A tag carried by all and a tag of its own for each; then the former is invalidated (cachefn
    /// only).
    OwnTags,
}

/// What one cache weighed.
pub struct Weight {
    /// Bytes an entry when filled; bytes asked for, what the allocator adds left out.
    pub filled: f64,
    /// The same after as many others went through, and after all of them; NaN for what never evicts.
    pub churned: [f64; 2],
    /// Bytes an entry that the cache itself says it takes in the end; NaN when it says nothing.
    pub claimed: f64,
    /// Bytes an entry that the process grew by, as the operating system sees it.
    pub resident: f64,
    /// The entries there were when filled.
    pub entries: u64,
}

/// Weighs a cache in a new process.
///
/// # Errors
/// The process cannot be started, or it failed; the text holds what it said.
pub fn weigh(cache: &str, scene: Scene) -> Result<Weight, String> {
    let fail = |detail: String| format!("weigh {cache}: {detail}");
    let program = env::current_exe().map_err(|error| fail(error.to_string()))?;
    let run = Command::new(program).args([WEIGH, cache, scene.name()]).output();
    let output = run.map_err(|error| fail(error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let figures: Value = serde_json::from_slice(&output.stdout).map_err(|_| fail(said.into()))?;
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let entries = number(&figures["entries"]);
    Ok(Weight {
        filled: number(&figures["filled"]) / entries,
        churned: [0, 1].map(|at| number(&figures["churned"][at]) / entries),
        claimed: number(&figures["claimed"]) / entries,
        resident: number(&figures["resident"]) / entries,
        entries: entries as u64,
    })
}

/// The other end of [`weigh`]: prints the figures.
///
/// # Errors
/// There is no such cache or scene.
pub fn serve(cache: &str, scene: &str) -> Result<(), String> {
    let scene = Scene::ALL.into_iter().find(|own| own.name() == scene);
    let scene = scene.ok_or("weigh: no such scene")?;
    let kind = peers::all().into_iter().find(|kind| kind.name == cache);
    let kind = kind.ok_or_else(|| format!("weigh: no cache {cache:?}"))?;
    let capacity = ENTRIES as usize;
    let figures = match scene {
        Scene::Plain => of(|| kind.make(capacity), kind.evicts()),
        Scene::Ttl => {
            let make = kind.with_ttl.ok_or_else(|| format!("weigh: {cache:?} knows no TTL"))?;
            of(|| make(capacity, HOUR) as Box<dyn Peer>, kind.about.bound.is_some())
        }
        Scene::TtlAndTags => of(|| Box::new(Tagged(build(capacity))), true),
        Scene::OwnTags => own_tags(capacity),
    };
    println!("{figures}");
    Ok(())
}

/// Bytes when filled and after others went through.
fn of(make: impl FnOnce() -> Box<dyn Peer>, evicts: bool) -> Value {
    let first: Vec<u32> = (0..ENTRIES).collect();
    let others: Vec<u32> = (ENTRIES..ENTRIES + CHURN[1]).collect();
    let before = resident();
    allocator::start();
    let cache = make();
    cache.write(&first);
    cache.settle();
    let (filled, grown) = (allocator::now().live, resident() - before);
    let entries = cache.read(&first);
    cache.settle();
    if !evicts {
        return json!({ "filled": filled, "entries": entries, "resident": grown });
    }
    let (soon, later) = others.split_at(CHURN[0] as usize);
    let churned = [soon, later].map(|ids| {
        cache.write(ids);
        cache.settle();
        allocator::now().live
    });
    let claimed = cache.claimed();
    json!({
        "filled": filled, "churned": churned, "entries": entries, "claimed": claimed,
        "resident": grown,
    })
}

/// Bytes with two tags an entry, one of which all share; then after that one was invalidated and
/// the dead were reclaimed, and after `clear`.
fn own_tags(capacity: usize) -> Value {
    let before = resident();
    allocator::start();
    let cache = build(capacity);
    for id in 0..ENTRIES {
        let options = EntryOptions::new().tag("all").tag(format!("own:{id}"));
        cache.set_with(key(id), u64::from(id), options).expect("memory is plentiful here");
    }
    let (filled, grown) = (allocator::now().live, resident() - before);
    let entries = cache.len();
    cache.invalidate_by_tag("all");
    assert_eq!(cache.purge(), ENTRIES as usize, "every entry carries the tag");
    let reclaimed = allocator::now().live;
    cache.clear();
    let cleared = allocator::stop().live;
    let after = [reclaimed, cleared];
    json!({ "filled": filled, "churned": after, "entries": entries, "resident": grown })
}

/// Gives every entry a life span and two tags.
struct Tagged(MemoryCache<u64, u64>);

impl Peer for Tagged {
    fn get(&self, key: u64) -> Option<u64> {
        self.0.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        let tags = [format!("kind:{}", value % 1_000), format!("place:{}", value / 7 % 1_000)];
        let options = EntryOptions::new().ttl(HOUR).tags(tags);
        self.0.set_with(key, value, options).expect("memory is plentiful here");
    }
    fn claimed(&self) -> Option<u64> {
        Some(self.0.stats().memory_usage)
    }
}

fn build(capacity: usize) -> MemoryCache<u64, u64> {
    let builder = MemoryCache::builder().max_entries(capacity).seed(1);
    builder.build().expect("the capacity is above 0 and far below the limit")
}

/// Bytes of memory that the process holds; 0 where `/proc` does not tell.
fn resident() -> i64 {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: i64 = status.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}

impl Scene {
    const ALL: [Scene; 4] = [Scene::Plain, Scene::Ttl, Scene::TtlAndTags, Scene::OwnTags];

    fn name(self) -> &'static str {
        match self {
            Scene::Plain => "plain",
            Scene::Ttl => "ttl",
            Scene::TtlAndTags => "ttl-and-tags",
            Scene::OwnTags => "own-tags",
        }
    }
}

const HOUR: Duration = Duration::from_secs(3600);
