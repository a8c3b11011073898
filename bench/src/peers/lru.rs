//! lru: for one thread; many threads put it into a mutex, as is done here.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::sync::Mutex;

use lru::LruCache;

use super::{About, Kind, Peer};

pub fn kinds() -> Vec<Kind> {
    let about = About {
        package: "lru",
        hasher: "foldhash",
        bound: Some("entries"),
        ttl: None,
        tags: false,
    };
    vec![
        Kind::own("lru unsync", about, |capacity| RefCell::new(build(capacity))),
        Kind::shared("lru in a mutex", about, |capacity| Mutex::new(build(capacity))),
    ]
}

type Cache = LruCache<u64, u64>;

fn build(capacity: usize) -> Cache {
    LruCache::new(NonZeroUsize::new(capacity).expect("capacities here are above 0"))
}

impl Peer for RefCell<Cache> {
    fn get(&self, key: u64) -> Option<u64> {
        self.borrow_mut().get(&key).copied()
    }
    fn set(&self, key: u64, value: u64) {
        self.borrow_mut().put(key, value);
    }
}

impl Peer for Mutex<Cache> {
    fn get(&self, key: u64) -> Option<u64> {
        self.lock().expect("nothing panics under the lock").get(&key).copied()
    }
    fn set(&self, key: u64, value: u64) {
        self.lock().expect("nothing panics under the lock").put(key, value);
    }
}
