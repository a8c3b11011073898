//! Numbers that a seed decides.

use std::env;

/// A row of numbers (SplitMix64).
///
/// ```
/// use cachefn_e2e::random::Random;
/// let (mut one, mut same) = (Random(7), Random(7));
/// assert_eq!(one.below(1_000), same.below(1_000));
/// ```
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// From `CACHEFN_SEED`, or this seed; a test prints which.
    ///
    /// # Panics
    /// `CACHEFN_SEED` is not a number.
    #[must_use]
    pub fn seed_or(default: u64) -> u64 {
        env::var("CACHEFN_SEED").map_or(default, |seed| {
            seed.parse().unwrap_or_else(|_| panic!("CACHEFN_SEED must be a number, not {seed}"))
        })
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.draw() % limit
    }

    /// One of these.
    ///
    /// # Panics
    /// There is none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}
