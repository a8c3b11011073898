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
pub(super) struct Climber {
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
    pub(super) fn new(capacity: u32, window: u32) -> Self {
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
    pub(super) fn record(&mut self, is_hit: bool) -> Option<u32> {
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
