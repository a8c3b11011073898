//! What a run is drawn from.

use std::env;

/// `CACHEFN_SEED`, or this seed; a test prints which.
///
/// # Panics
/// `CACHEFN_SEED` is not a number.
#[must_use]
pub fn seed_or(default: u64) -> u64 {
    env::var("CACHEFN_SEED").map_or(default, |seed| {
        seed.parse().unwrap_or_else(|_| panic!("CACHEFN_SEED must be a number, not {seed}"))
    })
}
