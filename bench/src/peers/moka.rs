//! moka: W-TinyLFU with logs of reads and writes.

use moka::sync::Cache;

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about = About {
        package: "moka",
        hasher: "SipHash",
        bound: Some("entries, weight"),
        ttl: Some("cache, entry"),
        tags: false,
    };
    let kind = Kind::shared("moka", about, |capacity| Cache::<u64, u64>::new(capacity as u64));
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
        self.run_pending_tasks();
    }
}
