//! quick_cache: CLOCK-PRO in shards.

use quick_cache::sync::Cache;

use super::{About, Kind, Peer, QUICK_CACHE};

pub fn kinds() -> Vec<Kind> {
    let about = About {
        package: "quick_cache",
        hasher: "foldhash",
        bound: Some("entries, weight"),
        ttl: None,
        tags: false,
    };
    vec![Kind::shared(QUICK_CACHE, about, Cache::<u64, u64>::new)]
}

impl Peer for Cache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
}
