//! Numbers that look random and follow from a seed: the same run again from the same seed.

/// A row of numbers from a seed, by SplitMix64 (Steele, Lea and Flood, 2014): enough to draw cases, not to
/// hide anything.
///
/// ```
/// use cachefn_conformance::Random;
/// let (mut one, mut same) = (Random(7), Random(7));
/// assert_eq!(one.draw(), same.draw());
/// assert!(one.below(10) < 10 && one.part() < 1.0);
/// ```
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    /// From 0 to 1, without 1.
    pub fn part(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A place in a list of so many, which is not empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        // The remainder is below the length, so it fits.
        self.below(length as u64) as usize
    }

    /// True with this probability.
    pub(crate) fn hits(&mut self, probability: f64) -> bool {
        self.part() < probability
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.draw().to_le_bytes()[7]).collect()
    }

    pub(crate) fn token(&mut self) -> cachefn_core::Token {
        let (low, high) = (self.draw().to_le_bytes(), self.draw().to_le_bytes());
        let mut token = [0; 16];
        token[..8].copy_from_slice(&low);
        token[8..].copy_from_slice(&high);
        cachefn_core::Token(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_numbers_again() {
        let draws = |seed| -> Vec<u64> {
            let mut random = Random(seed);
            (0..9).map(|_| random.draw()).collect()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn probabilities_of_none_and_all_are_exact() {
        let mut random = Random(7);
        assert!((0..1000).all(|_| !random.hits(0.0)));
        assert!((0..1000).all(|_| random.hits(1.0)));
    }
}
