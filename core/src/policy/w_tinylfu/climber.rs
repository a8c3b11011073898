//! Finds a good size of the window by changing it while that pays: hill climbing.
//!
//! Einziger, Eytan, Friedman, Manes: "Adaptive software cache management", Middleware 2018.

/// Requests in a sample, times the capacity.
const SAMPLE: u64 = 10;
/// The first step is the capacity divided by this.
const FIRST_STEP: i64 = 16;
/// Each step is this part of the one before.
const DECAY: (i64, i64) = (98, 100);
/// Hit ratios that differ by one part of so many mean that the requests have changed.
const RESTART: u64 = 20;
/// Steps are counted in parts of an entry, so that they shrink evenly.
const PARTS: i64 = 256;

#[derive(Debug)]
pub(in crate::policy) struct Climber {
    sample: u64,
    requests: u64,
    hits: u64,
    /// Of the sample before.
    hits_before: u64,
    first_step: i64,
    /// The next change of the window in [`PARTS`] of an entry; negative shrinks it.
    step: i64,
    /// The size in [`PARTS`] of an entry.
    window: i64,
    largest: i64,
}

impl Climber {
    /// Starts downwards from a window of `window` entries; it will lie between 1 and `capacity` - 1.
    pub(in crate::policy) fn new(capacity: u32, window: u32) -> Self {
        let capacity = i64::from(capacity);
        let first_step = capacity * PARTS / FIRST_STEP;
        Climber {
            sample: SAMPLE * capacity as u64,
            requests: 0,
            hits: 0,
            hits_before: 0,
            first_step,
            step: -first_step,
            window: i64::from(window) * PARTS,
            largest: (capacity - 1).max(1) * PARTS,
        }
    }

    /// Counts a request; at the end of a sample the new size of the window.
    pub(in crate::policy) fn record(&mut self, is_hit: bool) -> Option<u32> {
        self.hits += u64::from(is_hit);
        self.requests += 1;
        if self.requests < self.sample {
            return None;
        }
        let amount = if self.hits >= self.hits_before { self.step } else { -self.step };
        let has_changed = self.hits.abs_diff(self.hits_before) * RESTART >= self.sample;
        self.step = if has_changed {
            self.first_step * amount.signum()
        } else {
            amount * DECAY.0 / DECAY.1
        };
        self.hits_before = self.hits;
        self.hits = 0;
        self.requests = 0;
        self.window = (self.window + amount).clamp(PARTS, self.largest);
        Some((self.window / PARTS) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs so many samples of a cache of 1,000 entries whose hit ratio, in tenths of a percent, depends
    /// on the window alone; the window in the end.
    fn climb(
        climber: &mut Climber,
        mut window: u32,
        samples: u32,
        ratio: impl Fn(u32) -> u32,
    ) -> u32 {
        for request in 0..samples * 10_000 {
            let is_hit = request % 1_000 < ratio(window);
            window = climber.record(is_hit).unwrap_or(window);
        }
        window
    }

    #[test]
    fn climbs_to_the_best_window_and_stays_near_it() {
        let peak = |window: u32| 700 - window.abs_diff(400) / 2;
        let mut climber = Climber::new(1_000, 10);
        let window = climb(&mut climber, 10, 100, peak);
        assert!(window.abs_diff(400) < 60, "window {window}");
    }

    #[test]
    fn starts_again_when_the_requests_change() {
        let mut climber = Climber::new(1_000, 10);
        let window = climb(&mut climber, 10, 300, |window| 700 - window.abs_diff(400) / 2);
        let window = climb(&mut climber, window, 200, |window| 400 - window.abs_diff(800) / 2);
        assert!(window.abs_diff(800) < 60, "window {window}");
    }

    #[test]
    fn a_sample_has_ten_requests_an_entry_and_the_first_step_goes_down() {
        let mut climber = Climber::new(1_000, 100);
        assert!((1..10_000).all(|_| climber.record(true).is_none()));
        assert_eq!(climber.record(true), Some(100 - 63));
    }

    #[test]
    fn the_window_is_never_empty_and_never_everything() {
        for (capacity, ends) in [(1, [1, 1]), (2, [1, 1]), (1_000, [1, 999])] {
            let mut climber = Climber::new(capacity, 1);
            let windows = |climber: &mut Climber, best: u32| {
                climb(climber, 1, 200, |window| 500 - window.abs_diff(best) / 4)
            };
            let reached = [windows(&mut climber, 1), windows(&mut climber, 1_000)];
            assert!(reached.iter().all(|window| (ends[0]..=ends[1]).contains(window)));
        }
    }
}
