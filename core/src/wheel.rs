//! Reclaims entries whose deadline has passed, in a bounded number of steps per call.
//!
//! A hierarchical timing wheel (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987):
//! five levels of 64 buckets, 1 ms to 12 days; later deadlines wait in the outermost bucket. It only
//! reclaims: whether an entry is alive is always decided by comparing its deadline.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use crate::entry::NEVER;
use crate::nodes::NIL;

const LEVELS: usize = 5;
const BITS: u32 = 6;
const BUCKETS: usize = 1 << BITS;
/// Marks a `prev` that names a bucket instead of a slot.
const BUCKET: u32 = 1 << 31;

/// Deadline and list links of one slot. The layout is read by JavaScript.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timer {
    pub(crate) deadline: u64,
    next: u32,
    prev: u32,
}

const IDLE: Timer = Timer { deadline: NEVER, next: NIL, prev: NIL };

#[derive(Debug)]
pub(crate) struct Wheel {
    timers: Vec<Timer>,
    now: u64,
    /// No bucket wants attention before this time; may be too early, never too late.
    due: u64,
    occupied: [u64; LEVELS],
    heads: [[u32; BUCKETS]; LEVELS],
}

impl Wheel {
    pub(crate) const fn new() -> Self {
        Wheel {
            timers: Vec::new(),
            now: 0,
            due: NEVER,
            occupied: [0; LEVELS],
            heads: [[NIL; BUCKETS]; LEVELS],
        }
    }

