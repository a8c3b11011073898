//! Remembers how often evicted keys were used, as fingerprints with a count in a table of their own.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::hint::black_box;

/// The bits of a lane: a 12-bit fingerprint above a 4-bit count. An empty one is 0 and has no lane in
/// use behind it.
const LANE: u32 = 16;
/// How many lanes stand in a bucket.
const LANES: u32 = 7;
/// Where a bucket keeps the epoch of its counts.
const EPOCH: u32 = LANES * LANE;
/// After this many epochs every count is 0.
const OLDEST: u16 = 4;

/// Seven lanes, newest lowest, and an epoch: a word, so that what is done is done to all lanes at once.
type Bucket = u128;

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
        self.buckets.resize(self.size, 0);
        Ok(())
    }

    /// How often the key had been used when it was evicted; it is forgotten by this call.
    pub(crate) fn take(&mut self, hash: u32, epoch: u16) -> u8 {
        let Some(bucket) = self.bucket(hash) else { return 0 };
        let matching = empty((*bucket ^ in_all(fingerprint(hash) << 4)) & in_all(0xFFF0));
        if matching == 0 {
            return 0;
        }
        let word = aged(*bucket, epoch);
        let at = matching.trailing_zeros() / LANE;
        let uses = word >> (at * LANE) & 0xF;
        // The lanes behind it move up by one.
        let newer = lanes(at);
        let older = lanes(LANES) & !newer;
        *bucket = word & newer | (word & older) >> LANE & older | word & !lanes(LANES);
        uses as u8
    }

    /// Remembers an evicted key. A full bucket forgets its least used key, the oldest among equals.
    pub(crate) fn insert(&mut self, hash: u32, uses: u8, epoch: u16) {
        let lane = fingerprint(hash) << 4 | u16::from(uses & 0xF);
        if let Some(bucket) = self.bucket(hash) {
            let word = aged(*bucket, epoch);
            let moving = lanes(least_used(word) + 1);
            *bucket = word << LANE & moving | word & !moving | u128::from(lane);
        }
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>()
    }

    /// Reads the bucket of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        black_box(self.buckets.get(self.place(hash)).map(|bucket| *bucket as u16));
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

/// A bucket with its counts halved for every epoch that has begun since it was written.
#[inline]
fn aged(word: Bucket, epoch: u16) -> Bucket {
    let epochs = epoch.wrapping_sub((word >> EPOCH) as u16).min(OLDEST);
    if epochs == 0 {
        return word;
    }
    let counts = (word & in_all(0xF)) >> epochs & in_all(0xF >> epochs);
    word & in_all(0xFFF0) | counts | u128::from(epoch) << EPOCH
}

/// The lane with the least count, the last among equals. An empty lane counts less than one that is
/// remembered as unused.
#[inline]
fn least_used(word: Bucket) -> u32 {
    let mut lowest = i16::MAX;
    for at in 0..LANES {
        let lane = (word >> (at * LANE)) as i16;
        let uses = (lane & 0xF) + i16::from(lane != 0);
        lowest = lowest.min(uses << 3 | (LANES - at) as i16);
    }
    LANES - lowest as u32 % 8
}

/// The highest bit of every lane that is 0 (Warren, Hacker's Delight, 2012, section 6-1).
#[inline]
fn empty(word: Bucket) -> Bucket {
    let low = in_all(0x7FFF);
    !(((word & low) + low) | word) & in_all(0x8000)
}

/// The bits of so many lanes, from the newest.
#[inline]
fn lanes(count: u32) -> Bucket {
    (1 << (count * LANE)) - 1
}

/// A lane's bits in every lane. A multiplication of a whole word is slow where it has to be pieced together.
#[inline]
fn in_all(lane: u16) -> Bucket {
    let half = u64::from(lane) * 0x0001_0001_0001_0001;
    u128::from(half & 0xFFFF_FFFF_FFFF) << 64 | u128::from(half)
}

/// Twelve bits, never 0, so that an empty lane matches nothing.
#[inline]
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
