//! What is done to a cache, and how it is drawn.

use std::time::Duration;

use cachefn_core::{EntryOptions, Policy};

use super::source::{Source, pick};

/// A TTL without an end.
pub(crate) const ENDLESS: u64 = u64::MAX;

/// The cache of one run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) face: Face,
    pub(crate) policy: Policy,
    pub(crate) max_entries: usize,
    pub(crate) ttl_ms: Option<u64>,
    pub(crate) seed: u64,
    /// How many different keys are drawn.
    pub(crate) keys: u32,
}

/// The two caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    Sharded,
    Unsync,
}

/// One call, with what it is called with.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Get(String),
    Peek(String),
    Has(String),
    Set { key: String, entry: Entry },
    Delete(String),
    Clear,
    InvalidateByTag(String),
    InvalidateByPattern(&'static str),
    Keys(&'static str),
    Len,
    Advance(u64),
    GetOrFetch { key: String, entry: Entry, fails: bool, during: Vec<Operation> },
}

/// The options of one entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) ttl_ms: Option<u64>,
    pub(crate) tags: Vec<&'static str>,
}

impl Settings {
    /// Any small cache.
    pub(crate) fn draw(source: &mut dyn Source) -> Option<Settings> {
        Some(Settings {
            face: pick(source, &[Face::Sharded, Face::Unsync])?,
            policy: pick(source, &policies())?,
            max_entries: pick(source, &[1, 2, 3, 5, 9, 30, 1_000])?,
            ttl_ms: pick(source, &[None, None, Some(25), Some(1_000), Some(0)])?,
            seed: u64::from(source.below(4)?),
            keys: pick(source, &[3, 8, 24, 80])?,
        })
    }

    /// Whether fetchers can use the cache that waits for them.
    pub(crate) fn nests(&self) -> bool {
        self.face == Face::Sharded
    }
}

impl Operation {
    /// Any operation; fetchers do up to three more where `depth` is left.
    pub(crate) fn draw(source: &mut dyn Source, keys: u32, depth: u32) -> Option<Operation> {
        Some(match source.below(64)? {
            0..16 => Operation::Get(key(source, keys)?),
            16 | 17 => Operation::Peek(key(source, keys)?),
            18 => Operation::Has(key(source, keys)?),
            19..38 => Operation::Set { key: key(source, keys)?, entry: Entry::draw(source)? },
            38..41 => Operation::Delete(key(source, keys)?),
            41 => Operation::Clear,
            42 | 43 => Operation::InvalidateByTag(pick(source, &TAGS)?.into()),
            44 => Operation::InvalidateByPattern(pick(source, &PATTERNS)?),
            45 => Operation::Keys(pick(source, &PATTERNS)?),
            46 => Operation::Len,
            47..52 => Operation::Advance(pick(source, &STEPS)?),
            _ => Operation::GetOrFetch {
                key: key(source, keys)?,
                entry: Entry::draw_for_load(source, depth > 0)?,
                fails: source.below(6)? == 0,
                during: match depth {
                    0 => Vec::new(),
                    depth => (0..source.below(4)?)
                        .map_while(|_| Operation::draw(source, keys, depth - 1))
                        .collect(),
                },
            },
        })
    }
}

impl Entry {
    pub(crate) fn options(&self) -> EntryOptions {
        let options = EntryOptions::new().tags(self.tags.iter().copied());
        match self.ttl_ms {
            None => options,
            Some(ENDLESS) => options.ttl(Duration::MAX),
            Some(ms) => options.ttl(Duration::from_millis(ms)),
        }
    }

    fn draw(source: &mut dyn Source) -> Option<Entry> {
        let tags = source.below(6)?.saturating_sub(3);
        Some(Entry {
            ttl_ms: pick(source, &TTLS)?,
            tags: (0..tags).map(|_| pick(source, &TAGS)).collect::<Option<_>>()?,
        })
    }

    /// The options of a load, which only one of the faces takes.
    fn draw_for_load(source: &mut dyn Source, takes_options: bool) -> Option<Entry> {
        if takes_options { Entry::draw(source) } else { Some(Entry::default()) }
    }
}

/// Every policy there is.
pub(crate) fn policies() -> Vec<Policy> {
    let names = ["lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu", "adaptive"];
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

fn key(source: &mut dyn Source, keys: u32) -> Option<String> {
    let number = source.below(keys)?;
    let start = ["user:", "shop:", "é", "[*]"][number as usize % 4];
    Some(format!("{start}{number}"))
}

const TAGS: [&str; 5] = ["a", "b", "c", "user:1", ""];
const PATTERNS: [&str; 10] =
    ["*", "user:*", "shop:1?", "*[0-3]", "é[!2-5]*", r"\[\*\]*", "", "user:4", "?*1*", "s*:*0"];
const TTLS: [Option<u64>; 9] =
    [None, None, None, Some(0), Some(1), Some(20), Some(300), Some(100_000_000), Some(ENDLESS)];
const STEPS: [u64; 7] = [0, 1, 7, 30, 290, 70_000, 1 << 40];
