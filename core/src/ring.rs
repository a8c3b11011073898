//! Remembers recent hits for policies that keep an exact order, without touching a list on the hit.

#[cfg(not(shuttle))]
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
#[cfg(shuttle)]
use shuttle::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How many hits are remembered between two writes.
pub(crate) const CAPACITY: usize = 64;

/// The last hits (slots or hashes, as the policy wants), oldest first. Beyond [`CAPACITY`] the oldest is overwritten; threads that record
/// at the same time may lose one of their hits. The layout is written by JavaScript.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Ring {
    recorded: AtomicU32,
    slots: [AtomicU32; CAPACITY],
}

impl Ring {
    pub(crate) const fn new() -> Self {
        Ring { recorded: AtomicU32::new(0), slots: [const { AtomicU32::new(0) }; CAPACITY] }
    }

    #[inline]
    pub(crate) fn record(&self, slot: u32) {
        let at = self.recorded.load(Relaxed);
        self.slots[at as usize % CAPACITY].store(slot, Relaxed);
        self.recorded.store(at.wrapping_add(1), Relaxed);
    }

    /// Records unless the ring is full: for hits that are a sample anyway.
    #[inline]
    pub(crate) fn record_some(&self, hash: u32) {
        if !self.is_full() {
            self.record(hash);
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.recorded.load(Relaxed) == 0
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.recorded.load(Relaxed) as usize >= CAPACITY
    }

    /// Empties the ring, oldest hit first.
    pub(crate) fn drain(&mut self, mut replay: impl FnMut(u32)) {
        let end = core::mem::take(self.recorded.get_mut()) as usize;
        for at in end.saturating_sub(CAPACITY)..end {
            replay(*self.slots[at % CAPACITY].get_mut());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn drained(ring: &mut Ring) -> Vec<u32> {
        let mut slots = Vec::new();
        ring.drain(|slot| slots.push(slot));
        slots
    }

    #[test]
    fn replays_hits_in_order_and_keeps_the_latest_when_it_overflows() {
        let mut ring = Ring::new();
        (1..=3).for_each(|slot| ring.record(slot));
        assert_eq!(drained(&mut ring), [1, 2, 3]);
        (0..100).for_each(|slot| ring.record(slot));
        assert!(ring.is_full());
        assert_eq!(drained(&mut ring), (36..100).collect::<Vec<_>>());
        assert!(drained(&mut ring).is_empty());
    }
}
