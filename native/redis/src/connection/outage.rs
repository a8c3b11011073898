//! How long nobody tries to reach a server that could not be reached.

use std::time::{Duration, Instant};

use redis::RedisError;

/// What is known of attempts that failed since the last one that did not.
#[derive(Default)]
pub(super) struct Outage {
    failures: u32,
    last: Option<(Instant, RedisError)>,
}

impl Outage {
    /// What the last attempt said.
    pub(super) fn error(&self) -> Option<RedisError> {
        self.last.as_ref().map(|(_, error)| error.clone())
    }

    /// The last error, as long as it is too early for another attempt.
    pub(super) fn refusal(&self, now: Instant) -> Option<RedisError> {
        let (at, error) = self.last.as_ref()?;
        (now < *at + pause(self.failures)).then(|| error.clone())
    }

    pub(super) fn failed(&mut self, now: Instant, error: RedisError) {
        self.failures = self.failures.saturating_add(1);
        self.last = Some((now, error));
    }

    pub(super) fn ended(&mut self) {
        *self = Outage::default();
    }
}

/// 50 ms after the first failure, then twice as long after each, 2 s at most.
fn pause(failures: u32) -> Duration {
    let doubled = failures.saturating_sub(1).min(6);
    Duration::from_millis(50 << doubled).min(Duration::from_secs(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_35_attempts_become_rarer_up_to_a_bound_and_an_end_forgets_them() {
        let begin = Instant::now();
        let error = || RedisError::from((redis::ErrorKind::Io, "refused"));
        let mut outage = Outage::default();
        assert!(outage.refusal(begin).is_none() && outage.error().is_none());
        for pause in [50, 100, 200, 400, 800, 1_600, 2_000, 2_000] {
            outage.failed(begin, error());
            let last = begin + Duration::from_millis(pause - 1);
            assert!(outage.refusal(last).is_some(), "{pause} ms");
            assert!(outage.refusal(last + Duration::from_millis(1)).is_none(), "{pause} ms");
        }
        assert!(outage.error().is_some());
        outage.ended();
        assert!(outage.refusal(begin).is_none() && outage.error().is_none());
    }
}
