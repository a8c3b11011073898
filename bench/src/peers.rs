//! The caches that are compared, behind one face.
//!
//! Every cache has the hasher that its authors chose as the default, and is bounded.

use std::cell::RefCell;
use std::hint::black_box;

use cached::ShardedLruCache;
use cachefn_core::{MemoryCache, Policy, unsync};
use foyer_memory::{CacheBuilder, EvictionConfig, LruConfig, S3FifoConfig};

/// One cache from `u64` to `u64`. The loops are default methods, so that each peer gets loops of its
/// own with its calls inlined: one dynamic call a loop, none an operation.
pub trait Peer {
    fn get(&self, key: u64) -> Option<u64>;
    fn set(&self, key: u64, value: u64);

    /// Asks for every id; how many were there.
    fn read(&self, ids: &[u32]) -> usize {
        ids.iter().filter(|id| black_box(self.get(key(**id))).is_some()).count()
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
}

/// Marks an operation as a write.
pub const WRITE: u32 = 1 << 31;

/// Ids that follow each other shall not be keys that do.
#[inline]
fn key(id: u32) -> u64 {
    u64::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// A peer that several threads may use at once.
pub type Shared = dyn Peer + Sync;

/// All caches, each with its name; for use by one thread.
pub fn all(capacity: usize) -> Vec<(&'static str, Box<dyn Peer>)> {
    let one = [
        ("cachefn s3-fifo unsync", unsync(capacity, Policy::S3Fifo)),
        ("cachefn lru unsync", unsync(capacity, Policy::Lru)),
    ];
    let many = shared(capacity).into_iter().map(|(name, cache)| (name, cache as Box<dyn Peer>));
    many.chain(one).collect()
}

/// The caches for many threads, cachefn with its default policy first.
pub fn shared(capacity: usize) -> Vec<(&'static str, Box<Shared>)> {
    vec![
        (CACHEFN, Box::new(cachefn(capacity, Policy::S3Fifo))),
        (QUICK_CACHE, Box::new(quick_cache::sync::Cache::new(capacity))),
        ("cachefn lru", Box::new(cachefn(capacity, Policy::Lru))),
        ("moka", Box::new(moka::sync::Cache::new(capacity as u64))),
        ("foyer s3-fifo", foyer(capacity, S3FifoConfig::default())),
        ("foyer lru", foyer(capacity, LruConfig::default())),
        ("cached sharded lru", Box::new(ShardedLruCache::new(capacity))),
    ]
}

pub const CACHEFN: &str = "cachefn s3-fifo";
pub const QUICK_CACHE: &str = "quick_cache";

/// Seeds cachefn's hashes, which makes its evictions repeatable.
const SEED: u64 = 1;

fn cachefn(capacity: usize, policy: Policy) -> MemoryCache<u64, u64> {
    let builder = MemoryCache::builder().max_entries(capacity).policy(policy).seed(SEED);
    builder.build().expect("capacities here are above 0 and far below the limit")
}

impl Peer for MemoryCache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.set(key, value).expect("memory is plentiful here");
    }
}

type Unsync = RefCell<unsync::MemoryCache<u64, u64>>;

fn unsync(capacity: usize, policy: Policy) -> Box<dyn Peer> {
    let builder = unsync::MemoryCache::builder().max_entries(capacity).policy(policy).seed(SEED);
    let cache = builder.build().expect("capacities here are above 0 and far below the limit");
    Box::new(RefCell::new(cache))
}

impl Peer for Unsync {
    fn get(&self, key: u64) -> Option<u64> {
        self.borrow_mut().get(&key).copied()
    }
    fn set(&self, key: u64, value: u64) {
        self.borrow_mut().set(key, value).expect("memory is plentiful here");
    }
}

impl Peer for quick_cache::sync::Cache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
}

impl Peer for moka::sync::Cache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
}

type Foyer = foyer_memory::Cache<u64, u64>;

fn foyer(capacity: usize, eviction: impl Into<EvictionConfig>) -> Box<Shared> {
    let cache: Foyer = CacheBuilder::new(capacity).with_eviction_config(eviction).build();
    Box::new(cache)
}

impl Peer for Foyer {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key).map(|entry| *entry.value())
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
}

impl Peer for ShardedLruCache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.set(key, value);
    }
}
