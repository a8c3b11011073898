//! The caches that are compared, behind one face: one small file for each library.
//!
//! Every cache has the hasher that its authors chose as the default.

mod cached;
mod cachefn;
mod dashmap;
mod foyer;
mod lru;
mod mini_moka;
mod moka;
mod papaya;
mod quick_cache;
mod scc;
mod schnellru;

use std::hint::black_box;
use std::time::{Duration, Instant};

use cachefn_core::{Clock, SystemClock};

pub use self::cachefn::{default_name, named, policies, unsync_name, with_coarse_clock};

/// One cache from `u64` to `u64`. The loops are default methods, so that each peer gets loops of its
/// own with its calls inlined: one dynamic call a loop, none an operation.
pub trait Peer {
    fn get(&self, key: u64) -> Option<u64>;
    fn set(&self, key: u64, value: u64);

    /// Does what the cache put off.
    fn settle(&self) {}

    /// The bytes the cache says it takes, if it says.
    fn claimed(&self) -> Option<u64> {
        None
    }

    /// Asks for every id; how many were there.
    fn read(&self, ids: &[u32]) -> usize {
        ids.iter().filter(|id| black_box(self.get(key(**id))).is_some()).count()
    }

    /// The same with a reading of the clock before each.
    fn read_and_ask_the_time(&self, ids: &[u32], clock: &SystemClock) -> usize {
        let asked = ids.iter().filter(|id| {
            black_box(clock.mono_ms());
            black_box(self.get(key(**id))).is_some()
        });
        asked.count()
    }

    /// Writes every id.
    fn write(&self, ids: &[u32]) {
        for id in ids {
            self.set(key(*id), u64::from(*id));
        }
    }

    /// Asks for ids and writes what was not there; ids marked with [`WRITE`] are only written. How
    /// many were asked for, and how many of those were there.
    fn read_through(&self, operations: &[u32]) -> (usize, usize) {
        let (mut reads, mut hits) = (0, 0);
        for operation in operations {
            let id = operation & !WRITE;
            if operation & WRITE != 0 {
                self.set(key(id), u64::from(id));
                continue;
            }
            reads += 1;
            if black_box(self.get(key(id))).is_some() {
                hits += 1;
            } else {
                self.set(key(id), u64::from(id));
            }
        }
        (reads, hits)
    }

    /// Asks for every id and notes the nanoseconds from one answer to the next. The clock is read
    /// once an operation, so that no moment lies outside all samples.
    fn time_each(&self, ids: &[u32], samples: &mut Vec<u32>) {
        let mut before = Instant::now();
        for id in ids {
            black_box(self.get(key(*id)));
            let after = Instant::now();
            samples.push((after - before).as_nanos().try_into().unwrap_or(u32::MAX));
            before = after;
        }
    }
}

/// Marks an operation as a write.
pub const WRITE: u32 = 1 << 31;

/// Ids that follow each other shall not be keys that do.
#[inline]
pub fn key(id: u32) -> u64 {
    u64::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// A peer that several threads may use at once.
pub type Shared = dyn Peer + Sync;

/// One way to cache: a library with its settings.
pub struct Kind {
    pub name: String,
    pub about: About,
    pub maker: Maker,
    /// The same with a life span for every entry, where the library knows one.
    pub with_ttl: Option<WithTtl>,
}

pub enum Maker {
    /// For many threads.
    Shared(Box<dyn Fn(usize) -> Box<Shared> + Send + Sync>),
    /// For one.
    Own(Box<dyn Fn(usize) -> Box<dyn Peer> + Send + Sync>),
}

type WithTtl = Box<dyn Fn(usize, Duration) -> Box<Shared> + Send + Sync>;

/// What a reader must know of a library to compare fairly.
#[derive(Clone, Copy)]
pub struct About {
    /// Its crate, as the manifest names it.
    pub package: &'static str,
    pub hasher: &'static str,
    /// How its size is limited; nothing when it is not.
    pub bound: Option<&'static str>,
    pub ttl: Option<&'static str>,
    pub tags: bool,
}

impl Kind {
    fn shared<P: Peer + Sync + 'static>(
        name: impl Into<String>,
        about: About,
        make: impl Fn(usize) -> P + Send + Sync + 'static,
    ) -> Self {
        let maker = Maker::Shared(Box::new(move |capacity| Box::new(make(capacity))));
        Kind { name: name.into(), about, maker, with_ttl: None }
    }

    fn own<P: Peer + 'static>(
        name: impl Into<String>,
        about: About,
        make: impl Fn(usize) -> P + Send + Sync + 'static,
    ) -> Self {
        let maker = Maker::Own(Box::new(move |capacity| Box::new(make(capacity))));
        Kind { name: name.into(), about, maker, with_ttl: None }
    }

    fn and_with_ttl<P: Peer + Sync + 'static>(
        mut self,
        make: impl Fn(usize, Duration) -> P + Send + Sync + 'static,
    ) -> Self {
        self.with_ttl = Some(Box::new(move |capacity, ttl| Box::new(make(capacity, ttl))));
        self
    }

    /// A cache for one thread.
    pub fn make(&self, capacity: usize) -> Box<dyn Peer> {
        match &self.maker {
            Maker::Shared(make) => make(capacity),
            Maker::Own(make) => make(capacity),
        }
    }

    /// A cache for one thread that never lets one of so many keys go. Caches in shards or buckets
    /// fill unevenly, so there is room to spare.
    pub fn make_to_hold(&self, keys: usize) -> Box<dyn Peer> {
        let spare = if self.about.package == "scc" { 4 } else { 2 };
        self.make(spare * keys)
    }

    /// Whether it lets entries go when it is full.
    pub fn evicts(&self) -> bool {
        self.about.bound.is_some()
    }
}

/// All caches: cachefn with its default policy first, then by library, the limits last.
pub fn all() -> Vec<Kind> {
    let libraries: [fn() -> Vec<Kind>; 11] = [
        cachefn::kinds,
        quick_cache::kinds,
        moka::kinds,
        mini_moka::kinds,
        foyer::kinds,
        scc::kinds,
        cached::kinds,
        lru::kinds,
        schnellru::kinds,
        papaya::kinds,
        dashmap::kinds,
    ];
    libraries.into_iter().flat_map(|kinds| kinds()).collect()
}

/// Those whose times are taken: all but cachefn for one thread with another policy than the default,
/// which would tell nothing new.
pub fn timed() -> Vec<Kind> {
    let other = |kind: &Kind| {
        let own = matches!(kind.maker, Maker::Own(_)) && kind.name.starts_with("cachefn");
        own && kind.name != unsync_name()
    };
    all().into_iter().filter(|kind| !other(kind)).collect()
}

/// All caches that are bounded.
pub fn bounded() -> Vec<Kind> {
    all().into_iter().filter(Kind::evicts).collect()
}

pub const QUICK_CACHE: &str = "quick_cache";
