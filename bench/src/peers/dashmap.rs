//! dashmap: a map in locked shards that never forgets, as a limit of what a hit can cost.

use dashmap::DashMap;

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about =
        About { package: "dashmap", hasher: "SipHash", bound: None, ttl: None, tags: false };
    vec![Kind::shared("dashmap (a map)", about, DashMap::<u64, u64>::with_capacity)]
}

impl Peer for DashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key).map(|value| *value)
    }
    fn set(&self, key: u64, value: u64) {
        self.insert(key, value);
    }
}
