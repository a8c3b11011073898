//! Functions whose cache is given by an expression.

use crate::*;
use cachefn_conformance::MapStorage;
use cachefn_core::{Cache, MemoryCache, Postcard, cachefn};
use pollster::block_on;
use std::sync::{Arc, LazyLock};

type Memory = MemoryCache<(u64,), u64>;
type Tiers = Cache<(u64,), u64>;

static MEMORY: LazyLock<Memory> = LazyLock::new(|| MemoryCache::builder().build().unwrap());
static TIERS: LazyLock<Tiers> = LazyLock::new(|| {
    let builder = Cache::builder("given").storage(MapStorage::new());
    builder.codec(Postcard).build().unwrap()
});

fn shared() -> Arc<Memory> {
    static SHARED: LazyLock<Arc<Memory>> =
        LazyLock::new(|| Arc::new(MemoryCache::builder().build().unwrap()));
    SHARED.clone()
}

#[test]
fn whatever_leads_to_a_cache_gives_it() {
    #[cachefn(cache = MEMORY)]
    fn by_a_static(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = &*MEMORY, ttl = "1h", tags = ["number"])]
    fn by_a_reference(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = shared())]
    fn by_an_arc(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = &TIERS)]
    fn by_a_cache(id: u64) -> u64 {
        id
    }
    #[cachefn(cache = TIERS.clone(), ttl = "1h")]
    async fn by_an_owned_cache(id: u64) -> u64 {
        id
    }
    assert_eq!(by_a_static(1) + by_a_reference(2) + by_an_arc(3) + by_a_cache(4), 10);
    assert_eq!(block_on(by_an_owned_cache(5)), 5);
    assert_eq!((MEMORY.len(), shared().len(), TIERS.len()), (2, 1, 2));
    MEMORY.invalidate_by_tag("number");
    assert_eq!(MEMORY.len(), 1);
    assert_eq!(by_an_owned_cache::cache().name(), "given");
    assert_eq!((by_a_static::refresh(1), by_a_cache::key(4)), (1, (4,)));
}

struct Store {
    users: Cache<String, String>,
    names: MemoryCache<String, String>,
}

impl Store {
    #[cachefn(cache = self.users, key = "user:{id}")]
    async fn user(&self, id: u64) -> String {
        pause().await;
        format!("user {id}")
    }

    #[cachefn(cache = &self.names, key = "name:{id}")]
    fn name(&self, id: u64) -> String {
        format!("name {id}")
    }
}

#[test]
fn h_09_each_instance_has_the_cache_that_it_brings() {
    let store = || Store {
        users: Cache::builder("users").build().unwrap(),
        names: MemoryCache::builder().build().unwrap(),
    };
    let (one, other) = (store(), store());
    assert_eq!((block_on(one.user(7)), one.name(7)), ("user 7".into(), "name 7".into()));
    assert_eq!((one.users.len(), one.names.len()), (1, 1));
    assert_eq!((other.users.len(), other.user_cache().len(), one.user_cache().len()), (0, 0, 1));
    assert_eq!(block_on(one.users.get("user:7")).unwrap().as_deref(), Some("user 7"));
}
