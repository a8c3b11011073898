//! schnellru: LRU for one thread.

use std::cell::RefCell;

use schnellru::{ByLength, LruMap};

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about = About {
        package: "schnellru",
        hasher: "aHash",
        bound: Some("entries, bytes"),
        ttl: None,
        tags: false,
    };
    let build = |capacity| RefCell::new(LruMap::new(ByLength::new(capacity as u32)));
    vec![Kind::own("schnellru unsync", about, build)]
}

impl Peer for RefCell<LruMap<u64, u64, ByLength>> {
    fn get(&self, key: u64) -> Option<u64> {
        self.borrow_mut().get(&key).copied()
    }
    fn set(&self, key: u64, value: u64) {
        self.borrow_mut().insert(key, value);
    }
}
