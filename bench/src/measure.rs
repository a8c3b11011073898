//! How time is taken: CPU time of the thread, beside the time on the wall.

use std::time::Instant;

use cpu_time::{ProcessTime, ThreadTime};

/// Nanoseconds an operation. The CPU time is the figure that counts: it leaves out the time in
/// which other programs had the processor.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    pub cpu: f64,
    pub wall: f64,
}

/// What `work` costs, which makes so many operations.
pub fn timed<T>(operations: usize, work: impl FnOnce() -> T) -> (Cost, T) {
    let (wall, cpu) = (Instant::now(), ThreadTime::now());
    let result = work();
    let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
    let each = |nanoseconds: u128| nanoseconds as f64 / operations as f64;
    (Cost { cpu: each(cpu.as_nanos()), wall: each(wall.as_nanos()) }, result)
}

/// The same with the CPU time of all threads, for what works in the background, too.
pub fn timed_in_all_threads<T>(operations: usize, work: impl FnOnce() -> T) -> (Cost, T) {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let result = work();
    let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
    let each = |nanoseconds: u128| nanoseconds as f64 / operations as f64;
    (Cost { cpu: each(cpu.as_nanos()), wall: each(wall.as_nanos()) }, result)
}

/// The costs of one contender, round by round.
#[derive(Debug, Clone, Default)]
pub struct Costs(Vec<Cost>);

impl Costs {
    pub fn median(&self) -> Cost {
        Cost {
            cpu: median(self.0.iter().map(|cost| cost.cpu).collect()),
            wall: median(self.0.iter().map(|cost| cost.wall).collect()),
        }
    }

    /// CPU time as a ratio to that of another: the median of the ratios within a round. A machine
    /// that others use has slow and fast seconds; within a round both are in the same.
    pub fn ratio(&self, base: &Costs) -> f64 {
        median(self.0.iter().zip(&base.0).map(|(own, base)| own.cpu / base.cpu).collect())
    }

    /// The same for the time on the wall: what counts where the disk is waited for.
    pub fn wall_ratio(&self, base: &Costs) -> f64 {
        median(self.0.iter().zip(&base.0).map(|(own, base)| own.wall / base.wall).collect())
    }

    /// CPU time beyond the sum of others: the median of the differences within a round.
    pub fn beyond(&self, others: &[&Costs]) -> f64 {
        let rest = |round: usize| others.iter().map(|other| other.0[round].cpu).sum::<f64>();
        median(self.0.iter().enumerate().map(|(round, own)| own.cpu - rest(round)).collect())
    }
}

/// Lets all contenders run in turn, A B C A B C, so that whatever disturbs the machine disturbs all
/// of them. The first round is not counted. The costs in the order of the contenders.
pub fn interleaved<C>(
    contenders: &mut [C],
    rounds: usize,
    mut run: impl FnMut(&mut C, usize) -> Cost,
) -> Vec<Costs> {
    let mut costs = vec![Costs::default(); contenders.len()];
    for round in 0..=rounds {
        for (contender, costs) in contenders.iter_mut().zip(&mut costs) {
            let cost = run(contender, round);
            if round > 0 {
                costs.0.push(cost);
            }
        }
    }
    costs
}

/// The middle of the values; of nothing it is NaN.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.is_empty() {
        return f64::NAN;
    }
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_middle_values() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(vec![9.0, 1.0, 5.0, 6.0]), 5.5);
    }

    #[test]
    fn contenders_take_turns_and_the_first_round_does_not_count() {
        let mut order = Vec::new();
        let costs = interleaved(&mut [10.0, 20.0], 3, |contender, round| {
            order.push((*contender, round));
            Cost { cpu: *contender + round as f64, wall: 0.0 }
        });
        assert_eq!(order[..3], [(10.0, 0), (20.0, 0), (10.0, 1)]);
        assert_eq!((costs[0].median().cpu, costs[1].median().cpu), (12.0, 22.0));
        assert_eq!(costs[1].ratio(&costs[0]), 22.0 / 12.0);
        assert_eq!(costs[1].beyond(&[&costs[0]]), 10.0);
    }
}
