//! Estimates how often keys were asked for lately: a count-min sketch of four-bit counters.
//!
//! Cormode, Muthukrishnan: "An improved data stream summary: the count-min sketch and its
//! applications", Journal of Algorithms 2005; with the ageing of Einziger, Friedman, Manes: "TinyLFU:
//! a highly efficient cache admission policy", ACM TOS 2017.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::hint::black_box;

/// Counters end at this.
pub(crate) const MOST: u8 = 15;
/// A counter's bits.
const MASK: u64 = MOST as u64;
const DEPTH: usize = 4;
/// Counters in a row of a block; the last four bits of its two words count no key.
const ROW: u32 = 31;
/// The counters of [`ROW`] keys take four blocks, 16 counters a key as nearly as they fit.
const BLOCKS: u64 = 4;
/// Increments until everything is halved, times the capacity.
const PERIOD: u32 = 10;

/// One cache line holds all that is counted of a key: four rows of two words. The spare bits of the
/// last row tell at which epoch the block was halved last, so that halving visits no table.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Block([u64; 2 * DEPTH]);

#[derive(Debug)]
pub(crate) struct Sketch {
    blocks: Vec<Block>,
    capacity: u32,
    /// Since the last halving.
    increments: u32,
    /// How often everything was halved; blocks know it modulo 16.
    halvings: u64,
}

impl Sketch {
    /// Knows nothing until [`reserve`](Sketch::reserve) has made the table.
    pub(crate) const fn new(capacity: u32) -> Self {
        Sketch { blocks: Vec::new(), capacity, increments: 0, halvings: 0 }
    }

    /// Allocates the table; called when the cache is about to evict for the first time.
    pub(crate) fn reserve(&mut self) -> Result<(), TryReserveError> {
        if self.blocks.is_empty() {
            let blocks = (u64::from(self.capacity) * BLOCKS).div_ceil(u64::from(ROW)) as usize;
            let blocks = blocks.max(1);
            self.blocks.try_reserve_exact(blocks)?;
            self.blocks.resize(blocks, Block([0; 2 * DEPTH]));
        }
        Ok(())
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.blocks.capacity() * size_of::<Block>()
    }

    /// Whether the table exists.
    pub(crate) fn is_there(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// Counts a request.
    pub(crate) fn increment(&mut self, hash: u32) {
        self.add(hash, 1);
    }

    /// Adds requests that were counted elsewhere, before there was a table.
    pub(crate) fn add_old(&mut self, hash: u32, count: u8) {
        self.add(hash, count >> self.halvings.min(7));
    }

    /// How often the key was asked for, at most [`MOST`] and rarely too high.
    pub(crate) fn frequency(&self, hash: u32) -> u8 {
        let Some(block) = self.blocks.get(self.place(hash)) else { return 0 };
        let counts = counters(hash).map(|(word, shift)| block.0[word] >> shift & MASK);
        let least = counts.into_iter().fold(MASK, u64::min);
        (least >> block.halvings_missed(self.halvings)) as u8
    }

    fn add(&mut self, hash: u32, count: u8) {
        let (place, halvings) = (self.place(hash), self.halvings);
        let Some(block) = self.blocks.get_mut(place) else { return };
        block.age(halvings);
        let mut most_added = 0;
        for (word, shift) in counters(hash) {
            let room = MASK - (block.0[word] >> shift & MASK);
            let added = room.min(u64::from(count));
            block.0[word] += added << shift;
            most_added = most_added.max(added as u32);
        }
        self.increments += most_added;
        if self.increments >= self.capacity.saturating_mul(PERIOD) {
            self.increments /= 2;
            self.halvings += 1;
        }
    }

    /// Reads the block of a hash, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, hash: u32) {
        black_box(self.blocks.get(self.place(hash)).map(|block| block.0[0]));
    }

    fn place(&self, hash: u32) -> usize {
        let spread = u64::from(hash.wrapping_mul(0x9E37_79B1));
        ((spread * self.blocks.len() as u64) >> 32) as usize
    }
}

impl Block {
    fn halvings_missed(&self, halvings: u64) -> u32 {
        let seen = self.0[2 * DEPTH - 1] >> 60;
        (halvings.wrapping_sub(seen) & 15).min(4) as u32
    }

