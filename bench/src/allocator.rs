//! An allocator that counts: what is allocated now, and how often it was asked.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

/// The system's allocator. It counts only between [`start`] and [`stop`], so that other
/// measurements pay one predictable branch and no shared cache line.
pub struct Counting;

/// What was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    /// Bytes asked for and not given back; what the allocator adds itself is not in it.
    pub live: i64,
    /// Calls that asked for memory.
    pub calls: u64,
}

pub fn start() {
    LIVE.store(0, Relaxed);
    CALLS.store(0, Relaxed);
    COUNTS.store(true, Relaxed);
}

pub fn stop() -> Counted {
    COUNTS.store(false, Relaxed);
    now()
}

pub fn now() -> Counted {
    Counted { live: LIVE.load(Relaxed), calls: CALLS.load(Relaxed) }
}

// SAFETY: every call is handed to the system's allocator as it came; counting touches no memory
// of the caller.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        asked(layout.size() as i64);
        // SAFETY: the caller's promises are those that the system's allocator wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if COUNTS.load(Relaxed) {
            LIVE.fetch_sub(layout.size() as i64, Relaxed);
        }
        // SAFETY: as above; the block came from `System`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        asked(layout.size() as i64);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        asked(size as i64 - layout.size() as i64);
        // SAFETY: as above; the block came from `System`.
        unsafe { System.realloc(block, layout, size) }
    }
}

fn asked(bytes: i64) {
    if COUNTS.load(Relaxed) {
        LIVE.fetch_add(bytes, Relaxed);
        CALLS.fetch_add(1, Relaxed);
    }
}

static COUNTS: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicI64 = AtomicI64::new(0);
static CALLS: AtomicU64 = AtomicU64::new(0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_given_back_are_not_counted() {
        // Other tests allocate at the same time, but nothing of this size.
        start();
        let block = vec![0_u8; 1 << 30];
        let held = now();
        drop(block);
        let counted = stop();
        assert!(held.live >= 1 << 30 && counted.live < 1 << 29, "{held:?} {counted:?}");
        assert!(counted.calls >= 1);
    }
}
