//! Remembers which keys were evicted lately, as fingerprints in a table of their own.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::hint::black_box;

const LANES: usize = 8;
/// Newest first; an empty lane is 0.
type Bucket = [u32; LANES];
/// Ages are compared modulo 2^16, so a window spans a quarter of that at most.
const LARGEST_WINDOW: u32 = 1 << 14;

/// The last `window` evicted keys. A lane holds a 16-bit fingerprint and the 16-bit time of its
/// eviction (counted in evictions); a full bucket forgets its oldest lane early.
#[derive(Debug)]
pub(crate) struct Ghost {
    buckets: Vec<Bucket>,
    window: u32,
    evictions: u32,
    /// Evictions per tick of the 16-bit time, as a shift.
    tick: u32,
}

impl Ghost {
    pub(crate) fn new(window: u32) -> Self {
        let tick = (window / LARGEST_WINDOW).checked_ilog2().map_or(0, |bits| bits + 1);
        Ghost { buckets: Vec::new(), window, evictions: 0, tick }
    }

    /// Allocates the table; called when the cache is about to evict for the first time.
    #[inline]
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        if self.buckets.is_empty() && self.window > 0 { self.allocate() } else { Ok(()) }
    }

    #[cold]
    fn allocate(&mut self) -> Result<(), TryReserveError> {
        // Five of eight lanes used on average: a bucket overflows rarely. Never fewer than 8 buckets,
        // so that small caches forget by age alone.
        let buckets = (self.window as usize).div_ceil(5).max(8);
        self.buckets.try_reserve_exact(buckets)?;
        self.buckets.resize(buckets, [0; LANES]);
        Ok(())
    }

    #[inline]
    pub(crate) fn insert(&mut self, hash: u32) {
        let lane = fingerprint(hash) << 16 | self.now();
        if let Some(bucket) = self.bucket(hash) {
            bucket.copy_within(..LANES - 1, 1);
            bucket[0] = lane;
            self.evictions = self.evictions.wrapping_add(1);
        }
    }

    /// Whether the key was evicted within the window; it is forgotten by this call.
    #[inline]
    pub(crate) fn take(&mut self, hash: u32) -> bool {
        let (now, limit) = (self.now(), self.limit());
        let wanted = fingerprint(hash);
        let Some(bucket) = self.bucket(hash) else { return false };
        // All lanes without a branch: nearly always none matches.
        let mut matching = 0_u32;
        for (at, lane) in bucket.iter().enumerate() {
            matching |= u32::from(*lane >> 16 == wanted) << at;
        }
        if matching == 0 {
            return false;
        }
        Self::take_found(bucket, matching, now, limit)
    }

    #[cold]
    fn take_found(bucket: &mut Bucket, matching: u32, now: u32, limit: u32) -> bool {
        let at = matching.trailing_zeros() as usize;
        if age(bucket[at], now) > limit {
            return false;
        }
        bucket.copy_within(at + 1.., at);
        bucket[LANES - 1] = 0;
        true
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>()
    }

    /// Reads the bucket of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        black_box(self.buckets.get(self.place(hash)).map(|bucket| bucket[0]));
    }

    fn now(&self) -> u32 {
        self.evictions >> self.tick & 0xFFFF
    }

    fn limit(&self) -> u32 {
        self.window >> self.tick
    }

    #[inline]
    fn bucket(&mut self, hash: u32) -> Option<&mut Bucket> {
        let place = self.place(hash);
        self.buckets.get_mut(place)
    }

    #[inline]
    fn place(&self, hash: u32) -> usize {
        let spread = u64::from(hash.wrapping_mul(0x9E37_79B1));
        ((spread * self.buckets.len() as u64) >> 32) as usize
    }
}

fn age(lane: u32, now: u32) -> u32 {
    now.wrapping_sub(lane) & 0xFFFF
}

/// Never 0, so that an empty lane matches nothing.
fn fingerprint(hash: u32) -> u32 {
    ((u64::from(hash) * 0xFFFF) >> 32) as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The finaliser of MurmurHash3 (Appleby, 2011).
    fn hash(key: u32) -> u32 {
        let mut h = key.wrapping_add(0x9E37_79B9);
        h = (h ^ (h >> 16)).wrapping_mul(0x85EB_CA6B);
        h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
        h ^ (h >> 16)
    }

    #[test]
    fn remembers_the_window_once_and_forgets_what_is_older() {
        for window in [1, 9, 90, 1_000, 40_000].into_iter().take(if cfg!(miri) { 3 } else { 5 }) {
            let mut ghost = Ghost::new(window);
            ghost.reserve().unwrap();
            for key in 0..3 * window {
                ghost.insert(hash(key));
            }
            let old = (0..window).filter(|key| ghost.take(hash(*key))).count();
            assert!(old as u32 <= window / 500, "window {window}: {old} of the oldest remembered");
            let young = (2 * window..3 * window).filter(|key| ghost.take(hash(*key))).count();
            assert!(young as u32 >= window - window / 20, "window {window}: only {young}");
            assert!(!ghost.take(hash(3 * window - 1)), "taken twice");
        }
    }
}
