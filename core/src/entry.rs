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

/// The times of a new entry, in milliseconds of the cache's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// Until then it is fresh; `u64::MAX` for always.
    pub fresh_until: u64,
    /// For so long after that it may be returned while another is fetched.
    pub revalidates_for: u64,
    /// For so long after that it may be returned when its fetcher fails.
    pub bridges_for: u64,
    /// It dies when it was not used for so long; `u64::MAX` for never.
    pub idle_for: u64,
}

impl Times {
    /// Fresh until `deadline`, then dead; `u64::MAX` for no deadline.
    pub const fn until(deadline: u64) -> Self {
        Times { fresh_until: deadline, revalidates_for: 0, bridges_for: 0, idle_for: NEVER }
    }

    /// The same, but gone at `deadline`.
    #[cfg(feature = "std")]
    pub(crate) const fn until_sooner(self, deadline: u64) -> Self {
        Times { fresh_until: deadline, revalidates_for: 0, bridges_for: 0, ..self }
    }

    /// For how long it is stale.
    pub(crate) fn stale_for(self) -> u64 {
        self.revalidates_for.max(self.bridges_for)
    }

    /// When it dies at the latest.
    pub(crate) fn stale_until(self) -> u64 {
        self.fresh_until.saturating_add(self.stale_for())
    }
}

/// How long a new entry may live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// A lifetime of zero: not stored at all.
    Nothing,
    Times(Times),
}

/// What was asked for: durations, each perhaps not given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lifetime {
    pub(crate) ttl: Option<Duration>,
    pub(crate) tti: Option<Duration>,
    pub(crate) revalidates: Option<Duration>,
    pub(crate) bridges: Option<Duration>,
}

impl Lifetime {
    /// Whether the time matters to an entry with this lifetime.
    pub(crate) fn is_limited(self) -> bool {
        self.ttl.is_some() || self.tti.is_some()
    }

    /// Whether the entry may be returned after its time.
    pub(crate) fn is_stale_for_a_while(self) -> bool {
        self.revalidates.is_some() || self.bridges.is_some()
    }

    /// The life of an entry written at `now`, its TTL shortened by `jitter` of 65,536 parts. Parts of
    /// a millisecond count as a whole one, and what is too long for the clock means no deadline.
    #[inline]
    pub(crate) fn begin(self, now: u64, jitter: u32) -> Life {
        let (ttl, idle_for) = (milliseconds(self.ttl), milliseconds(self.tti));
        if ttl == 0 || idle_for == 0 {
            return Life::Nothing;
        }
        let ttl = if jitter == 0 || ttl == NEVER { ttl } else { shortened(ttl, jitter) };
        let window =
            |length: Option<Duration>| length.map_or(0, |length| milliseconds(Some(length)));
        let (revalidates_for, bridges_for) = (window(self.revalidates), window(self.bridges));
        let fresh_until = now.saturating_add(ttl);
        Life::Times(Times { fresh_until, revalidates_for, bridges_for, idle_for })
    }
}

/// What is shortened to nothing lives for a millisecond all the same.
fn shortened(ttl: u64, jitter: u32) -> u64 {
    let less = ((u128::from(ttl) * u128::from(jitter)) >> 16) as u64;
    (ttl - less).max(1)
}

/// A duration rounded up; [`NEVER`] for none, and for one that no clock can count.
pub(crate) fn milliseconds(duration: Option<Duration>) -> u64 {
    duration.map_or(NEVER, |duration| {
        u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(NEVER)
    })
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
        let life = |ttl| Lifetime { ttl, ..Lifetime::default() }.begin(5, 0);
        let until = |deadline| Life::Times(Times::until(deadline));
        assert_eq!(life(None), until(NEVER));
        assert_eq!(life(Some(Duration::ZERO)), Life::Nothing);
        assert_eq!(life(Some(Duration::from_nanos(1))), until(6));
        assert_eq!(life(Some(Duration::from_micros(1001))), until(7));
        assert_eq!(life(Some(Duration::MAX)), until(NEVER));
        assert_eq!(life(Some(Duration::from_millis(u64::MAX))), until(NEVER));
        let forever = Lifetime { bridges: Some(Duration::MAX), ..Lifetime::default() };
        assert_eq!(
            forever.begin(5, 0),
            Life::Times(Times { bridges_for: NEVER, ..Times::until(NEVER) })
        );
    }

    #[test]
    fn s_06_jitter_only_shortens_and_leaves_a_millisecond_at_least() {
        let ends = |ms, jitter| {
            let ttl = Some(Duration::from_millis(ms));
            match (Lifetime { ttl, ..Lifetime::default() }).begin(100, jitter) {
                Life::Times(times) => times.fresh_until - 100,
                Life::Nothing => 0,
            }
        };
        assert_eq!([ends(1000, 0), ends(1000, 1 << 15), ends(1000, 1 << 16)], [1000, 500, 1]);
        assert_eq!(ends(1, 1 << 16), 1);
    }
}
