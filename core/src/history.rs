//! Remembers how often evicted keys were used, as fingerprints with a count in a table of their own.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::hint::black_box;

const LANES: usize = 7;
/// Where a bucket keeps the epoch of its counts.
const EPOCH: usize = LANES;
/// After this many epochs every count is 0.
const OLDEST: u16 = 4;

/// Seven lanes, newest first, and an epoch. A lane is a 12-bit fingerprint above a 4-bit count; an
/// empty one is 0 and has no lane in use behind it.
type Bucket = [u16; LANES + 1];

/// Half a bucket for each entry of the cache: 8 bytes an entry.
#[derive(Debug)]
pub(crate) struct History {
    buckets: Vec<Bucket>,
    size: usize,
}

impl History {
    pub(crate) fn new(capacity: u32) -> Self {
        History { buckets: Vec::new(), size: (capacity as usize / 2).max(1) }
    }

    /// Allocates the table; called when the cache is about to evict for the first time.
    #[inline]
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        if self.buckets.len() == self.size { Ok(()) } else { self.allocate() }
    }

    #[cold]
    fn allocate(&mut self) -> Result<(), TryReserveError> {
        self.buckets.try_reserve_exact(self.size)?;
        self.buckets.resize(self.size, [0; LANES + 1]);
        Ok(())
    }

    /// How often the key had been used when it was evicted; it is forgotten by this call.
    pub(crate) fn take(&mut self, hash: u32, epoch: u16) -> u8 {
        let wanted = fingerprint(hash);
        let Some(bucket) = self.bucket(hash, epoch) else { return 0 };
        // All lanes without a branch: often none matches.
        let mut matching = 0_u32;
        for (at, lane) in bucket[..LANES].iter().enumerate() {
            matching |= u32::from(*lane >> 4 == wanted) << at;
        }
        if matching == 0 {
            return 0;
        }
        let at = matching.trailing_zeros() as usize;
        let uses = bucket[at] & 0xF;
        bucket.copy_within(at + 1..LANES, at);
        bucket[LANES - 1] = 0;
        uses as u8
    }

    /// Remembers an evicted key. A full bucket forgets its least used key, the oldest among equals.
    pub(crate) fn insert(&mut self, hash: u32, uses: u8, epoch: u16) {
        let lane = fingerprint(hash) << 4 | u16::from(uses & 0xF);
        if let Some(bucket) = self.bucket(hash, epoch) {
            // The least used lane, the last among equals, without a branch: its number stands below its
            // count. An empty lane counts less than one that is remembered as unused.
            let mut least = u16::MAX;
            for (at, lane) in bucket[..LANES].iter().enumerate() {
                let uses = (*lane & 0xF) + u16::from(*lane != 0);
                least = least.min(uses << 3 | (LANES - at) as u16);
            }
            let leaves = LANES - usize::from(least & 7);
            bucket.copy_within(..leaves, 1);
            bucket[0] = lane;
        }
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

    /// The bucket of a hash, its counts halved for every epoch that has begun since it was used.
    fn bucket(&mut self, hash: u32, epoch: u16) -> Option<&mut Bucket> {
        let place = self.place(hash);
        let bucket = self.buckets.get_mut(place)?;
        let epochs = epoch.wrapping_sub(bucket[EPOCH]).min(OLDEST);
        if epochs > 0 {
            for lane in &mut bucket[..LANES] {
                *lane = *lane & !0xF | (*lane & 0xF) >> epochs;
            }
            bucket[EPOCH] = epoch;
        }
        Some(bucket)
    }

    #[inline]
    fn place(&self, hash: u32) -> usize {
        let spread = u64::from(hash.wrapping_mul(0x9E37_79B1));
        ((spread * self.buckets.len() as u64) >> 32) as usize
    }
}

/// Twelve bits, never 0, so that an empty lane matches nothing.
fn fingerprint(hash: u32) -> u16 {
    ((u64::from(hash) * 4095) >> 32) as u16 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        let mut history = History::new(2); // one bucket
        history.reserve().unwrap();
        history
    }

    fn hash(key: u32) -> u32 {
        key << 24
    }

    #[test]
    fn remembers_each_key_once_with_its_count() {
        let mut history = history();
        history.insert(hash(1), 3, 0);
        history.insert(hash(2), 9, 0);
        assert_eq!([1, 2, 1, 3].map(|key| history.take(hash(key), 0)), [3, 9, 0, 0]);
    }

    #[test]
    fn a_full_bucket_forgets_the_least_used_and_of_equals_the_oldest() {
        let mut history = history();
        for (key, uses) in [(1, 5), (2, 1), (3, 7), (4, 1), (5, 2), (6, 6), (7, 4)] {
            history.insert(hash(key), uses, 0);
        }
        history.insert(hash(8), 3, 0); // instead of 2
        history.insert(hash(9), 3, 0); // instead of 4
        let remembered = (1..=9).map(|key| history.take(hash(key), 0));
        assert_eq!(remembered.collect::<Vec<_>>(), [5, 0, 7, 0, 2, 6, 4, 3, 3]);
    }

    #[test]
    fn counts_halve_with_every_epoch_and_end_at_nothing() {
        let mut history = history();
        for key in 1..=4 {
            history.insert(hash(key), 15, 0);
        }
        assert_eq!(history.take(hash(1), 1), 7);
        assert_eq!(history.take(hash(2), 3), 1);
        assert_eq!(history.take(hash(3), 9), 0);
    }
}
