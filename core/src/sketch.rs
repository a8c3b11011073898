//! Estimates how often keys were asked for lately: a count-min sketch of four-bit counters.
//!
//! Cormode, Muthukrishnan: "An improved data stream summary: the count-min sketch and its
//! applications", Journal of Algorithms 2005; with the ageing of Einziger, Friedman, Manes: "TinyLFU:
//! a highly efficient cache admission policy", ACM TOS 2017.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::hint::black_box;

/// Counters end at this.
const MOST: u64 = 15;
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
    /// How often everything was halved, modulo 16.
    epoch: u64,
}

impl Sketch {
    /// Knows nothing until [`reserve`](Sketch::reserve) has made the table.
    pub(crate) const fn new(capacity: u32) -> Self {
        Sketch { blocks: Vec::new(), capacity, increments: 0, epoch: 0 }
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
    pub(crate) fn is_counting(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// Counts a request.
    pub(crate) fn increment(&mut self, hash: u32) {
        let (place, epoch) = (self.place(hash), self.epoch);
        let Some(block) = self.blocks.get_mut(place) else { return };
        block.age(epoch);
        let mut added = false;
        for (word, shift) in counters(hash) {
            if block.0[word] >> shift & MOST < MOST {
                block.0[word] += 1 << shift;
                added = true;
            }
        }
        self.increments += u32::from(added);
        if self.increments >= self.capacity.saturating_mul(PERIOD) {
            self.increments /= 2;
            self.epoch = (epoch + 1) & MOST;
        }
    }

    /// How often the key was asked for, at most 15 and rarely too high.
    pub(crate) fn frequency(&self, hash: u32) -> u64 {
        let Some(block) = self.blocks.get(self.place(hash)) else { return 0 };
        let counts = counters(hash).map(|(word, shift)| block.0[word] >> shift & MOST);
        counts.into_iter().fold(MOST, u64::min) >> block.halvings_missed(self.epoch)
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
    fn halvings_missed(&self, epoch: u64) -> u32 {
        let halved_at = self.0[2 * DEPTH - 1] >> 60;
        (epoch.wrapping_sub(halved_at) & MOST).min(4) as u32
    }

    fn age(&mut self, epoch: u64) {
        let missed = self.halvings_missed(epoch);
        if missed > 0 {
            for word in &mut self.0 {
                *word = *word >> missed & (0x1111_1111_1111_1111 * (MOST >> missed));
            }
        }
        let last = &mut self.0[2 * DEPTH - 1];
        *last = *last & (u64::MAX >> 4) | epoch << 60;
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
