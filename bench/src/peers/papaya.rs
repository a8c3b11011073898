//! papaya: a concurrent map that never forgets, as a limit of what a hit can cost.

use papaya::HashMap;

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about = About { package: "papaya", hasher: "SipHash", bound: None, ttl: None, tags: false };
    vec![Kind::shared("papaya (a map)", about, HashMap::<u64, u64>::with_capacity)]
}

impl Peer for HashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.pin().get(&key).copied()
    }
    fn set(&self, key: u64, value: u64) {
        self.pin().insert(key, value);
    }
}
