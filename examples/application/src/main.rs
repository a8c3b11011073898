//! Cached functions of every kind, in a program that depends on `cachefn` and on no other crate of it.

use cachefn::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Something slow, in earnest.
fn run<T>(value: T) -> T {
    RUNS.fetch_add(1, Ordering::Relaxed);
    value
}

#[cachefn(ttl = "5m", max_entries = 1_000)]
fn square(number: u64) -> u64 {
    run(number * number)
}

#[cachefn(ttl = "5m", tags = ["user:{id}"])]
async fn name(id: u64) -> Result<String, String> {
    run(Ok(format!("user {id}")))
}

#[cachefn(cache = "users", key = "user:{id}", ttl = "10m")]
async fn greeting(id: u64) -> String {
    run(format!("hello, user {id}"))
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Shop {
    city: String,
}

impl Shop {
    #[cachefn(ttl = "1h", key = "{self.city}:{article}")]
    fn price(&self, article: u32) -> u32 {
        run(article * 10 + self.city.len() as u32)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    println!("a function: {} {}", square(7), square(7));

    println!("one that waits: {:?} {:?}", name(7).await, name(7).await);
    name::cache().invalidate_by_tag("user:7").await?;
    println!("after its tag: {:?}", name(7).await);

    let users = NamedCache::builder("users").register()?;
    println!("in a named cache: {} / {}", greeting(7).await, greeting(7).await);
    let by_hand = users.cache::<String, String>()?;
    println!("by hand: {:?}", by_hand.get("user:7").await?);

    let shop = Shop { city: "Rome".into() };
    println!("a method: {} {}", shop.price(4), shop.price(4));

    println!("runs: {}", RUNS.load(Ordering::Relaxed));
    Ok(())
}
