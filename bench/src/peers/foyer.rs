//! foyer's memory cache, with two of its policies.

use foyer_memory::{Cache, CacheBuilder, EvictionConfig, LruConfig, S3FifoConfig};

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about = About {
        package: "foyer-memory",
        hasher: "XxHash64",
        bound: Some("weight"),
        ttl: None,
        tags: false,
    };
    vec![
        Kind::shared("foyer s3-fifo", about, |size| build(size, S3FifoConfig::default())),
        Kind::shared("foyer lru", about, |size| build(size, LruConfig::default())),
    ]
}

fn build(capacity: usize, eviction: impl Into<EvictionConfig>) -> Cache<u64, u64> {
    CacheBuilder::new(capacity).with_eviction_config(eviction).build()
}

impl Peer for Cache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key).map(|entry| *entry.value())
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
}
