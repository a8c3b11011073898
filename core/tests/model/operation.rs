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
    /// What entries may weigh together; a value weighs by its number.
    pub(crate) max_weight: Option<u64>,
    pub(crate) life: Life,
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

/// How long entries live, as far as it is said: in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Life {
    pub(crate) ttl: Option<u64>,
    pub(crate) tti: Option<u64>,
    pub(crate) stale_while_revalidate: Option<u64>,
    pub(crate) stale_if_error: Option<u64>,
}

/// What becomes of what is invalidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Remove,
    Expire,
}

/// One call, with what it is called with.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Get(String),
    Peek(String),
    Has(String),
    Set {
        key: String,
        entry: Entry,
    },
    SetIfAbsent(String),
    /// To another value, or to nothing.
    Update {
        key: String,
        removes: bool,
    },
    Expire(String),
    Delete(String),
    Clear,
    Purge,
    InvalidateByTag(&'static str, Way),
    InvalidateByPattern(&'static str, Way),
    Keys(&'static str),
    Entries(&'static str, usize),
    Len,
    Advance(u64),
    GetOrFetch {
        key: String,
        entry: Entry,
        late: Late,
        fails: bool,
        during: Vec<Operation>,
    },
}

/// What a fetcher says of its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Late {
    pub(crate) ttl: Option<u64>,
    pub(crate) tag: Option<&'static str>,
    pub(crate) skips: bool,
}

/// The options of one entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) life: Life,
    pub(crate) tags: Vec<&'static str>,
}

impl Settings {
    /// Any small cache.
    pub(crate) fn draw(source: &mut dyn Source) -> Option<Settings> {
        let mut settings = Settings {
            face: pick(source, &[Face::Sharded, Face::Unsync])?,
            policy: pick(source, &policies())?,
            max_entries: pick(source, &[1, 2, 3, 5, 9, 30, 1_000])?,
            max_weight: pick(source, &[None, None, Some(4), Some(20), Some(90)])?,
            life: match source.below(4)? {
                0 | 1 => Life::default(),
                _ => Life {
                    ttl: pick(source, &[None, Some(25), Some(1_000), Some(0)])?,
                    tti: pick(source, &[None, None, Some(12), Some(400)])?,
                    stale_while_revalidate: pick(source, &WINDOWS)?,
                    stale_if_error: pick(source, &WINDOWS)?,
                },
            },
            seed: u64::from(source.below(4)?),
            keys: pick(source, &[3, 8, 24, 80])?,
        };
        let Life { ttl, tti, .. } = &mut settings.life;
        // A cache refuses a time to idle that the TTL never leaves it.
        *tti = tti.filter(|tti| ttl.is_none_or(|ttl| *tti <= ttl));
        Some(settings)
    }
}

impl Operation {
    /// Any operation; fetchers do up to three more where `depth` is left.
    pub(crate) fn draw(source: &mut dyn Source, keys: u32, depth: u32) -> Option<Operation> {
        Some(match source.below(64)? {
            0..12 => Operation::Get(key(source, keys)?),
            12 | 13 => Operation::Peek(key(source, keys)?),
            14 => Operation::Has(key(source, keys)?),
            15..30 => Operation::Set { key: key(source, keys)?, entry: Entry::draw(source)? },
            30 => Operation::SetIfAbsent(key(source, keys)?),
            31..34 => Operation::Update { key: key(source, keys)?, removes: source.below(5)? == 0 },
            34 | 35 => Operation::Expire(key(source, keys)?),
            36..39 => Operation::Delete(key(source, keys)?),
            39 => match source.below(4)? {
                0 => Operation::Clear,
                _ => Operation::Purge,
            },
            40..43 => Operation::InvalidateByTag(pick(source, &TAGS)?, pick(source, &WAYS)?),
            43 => Operation::InvalidateByPattern(pick(source, &PATTERNS)?, pick(source, &WAYS)?),
            44 => Operation::Keys(pick(source, &PATTERNS)?),
            45 => Operation::Entries(pick(source, &PATTERNS)?, pick(source, &[0, 2, 1_000_000])?),
            46 => Operation::Len,
            47..52 => Operation::Advance(pick(source, &STEPS)?),
            _ => Operation::GetOrFetch {
                key: key(source, keys)?,
                entry: Entry::draw(source)?,
                late: Late::draw(source)?,
                fails: source.below(4)? == 0,
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
        let mut options = EntryOptions::new().tags(self.tags.iter().copied());
        if let Some(ttl) = self.life.ttl {
            options = options.ttl(duration(ttl));
        }
        if let Some(tti) = self.life.tti {
            options = options.tti(duration(tti));
        }
        if let Some(window) = self.life.stale_while_revalidate {
            options = options.stale_while_revalidate(duration(window));
        }
        if let Some(window) = self.life.stale_if_error {
            options = options.stale_if_error(duration(window));
        }
        options
    }

    fn draw(source: &mut dyn Source) -> Option<Entry> {
        let kind = source.below(8)?;
        let mut entry = Entry::default();
        if kind & 1 == 1 {
            entry.life.ttl = pick(source, &TTLS)?;
        }
        if kind & 2 == 2 {
            let tags = source.below(4)?;
            entry.tags = (0..tags).map(|_| pick(source, &TAGS)).collect::<Option<_>>()?;
        }
        if kind > 5 {
            entry.life.tti = pick(source, &[None, Some(9), Some(40), Some(500), Some(ENDLESS)])?;
            entry.life.stale_while_revalidate = pick(source, &WINDOWS)?;
            entry.life.stale_if_error = pick(source, &WINDOWS)?;
        }
        Some(entry)
    }
}

impl Late {
    fn draw(source: &mut dyn Source) -> Option<Late> {
        Some(match source.below(12)? {
            0 => Late { skips: true, ..Late::default() },
            1 => Late { ttl: pick(source, &TTLS)?, ..Late::default() },
            2 | 3 => Late { tag: Some(pick(source, &TAGS)?), ..Late::default() },
            _ => Late::default(),
        })
    }
}

/// A duration of milliseconds, or the longest.
pub(crate) fn duration(ms: u64) -> Duration {
    if ms == ENDLESS { Duration::MAX } else { Duration::from_millis(ms) }
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
const WAYS: [Way; 3] = [Way::Remove, Way::Remove, Way::Expire];
const WINDOWS: [Option<u64>; 5] = [None, Some(0), Some(15), Some(600), Some(ENDLESS)];
const STEPS: [u64; 7] = [0, 1, 7, 30, 290, 70_000, 1 << 40];