    /// Makes sure that the slots below `slots` have a timer.
    pub(crate) fn reserve(&mut self, slots: u32) -> Result<(), TryReserveError> {
        let more = (slots as usize).saturating_sub(self.timers.len());
        if more > 0 {
            self.timers.try_reserve(more)?;
            self.timers.resize(slots as usize, IDLE);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn deadline(&self, slot: u32) -> u64 {
        self.timers[slot as usize].deadline
    }

    /// When [`advance`](Wheel::advance) next has something to do; [`NEVER`] when no timer runs.
    pub(crate) fn due(&self) -> u64 {
        self.due
    }

    pub(crate) fn insert(&mut self, slot: u32, deadline: u64) {
        self.timers[slot as usize].deadline = deadline;
        self.link(slot, deadline);
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        let Timer { next, prev, .. } = self.timers[slot as usize];
        if prev & BUCKET == 0 {
            self.timers[prev as usize].next = next;
        } else {
            let (level, bucket) = ((prev & !BUCKET) as usize / BUCKETS, prev as usize % BUCKETS);
            self.heads[level][bucket] = next;
            if next == NIL {
                self.occupied[level] &= !(1 << bucket);
            }
        }
        if next != NIL {
            self.timers[next as usize].prev = prev;
        }
        self.timers[slot as usize] = IDLE;
    }

    /// The next slot whose deadline has passed, at most `budget` steps away; the caller removes it
    /// and asks again. Every step, moving a timer inwards too, takes one from the budget.
    pub(crate) fn advance(&mut self, now: u64, budget: &mut u32) -> Option<u32> {
        while *budget > 0 {
            let Some((level, bucket, start)) = self.first_bucket() else {
                (self.now, self.due) = (self.now.max(now), NEVER);
                return None;
            };
            if start > now {
                (self.now, self.due) = (self.now.max(now), start);
                return None;
            }
            *budget -= 1;
            self.now = self.now.max(start);
            let slot = self.heads[level][bucket];
            let deadline = self.deadline(slot);
            if deadline <= now {
                return Some(slot);
            }
            self.remove(slot);
            self.insert(slot, deadline);
        }
        None
    }

    pub(crate) fn clear(&mut self) {
        self.timers.clear();
        self.occupied = [0; LEVELS];
        self.heads = [[NIL; BUCKETS]; LEVELS];
        self.due = NEVER;
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + self.timers.capacity() * size_of::<Timer>()
    }

    pub(crate) fn as_ptr(&self) -> *const Timer {
        self.timers.as_ptr()
    }

    fn link(&mut self, slot: u32, deadline: u64) {
        // A thread with an older clock reading may bring a deadline that has passed already.
        let when = deadline.max(self.now.saturating_add(1));
        let (level, bucket, start) = self.place(when);
        self.due = self.due.min(start);
        let head = core::mem::replace(&mut self.heads[level][bucket], slot);
        self.occupied[level] |= 1 << bucket;
        if head != NIL {
            self.timers[head as usize].prev = slot;
        }
        let timer = &mut self.timers[slot as usize];
        timer.next = head;
        timer.prev = BUCKET | (level * BUCKETS + bucket) as u32;
    }

    /// Level, bucket and beginning of that bucket: the level is the highest digit (base 64) in which
    /// `when` differs from now. The outermost level is a circle, and the far future its last bucket.
    fn place(&self, when: u64) -> (usize, usize, u64) {
        let level = (((when ^ self.now).max(1).ilog2() / BITS) as usize).min(LEVELS - 1);
        let width = BITS * level as u32;
        let ahead = ((when >> width) - (self.now >> width)).min(BUCKETS as u64 - 1);
        let start = ((self.now >> width) + ahead) << width;
        (level, (start >> width) as usize % BUCKETS, start)
    }

    /// The occupied bucket that begins first, with its beginning.
    fn first_bucket(&self) -> Option<(usize, usize, u64)> {
        // A bucket the time has reached but that was not emptied yet comes before all others.
        for level in (1..LEVELS).rev() {
            let bucket = digit(self.now, level);
            if self.occupied[level] >> bucket & 1 == 1 {
                return Some((level, bucket, self.now));
            }
        }
        for level in 0..LEVELS {
            if self.occupied[level] != 0 {
                let current = digit(self.now, level);
                let ahead = self.occupied[level].rotate_right(current as u32).trailing_zeros();
                let width = BITS * level as u32;
                let start = ((self.now >> width) + u64::from(ahead)) << width;
                return Some((level, (current + ahead as usize) % BUCKETS, start));
            }
        }
        None
    }
}

fn digit(time: u64, level: usize) -> usize {
    (time >> (BITS * level as u32)) as usize % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expired(wheel: &mut Wheel, now: u64) -> Vec<u32> {
        let (mut slots, mut budget) = (Vec::new(), u32::MAX);
        while let Some(slot) = wheel.advance(now, &mut budget) {
            wheel.remove(slot);
            slots.push(slot);
        }
        slots
    }

    #[test]
    fn every_timer_fires_once_at_its_deadline_and_not_before() {
        let mut wheel = Wheel::new();
        let deadlines: Vec<u64> = (0..40)
            .map(|power| 1_u64 << power)
            .chain([3, 63, 64, 65, 4095, 4096, 4097, (1 << 30) + 5, (1 << 36) + 1])
            .collect();
        wheel.reserve(deadlines.len() as u32).unwrap();
        for (slot, deadline) in deadlines.iter().enumerate() {
            wheel.insert(slot as u32, *deadline);
        }
        let mut times: Vec<u64> = deadlines.iter().flat_map(|at| [at - 1, *at]).collect();
        times.sort_unstable();
        let mut fired = 0;
        for now in times {
            assert!(wheel.due() >= wheel.now);
            for slot in expired(&mut wheel, now) {
                assert_eq!(deadlines[slot as usize], now, "slot {slot}");
                fired += 1;
            }
        }
        assert_eq!(fired, deadlines.len());
        assert_eq!(wheel.due(), NEVER);
    }

    #[test]
    fn a_small_budget_only_delays_reclaiming() {
        let mut wheel = Wheel::new();
        wheel.reserve(1000).unwrap();
        for slot in 0..1000 {
            wheel.insert(slot, 100_000 + u64::from(slot));
        }
        let mut fired = 0;
        for _ in 0..4000 / 16 {
            let mut budget = 16;
            while let Some(slot) = wheel.advance(200_000, &mut budget) {
                wheel.remove(slot);
                fired += 1;
            }
        }
        assert_eq!(fired, 1000, "each timer moves inwards at most three times before it fires");
    }

    #[test]
    fn removed_timers_never_fire() {
        let mut wheel = Wheel::new();
        wheel.reserve(3).unwrap();
        (0..3).for_each(|slot| wheel.insert(slot, 50));
        wheel.remove(1);
        let mut slots = expired(&mut wheel, 50);
        slots.sort_unstable();
        assert_eq!(slots, [0, 2]);
    }
}
