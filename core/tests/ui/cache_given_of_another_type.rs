use cachefn_core::{Cache, MemoryCache, cachefn};
use std::sync::LazyLock;

static MEMORY: LazyLock<MemoryCache<(u64,), String>> =
    LazyLock::new(|| MemoryCache::builder().build().unwrap());
static TIERS: LazyLock<Cache<(u32,), u64>> =
    LazyLock::new(|| Cache::builder("numbers").build().unwrap());

#[cachefn(cache = MEMORY)]
fn another_value(id: u64) -> u64 {
    id
}

#[cachefn(cache = &MEMORY)]
async fn without_tiers(id: u64) -> String {
    id.to_string()
}

#[cachefn(cache = &TIERS)]
async fn another_key(id: u64) -> u64 {
    id
}

fn main() {}
