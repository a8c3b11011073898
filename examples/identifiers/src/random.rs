//! Random numbers that are the same in every run.

/// A linear congruential generator (Numerical Recipes): good enough to choose samples.
pub(crate) struct Random(u32);

impl Random {
    pub(crate) fn seeded(seed: u32) -> Self {
        Self(seed)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(self.0) * bound as u64) >> 32) as usize
    }
}
