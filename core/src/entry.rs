//! The rule of time: the only code that decides whether an entry is fresh, stale or expired.

use core::time::Duration;

/// A deadline that is never reached.
pub(crate) const NEVER: u64 = u64::MAX;

/// The state of an entry at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    Fresh,
    Stale,
    Expired,
}

/// Deadlines are inclusive: at `fresh_until` an entry is not fresh any more.
#[inline]
pub(crate) const fn freshness(fresh_until: u64, stale_until: u64, now: u64) -> Freshness {
    if now < fresh_until {
        Freshness::Fresh
    } else if now < stale_until {
        Freshness::Stale
    } else {
        Freshness::Expired
    }
}

/// How long a new entry may live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// A TTL of zero: not stored at all.
    Nothing,
    /// Until this time, or until evicted when it is [`NEVER`].
    Until(u64),
}

/// The life of an entry written at `now`: parts of a millisecond count as a whole one, and a TTL too
/// long for the clock means no deadline.
pub(crate) fn life(ttl: Option<Duration>, now: u64) -> Life {
    let Some(ttl) = ttl else { return Life::Until(NEVER) };
    match u64::try_from(ttl.as_nanos().div_ceil(1_000_000)) {
        Ok(0) => Life::Nothing,
        Ok(ms) => Life::Until(now.saturating_add(ms)),
        Err(_) => Life::Until(NEVER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_02_deadlines_are_inclusive_and_stale_lies_between_fresh_and_expired() {
        assert_eq!(freshness(10, 20, 9), Freshness::Fresh);
        assert_eq!(freshness(10, 20, 10), Freshness::Stale);
        assert_eq!(freshness(10, 20, 19), Freshness::Stale);
        assert_eq!(freshness(10, 20, 20), Freshness::Expired);
        assert_eq!(freshness(10, 10, 10), Freshness::Expired);
    }

    #[test]
    fn s_03_extreme_ttls_neither_overflow_nor_vanish() {
        assert_eq!(life(None, 5), Life::Until(NEVER));
        assert_eq!(life(Some(Duration::ZERO), 5), Life::Nothing);
        assert_eq!(life(Some(Duration::from_nanos(1)), 5), Life::Until(6));
        assert_eq!(life(Some(Duration::from_micros(1001)), 5), Life::Until(7));
        assert_eq!(life(Some(Duration::MAX), 5), Life::Until(NEVER));
        assert_eq!(life(Some(Duration::from_millis(u64::MAX)), 5), Life::Until(NEVER));
    }
}
