//! Remembers how often evicted keys were used, as fingerprints with a count in a table of their own.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::hint::black_box;

/// The bits of a lane: a 12-bit fingerprint above a 4-bit count. An empty one is 0 and has no lane in
/// use behind it.
const LANE: u32 = 16;
/// How many lanes stand in a bucket.
const LANES: u32 = 7;
/// How many of them stand in its first word.
const FIRST: u32 = 4;
/// The lanes of its second word, below the epoch of all counts.
const SECOND: u64 = 0xFFFF_FFFF_FFFF;
/// After this many epochs every count is 0.
const OLDEST: u16 = 4;

/// Seven lanes, newest lowest, and an epoch: two words, so that what is done is done to several lanes
/// at once. One word of 128 bits would have to be pieced together in WebAssembly.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    first: u64,
    second: u64,
}

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
        self.buckets.resize(self.size, Bucket { first: 0, second: 0 });
        Ok(())
    }

    /// How often the key had been used when it was evicted; it is forgotten by this call.
    pub(crate) fn take(&mut self, hash: u32, epoch: u16) -> u8 {
        let Some(bucket) = self.bucket(hash) else { return 0 };
        let wanted = in_all(fingerprint(hash) << 4);
        let matching = |word: u64| empty((word ^ wanted) & in_all(0xFFF0));
        let (in_first, in_second) = (matching(bucket.first), matching(bucket.second) & SECOND);
        if in_first | in_second == 0 {
            return 0;
        }
        bucket.age(epoch);
        let Bucket { first, second } = *bucket;
        let (later, own_epoch) = (second & SECOND, second & !SECOND);
        // The lanes behind it move up by one.
        if in_first != 0 {
            let at = in_first.trailing_zeros() / LANE;
            let newer = lanes(at);
            bucket.first = first & newer | (first >> LANE) & !newer & SECOND | second << (3 * LANE);
            bucket.second = later >> LANE | own_epoch;
            (first >> (at * LANE) & 0xF) as u8
        } else {
            let at = in_second.trailing_zeros() / LANE;
            let newer = lanes(at);
            bucket.second = second & newer | (later >> LANE) & !newer | own_epoch;
            (second >> (at * LANE) & 0xF) as u8
        }
    }

    /// Remembers an evicted key. A full bucket forgets its least used key, the oldest among equals.
    pub(crate) fn insert(&mut self, hash: u32, uses: u8, epoch: u16) {
        let lane = u64::from(fingerprint(hash) << 4 | u16::from(uses & 0xF));
        let Some(bucket) = self.bucket(hash) else { return };
        bucket.age(epoch);
        let Bucket { first, second } = *bucket;
        let leaves = bucket.least_used();
        if leaves < FIRST {
            let moving = lanes(leaves + 1);
            bucket.first = first << LANE & moving | first & !moving | lane;
        } else {
            let moving = lanes(leaves + 1 - FIRST);
            bucket.first = first << LANE | lane;
            bucket.second = (second << LANE | first >> (3 * LANE)) & moving | second & !moving;
        }
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>()
    }

    /// Reads the bucket of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        black_box(self.buckets.get(self.place(hash)).map(|bucket| bucket.first));
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

impl Bucket {
    /// Halves the counts for every epoch that has begun since it was written.
    #[inline]
    fn age(&mut self, epoch: u16) {
        let epochs = epoch.wrapping_sub((self.second >> (3 * LANE)) as u16).min(OLDEST);
        if epochs == 0 {
            return;
        }
        let aged = |word: u64| {
            word & in_all(0xFFF0) | (word & in_all(0xF)) >> epochs & in_all(0xF >> epochs)
        };
        self.first = aged(self.first);
        self.second = aged(self.second) & SECOND | u64::from(epoch) << (3 * LANE);
    }

    /// The lane with the least count, the last among equals. An empty lane counts less than one that is
    /// remembered as unused.
    #[inline]
    fn least_used(&self) -> u32 {
        let mut lowest = u32::MAX;
        for at in 0..LANES {
            let word = if at < FIRST { self.first } else { self.second };
            let lane = (word >> (at % FIRST * LANE)) as u32 & 0xFFFF;
            let uses = (lane & 0xF) + u32::from(lane != 0);
            lowest = lowest.min(uses << 3 | (LANES - at));
        }
        LANES - lowest % 8
    }
}

/// The highest bit of every lane that is 0 (Warren, Hacker's Delight, 2012, section 6-1).
#[inline]
fn empty(word: u64) -> u64 {
    let low = in_all(0x7FFF);
    !(((word & low) + low) | word) & in_all(0x8000)
}

/// The bits of so many lanes, fewer than a word has or all.
#[inline]
fn lanes(count: u32) -> u64 {
    1_u64.checked_shl(count * LANE).map_or(u64::MAX, |end| end - 1)
}

/// A lane's bits in every lane.
#[inline]
fn in_all(lane: u16) -> u64 {
    u64::from(lane) * 0x0001_0001_0001_0001
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
