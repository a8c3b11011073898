//! Waits that end: after a time, or growing ones between attempts.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::time::Duration;

use cachefn_core::Runtime;
use futures_util::future::{Either, select};

/// What the future brings, or nothing when the time is over before.
pub(crate) async fn within<F: Future>(
    runtime: &dyn Runtime,
    time: Duration,
    future: F,
) -> Option<F::Output> {
    match select(pin!(future), runtime.sleep(time)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// How long to wait before the next attempt: longer each time up to a bound, and drawn, so that those who
/// lost the same server do not come back in the same moment.
pub(crate) struct Backoff {
    ceiling: Duration,
}

impl Backoff {
    const SHORTEST: Duration = Duration::from_millis(50);
    pub(crate) const LONGEST: Duration = Duration::from_secs(2);

    pub(crate) fn new() -> Self {
        Backoff { ceiling: Self::SHORTEST }
    }

    /// Between half of a time and all of it; the time doubles.
    pub(crate) fn next(&mut self) -> Duration {
        let ceiling = self.ceiling;
        self.ceiling = (ceiling * 2).min(Self::LONGEST);
        let half = ceiling.as_micros() as u64 / 2;
        Duration::from_micros(half + draw() % (half + 1))
    }
}

/// A number that others do not draw.
pub(crate) fn draw() -> u64 {
    RandomState::new().hash_one(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_38_the_waits_between_attempts_grow_to_a_bound() {
        let mut backoff = Backoff::new();
        let mut ceiling = Backoff::SHORTEST;
        for attempt in 0..20 {
            let wait = backoff.next();
            assert!(wait >= ceiling / 2 && wait <= ceiling, "{attempt}: {wait:?}");
            ceiling = (ceiling * 2).min(Backoff::LONGEST);
        }
        assert_eq!(ceiling, Backoff::LONGEST);
    }
}
