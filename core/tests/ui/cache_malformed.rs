use cachefn_core::{MemoryCache, cachefn};
use std::sync::LazyLock;

static NUMBERS: LazyLock<MemoryCache<(u64,), u64>> =
    LazyLock::new(|| MemoryCache::builder().build().unwrap());

#[cachefn(cache = "")]
fn unnamed(id: u64) -> u64 {
    id
}

#[cachefn(cache = "users/eu")]
fn slashed(id: u64) -> u64 {
    id
}

#[cachefn(cache = 7)]
fn numbered(id: u64) -> u64 {
    id
}

#[cachefn(cache = &id.cache)]
fn by_an_argument(id: u64) -> u64 {
    id
}

#[cachefn(cache = "users", tier = "memory", id = 7, version = 1.5)]
fn quoted(id: u64) -> u64 {
    id
}

#[cachefn(cache = &NUMBERS, max_entries = 10, policy = "lru", id = "numbers")]
fn given(id: u64) -> u64 {
    id
}

#[cachefn(cache = "users", key = "user:{id}", max_entries = 10, id = "users")]
fn keyed(id: u64) -> u64 {
    id
}

fn main() {}