    fn age(&mut self, halvings: u64) {
        let missed = self.halvings_missed(halvings);
        if missed > 0 {
            let kept = 0x1111_1111_1111_1111 * (MASK >> missed);
            self.0.iter_mut().for_each(|word| *word = *word >> missed & kept);
            let last = &mut self.0[2 * DEPTH - 1];
            *last = *last & (u64::MAX >> 4) | halvings << 60;
        }
    }
}

/// The counter of a hash in each row, as the word and the shift within it.
fn counters(hash: u32) -> [(usize, u32); DEPTH] {
    let mixed = (hash ^ hash >> 16).wrapping_mul(0x85EB_CA6B);
    let mixed = mixed ^ mixed >> 15;
    core::array::from_fn(|row| {
        let column = ((mixed >> (8 * row) & 0xFF) * ROW) >> 8;
        (2 * row + (column / 16) as usize, 4 * (column % 16))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The finaliser of MurmurHash3 (Appleby, 2011).
    fn hash(key: u32) -> u32 {
        let h = (key ^ (key >> 16)).wrapping_mul(0x85EB_CA6B);
        let h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
        h ^ (h >> 16)
    }

    fn counting(capacity: u32) -> Sketch {
        let mut sketch = Sketch::new(capacity);
        sketch.reserve().unwrap();
        sketch
    }

    #[test]
    fn counts_nothing_before_there_is_a_table() {
        let mut sketch = Sketch::new(100);
        sketch.increment(7);
        assert_eq!((sketch.is_there(), sketch.frequency(7)), (false, 0));
        sketch.reserve().unwrap();
        assert_eq!((sketch.is_there(), sketch.frequency(7)), (true, 0));
    }

    #[test]
    fn takes_eight_bytes_an_entry_and_never_more() {
        let mut sketch = counting(100_000);
        (0..1_000_000).for_each(|key| sketch.increment(hash(key)));
        sketch.reserve().unwrap();
        let bytes = sketch.blocks.capacity() * size_of::<Block>();
        assert!((800_000..860_000).contains(&bytes), "{bytes} bytes");
    }

    #[test]
    fn never_underestimates_and_rarely_overestimates() {
        let mut sketch = counting(10_000);
        for key in 0..20_000 {
            (0..key % 5).for_each(|_| sketch.increment(hash(key)));
        }
        let counts = (0..20_000).map(|key| (u32::from(sketch.frequency(hash(key))), key % 5));
        let over = counts.inspect(|(told, true_count)| assert!(told >= true_count));
        let over = over.filter(|(told, true_count)| told > true_count).count();
        assert!(over < 1_000, "{over} of 20,000 overestimated");
    }

    #[test]
    fn counts_end_at_fifteen() {
        let mut sketch = counting(1_000);
        (0..40).for_each(|_| sketch.increment(hash(1)));
        sketch.add_old(hash(2), 9);
        sketch.add_old(hash(2), 9);
        assert_eq!([1, 2, 3].map(|key| sketch.frequency(hash(key))), [15, 15, 0]);
    }

    #[test]
    fn everything_is_halved_after_ten_increments_an_entry_and_then_after_five() {
        let mut sketch = counting(100);
        sketch.add_old(hash(1), 13);
        let mut others = (2..).map(hash);
        others.by_ref().take(1_000 - 14).for_each(|other| sketch.increment(other));
        let before = sketch.frequency(hash(1));
        assert!(before >= 13);
        sketch.increment(others.next().unwrap());
        assert_eq!(sketch.frequency(hash(1)), before / 2);
        others.by_ref().take(499).for_each(|other| sketch.increment(other));
        assert_eq!(sketch.halvings, 1);
        sketch.increment(others.next().unwrap());
        assert_eq!(sketch.halvings, 2);
    }

    #[test]
    fn a_key_not_seen_for_several_halvings_has_lost_as_many_halves() {
        let mut sketch = counting(1_000);
        sketch.add_old(hash(1), 13);
        for (halvings, left) in [(1, 6), (2, 3), (3, 1), (4, 0), (15, 0)] {
            sketch.halvings = halvings;
            assert_eq!(sketch.frequency(hash(1)), left, "{halvings} halvings");
        }
        sketch.halvings = 2;
        sketch.increment(hash(1));
        assert_eq!(sketch.frequency(hash(1)), 4);
        // What was counted before the halvings has missed them.
        sketch.add_old(hash(2), 13);
        assert_eq!(sketch.frequency(hash(2)), 3);
    }
}
