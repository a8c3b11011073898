//! cachefn, with every policy it has.

use std::cell::RefCell;
use std::time::Duration;

use cachefn_core::{CoarseClock, MemoryCache, Policy, unsync};

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let default = Policy::default();
    let many = [default].into_iter().chain(policies().into_iter().filter(|own| *own != default));
    let shared = many.clone().map(|policy| {
        Kind::shared(named(policy, ""), ABOUT, move |capacity| sharded(capacity, policy, None))
            .and_with_ttl(move |capacity, ttl| sharded(capacity, policy, Some(ttl)))
    });
    let own = many.map(|policy| {
        Kind::own(named(policy, UNSYNC), ABOUT, move |capacity| unsync(capacity, policy))
    });
    shared.chain(own).collect()
}

/// The policies that this version has, of those that are planned.
pub fn policies() -> Vec<Policy> {
    let names = ["adaptive", "s3-fifo", "w-tinylfu", "sieve", "lru", "lfu", "fifo"];
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// What a cache with this policy is called here; [`UNSYNC`] as the kind is the cache for one thread.
pub fn named(policy: Policy, kind: &str) -> String {
    format!("cachefn {policy}{kind}")
}

/// The cache that users get who choose nothing.
pub fn default_name() -> String {
    named(Policy::default(), "")
}

pub fn unsync_name() -> String {
    named(Policy::default(), UNSYNC)
}

const UNSYNC: &str = " unsync";

const ABOUT: About = About {
    package: "cachefn-core",
    hasher: "foldhash",
    bound: Some("entries"),
    ttl: Some("cache, entry"),
    tags: true,
};

/// Seeds cachefn's hashes, which makes its evictions repeatable.
const SEED: u64 = 1;

fn sharded(capacity: usize, policy: Policy, ttl: Option<Duration>) -> MemoryCache<u64, u64> {
    let builder = MemoryCache::builder().max_entries(capacity).policy(policy).seed(SEED);
    let builder = ttl.into_iter().fold(builder, |builder, ttl| builder.ttl(ttl));
    builder.build().expect("capacities here are above 0 and far below the limit")
}

/// The default policy with a life span for every entry, by a clock that costs next to nothing.
pub fn with_coarse_clock(capacity: usize, ttl: Duration) -> Box<dyn Peer> {
    let clock = CoarseClock::new().expect("the machine has a thread left");
    let builder = MemoryCache::<u64, u64>::builder().max_entries(capacity).seed(SEED);
    let cache = builder.ttl(ttl).clock(clock).build();
    Box::new(cache.expect("capacities here are above 0 and far below the limit"))
}

impl Peer for MemoryCache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.set(key, value).expect("memory is plentiful here");
    }
    fn claimed(&self) -> Option<u64> {
        Some(self.stats().memory_usage)
    }
}

type Unsync = RefCell<unsync::MemoryCache<u64, u64>>;

fn unsync(capacity: usize, policy: Policy) -> Unsync {
    let builder = unsync::MemoryCache::builder().max_entries(capacity).policy(policy).seed(SEED);
    let cache = builder.build().expect("capacities here are above 0 and far below the limit");
    RefCell::new(cache)
}

impl Peer for Unsync {
    fn get(&self, key: u64) -> Option<u64> {
        self.borrow_mut().get(&key).copied()
    }
    fn set(&self, key: u64, value: u64) {
        self.borrow_mut().set(key, value).expect("memory is plentiful here");
    }
    fn claimed(&self) -> Option<u64> {
        Some(self.borrow().stats().memory_usage)
    }
}
