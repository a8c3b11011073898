//! The settings of a cache as its operations use them; checked once when it was built.

use core::time::Duration;

use super::changeable::Changeable;
use crate::entry::{Life, Lifetime, NEVER, Times};
use crate::options::EntryOptions;

/// A face that a [`Builder`](super::Builder) can build. Implemented by the caches of this crate.
pub trait Face {
    /// What the cache holds.
    #[doc(hidden)]
    type Value;
    /// The clock as this face keeps it.
    #[doc(hidden)]
    type Clock;
    /// What weighs entries.
    #[doc(hidden)]
    type Weigher;
    /// What makes the value of a key.
    #[doc(hidden)]
    type Fetcher;
    /// Settings that only this face has.
    #[doc(hidden)]
    type Own: Default;
}

pub(super) struct Settings<C: Face> {
    pub(super) max_entries: usize,
    pub(super) max_weight: u64,
    pub(super) weigher: Option<C::Weigher>,
    pub(super) ttl: Changeable,
    /// How long an entry is at most in this memory, however long it lives elsewhere.
    #[cfg(feature = "std")]
    pub(super) memory_ttl: Changeable,
    pub(super) tti: Option<Duration>,
    /// By what part of itself a TTL may be shortened, of 65,536.
    pub(super) jitter: u32,
    pub(super) stale_while_revalidate: Option<Duration>,
    pub(super) stale_if_error: Option<Duration>,
    /// The TTL of values that stand for nothing, and which these are.
    pub(super) negative: Option<Negative<C::Value>>,
    #[cfg(feature = "std")]
    pub(super) load_timeout: Option<Duration>,
    pub(super) fetcher: Option<C::Fetcher>,
    /// Entries without options of their own live until they are evicted.
    pub(super) everlasting: bool,
    /// They also have no weight: each is a key and a value and no more.
    pub(super) plain: bool,
}

/// A TTL, and whether it is meant for a value.
pub(super) type Negative<V> = (Duration, fn(&V) -> bool);

impl<C: Face> Settings<C> {
    /// How long a value may live by its own options and those of the cache.
    #[inline]
    pub(super) fn lifetime(&self, value: &C::Value, options: &EntryOptions) -> Lifetime {
        if self.everlasting && !options.limits_life() {
            return Lifetime::default();
        }
        self.limited_lifetime(value, options)
    }

    #[inline(never)]
    fn limited_lifetime(&self, value: &C::Value, options: &EntryOptions) -> Lifetime {
        let negative = self.negative.filter(|(_, is_negative)| is_negative(value));
        let ttl = options.ttl.or(negative.map(|(ttl, _)| ttl)).or(self.ttl.get());
        let tti = options.tti.or(self.tti);
        let revalidates = options.stale_while_revalidate.or(self.stale_while_revalidate);
        let bridges = options.stale_if_error.or(self.stale_if_error);
        Lifetime { ttl, tti, revalidates, bridges }
    }

    /// The life of a value written at `now`. The hash of its key makes the jitter: random to the
    /// user, and the same in every run with the same seed.
    #[inline]
    pub(super) fn life(&self, lifetime: Lifetime, now: u64, hash: u32) -> Life {
        if !lifetime.is_limited() && !lifetime.is_stale_for_a_while() {
            return Life::Times(Times::until(NEVER));
        }
        self.limited_life(lifetime, now, hash)
    }

    /// [`life`](Self::life) in this memory: what would live longer than it may be here is gone by then, and not stale,
    /// so that the storage is asked.
    #[cfg(feature = "std")]
    #[inline]
    pub(super) fn life_here(&self, lifetime: Lifetime, now: u64, hash: u32) -> Life {
        let life = self.life(lifetime, now, hash);
        if self.everlasting { life } else { self.shorter_life(life, now) }
    }

    #[cfg(feature = "std")]
    fn shorter_life(&self, life: Life, now: u64) -> Life {
        match (life, self.memory_ttl.get()) {
            (Life::Times(_), Some(Duration::ZERO)) => Life::Nothing,
            (Life::Times(times), Some(longest)) => {
                let until = now.saturating_add(crate::entry::milliseconds(Some(longest)));
                Life::Times(if until < times.fresh_until {
                    times.until_sooner(until)
                } else {
                    times
                })
            }
            (life, _) => life,
        }
    }

    #[inline(never)]
    fn limited_life(&self, lifetime: Lifetime, now: u64, hash: u32) -> Life {
        let jitter = match self.jitter {
            0 => 0,
            jitter => ((u64::from(mix(hash, now)) * u64::from(jitter)) >> 32) as u32,
        };
        lifetime.begin(now, jitter)
    }
}

/// The finaliser of MurmurHash3 (Appleby, 2011) over both.
fn mix(hash: u32, now: u64) -> u32 {
    let mut h = hash ^ now as u32;
    h = (h ^ (h >> 16)).wrapping_mul(0x85EB_CA6B);
    h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}
