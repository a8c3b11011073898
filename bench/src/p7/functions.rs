//! The same two functions, cached by every library that caches functions, and once by hand.
//!
//! All are bounded by the same number of entries and serve any thread.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use quick_cache::{Equivalent, sync::Cache};

type Number = fn(u64) -> u64;
type Text = fn(&str, u32) -> String;

pub const NUMBERS: [(&str, Number); 6] = [
    (OURS, ours_number),
    (BY_HAND, by_hand_number),
    ("cached #[concurrent_cached]", sharded_number),
    ("cached #[cached]", locked_number),
    ("cachelito #[cache]", cachelito_number),
    ("memoize #[memoize]", memoize_number),
];
pub const TEXTS: [(&str, Text); 6] = [
    (OURS, ours_text),
    (BY_HAND, by_hand_text),
    ("cached #[concurrent_cached]", sharded_text),
    ("cached #[cached]", locked_text),
    ("cachelito #[cache]", cachelito_text),
    ("memoize #[memoize]", |name, number| memoize_text(name.to_string(), number)),
];

pub const OURS: &str = "cachefn #[cachefn]";
pub const BY_HAND: &str = "quick_cache by hand";

fn number(number: u64) -> u64 {
    number.wrapping_mul(3)
}

fn text(name: &str, number: u32) -> String {
    format!("{name} has {number}")
}

#[cachefn_core::cachefn(max_entries = 10_000)]
fn ours_number(n: u64) -> u64 {
    number(n)
}

#[cachefn_core::cachefn(max_entries = 10_000)]
fn ours_text(name: &str, n: u32) -> String {
    text(name, n)
}

fn by_hand_number(n: u64) -> u64 {
    static CACHE: LazyLock<Cache<u64, u64>> = LazyLock::new(|| Cache::new(10_000));
    if let Some(value) = CACHE.get(&n) {
        return value;
    }
    let value = number(n);
    CACHE.insert(n, value);
    value
}

/// A key that is looked up without being made.
#[derive(PartialEq, Eq)]
struct Borrowed<'a>(&'a str, u32);

impl Hash for Borrowed<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0, self.1).hash(state);
    }
}

impl Equivalent<(String, u32)> for Borrowed<'_> {
    fn equivalent(&self, key: &(String, u32)) -> bool {
        self.1 == key.1 && self.0 == key.0
    }
}

fn by_hand_text(name: &str, n: u32) -> String {
    static CACHE: LazyLock<Cache<(String, u32), String>> = LazyLock::new(|| Cache::new(10_000));
    if let Some(value) = CACHE.get(&Borrowed(name, n)) {
        return value;
    }
    let value = text(name, n);
    CACHE.insert((name.to_string(), n), value.clone());
    value
}

#[cached::macros::concurrent_cached(max_size = 10_000)]
fn sharded_number(n: u64) -> u64 {
    number(n)
}

#[cached::macros::concurrent_cached(
    max_size = 10_000,
    key = "(String, u32)",
    convert = { (name.to_string(), n) }
)]
fn sharded_text(name: &str, n: u32) -> String {
    text(name, n)
}

#[cached::macros::cached(max_size = 10_000)]
fn locked_number(n: u64) -> u64 {
    number(n)
}

#[cached::macros::cached(
    max_size = 10_000,
    key = "(String, u32)",
    convert = { (name.to_string(), n) }
)]
fn locked_text(name: &str, n: u32) -> String {
    text(name, n)
}

#[cachelito::cache(limit = 10_000)]
fn cachelito_number(n: u64) -> u64 {
    number(n)
}

#[cachelito::cache(limit = 10_000)]
fn cachelito_text(name: &str, n: u32) -> String {
    text(name, n)
}

#[memoize::memoize(Capacity: 10_000, SharedCache)]
fn memoize_number(n: u64) -> u64 {
    number(n)
}

#[memoize::memoize(Capacity: 10_000, SharedCache)]
fn memoize_text(name: String, n: u32) -> String {
    text(&name, n)
}
