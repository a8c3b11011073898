//! Ids drawn by Zipf's law: id 0 is the most popular, id k has the weight 1 / (k + 1)^exponent.

use crate::random::Random;

pub struct Zipf {
    /// The share of all draws that the ids up to and including this one have.
    cumulative: Vec<f64>,
}

impl Zipf {
    pub fn new(ids: u32, exponent: f64) -> Self {
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = (1..=ids)
            .map(|rank| {
                sum += f64::from(rank).powf(-exponent);
                sum
            })
            .collect();
        cumulative.iter_mut().for_each(|share| *share /= sum);
        Zipf { cumulative }
    }

    pub fn draw(&self, random: &mut Random) -> u32 {
        let point = random.fraction();
        let id = self.cumulative.partition_point(|share| *share <= point);
        id.min(self.cumulative.len() - 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_law() {
        let (zipf, mut random) = (Zipf::new(1_000, 1.0), Random::new(7));
        let mut drawn = [0_u32; 1_000];
        for _ in 0..1_000_000 {
            drawn[zipf.draw(&mut random) as usize] += 1;
        }
        let ratio = f64::from(drawn[0]) / f64::from(drawn[9]);
        assert!((9.0..11.0).contains(&ratio), "rank 1 is drawn {ratio} times as often as rank 10");
        assert!(drawn[999] > 0, "the last id is never drawn");
    }
}
