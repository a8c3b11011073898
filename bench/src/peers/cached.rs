//! cached: LRU in shards.

use cached::{ShardedLruCache, ShardedLruTtlCache};

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about = About {
        package: "cached",
        hasher: "aHash",
        bound: Some("entries, at least 16 a shard"),
        ttl: Some("cache, value"),
        tags: false,
    };
    let kind = Kind::shared("cached lru", about, ShardedLruCache::<u64, u64>::new);
    vec![kind.and_with_ttl(ShardedLruTtlCache::<u64, u64>::new)]
}

impl Peer for ShardedLruCache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.set(key, value);
    }
}

impl Peer for ShardedLruTtlCache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.set(key, value);
    }
    fn settle(&self) {
        let _count = self.evict();
    }
}
