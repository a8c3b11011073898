//! What a guard costs while all is well: reads and writes of a map, with it and without.
//!
//! `cargo run --release -p cachefn-tokio --example cost`

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use cachefn_conformance::MapStorage;
use cachefn_core::{Error, Keep, Storage};
use cachefn_tokio::{Guarded, TokioRuntime};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let bare = MapStorage::new();
    let guarded = Guarded::new(bare.clone(), TokioRuntime::current()?);
    println!("{:<8} {:>12} {:>12} {:>12}", "ns each", "bare", "guarded", "the guard");
    for name in ["get", "set"] {
        // The best of several rounds, taken in turn, so that others on this machine harm both alike.
        let mut best = [f64::INFINITY; 2];
        for _ in 0..ROUNDS {
            best[0] = best[0].min(round(&bare, name).await?);
            best[1] = best[1].min(round(&guarded, name).await?);
        }
        let [bare, guarded] = best;
        println!("{name:<8} {bare:>12.1} {guarded:>12.1} {:>12.1}", guarded - bare);
    }
    Ok(())
}

/// Nanoseconds of a call.
async fn round(storage: &impl Storage, name: &str) -> Result<f64, Error> {
    let record = Bytes::from_static(b"a record");
    storage.set(b"name", record.clone(), Keep::default()).await?;
    let began = Instant::now();
    for _ in 0..CALLS {
        if name == "get" {
            black_box(storage.get(black_box(b"name")).await?);
        } else {
            storage.set(black_box(b"name"), record.clone(), Keep::default()).await?;
        }
    }
    Ok(began.elapsed().as_nanos() as f64 / f64::from(CALLS))
}

const ROUNDS: usize = 20;
const CALLS: u32 = 100_000;
