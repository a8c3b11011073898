//! mini-moka: moka without its later features.

use mini_moka::sync::{Cache, ConcurrentCacheExt};

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about = About {
        package: "mini-moka",
        hasher: "SipHash",
        bound: Some("entries, weight"),
        ttl: Some("cache"),
        tags: false,
    };
    let kind = Kind::shared("mini-moka", about, |capacity| Cache::<u64, u64>::new(capacity as u64));
    vec![kind.and_with_ttl(|capacity, ttl| {
        Cache::<u64, u64>::builder().max_capacity(capacity as u64).time_to_live(ttl).build()
    })]
}

impl Peer for Cache<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key)
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
    fn settle(&self) {
        self.sync();
    }
}
