//! Counts hits and misses exactly, without an atomic read-modify-write on the hit path.
//!
//! A thread leases a number while it lives; the counters of that number are written by this thread
//! alone, so a plain load and store counts exactly. Threads beyond [`LEASES`] share one atomic pair.

use alloc::boxed::Box;
use core::cell::Cell;
use std::sync::OnceLock;

use crate::sync::atomic::{AtomicU64, Ordering::*};
use crate::sync::thread_local;

const LEASES: usize = 64;
/// The number of a thread that has not asked yet.
const UNKNOWN: usize = usize::MAX;
/// The number of a thread that came when all were leased.
const SHARED: usize = LEASES;

/// Hits and misses of one cache.
#[derive(Debug)]
pub(crate) struct Counters {
    leased: Box<[OnceLock<Box<Pair>>; LEASES]>,
    shared: Pair,
}

/// On a cache line of its own, so that threads do not disturb each other.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Pair {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Counters {
    pub(crate) fn new() -> Self {
        Counters { leased: Box::new([const { OnceLock::new() }; LEASES]), shared: Pair::default() }
    }

    #[inline]
    pub(crate) fn hit(&self) {
        self.count(|pair| &pair.hits);
    }

    #[inline]
    pub(crate) fn miss(&self) {
        self.count(|pair| &pair.misses);
    }

    /// All hits and misses so far.
    pub(crate) fn total(&self) -> (u64, u64) {
        let pairs = self.leased.iter().filter_map(OnceLock::get).map(|pair| &**pair);
        pairs.chain([&self.shared]).fold((0, 0), |(hits, misses), pair| {
            (hits + pair.hits.load(Relaxed), misses + pair.misses.load(Relaxed))
        })
    }

    #[inline]
    fn count(&self, which: impl Fn(&Pair) -> &AtomicU64) {
        match self.leased.get(lease()) {
            Some(own) => {
                let counter = which(own.get_or_init(Box::default));
                counter.store(counter.load(Relaxed) + 1, Relaxed);
            }
            None => {
                which(&self.shared).fetch_add(1, Relaxed);
            }
        }
    }
}

/// The numbers leased now. Returning one releases what its thread counted to the next holder.
static LEASED: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(UNKNOWN) };
    static LEASE: Lease = Lease::take();
}

#[inline]
fn lease() -> usize {
    match NUMBER.with(Cell::get) {
        UNKNOWN => take_lease(),
        number => number,
    }
}

#[cold]
fn take_lease() -> usize {
    // While the thread ends, its lease may be gone already.
    let number = LEASE.try_with(|lease| lease.0).unwrap_or(SHARED);
    NUMBER.with(|own| own.set(number));
    number
}

struct Lease(usize);

impl Lease {
    fn take() -> Self {
        let mut leased = LEASED.load(Acquire);
        while leased != u64::MAX {
            let number = leased.trailing_ones();
            match LEASED.compare_exchange_weak(leased, leased | 1 << number, AcqRel, Acquire) {
                Ok(_) => return Lease(number as usize),
                Err(now) => leased = now,
            }
        }
        Lease(SHARED)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let _ = NUMBER.try_with(|own| own.set(SHARED));
        if self.0 < LEASES {
            LEASED.fetch_and(!(1 << self.0), Release);
        }
    }
}

// WASI has no threads.
#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn counts_exactly_with_more_threads_than_leases_and_leases_used_again() {
        let counters = Counters::new();
        let each = if cfg!(miri) { 2 } else { 1_000 };
        for _ in 0..3 {
            thread::scope(|scope| {
                for _ in 0..LEASES + 20 {
                    scope.spawn(|| {
                        for _ in 0..each {
                            counters.hit();
                            counters.miss();
                        }
                    });
                }
            });
        }
        let all = 3 * (LEASES as u64 + 20) * each;
        assert_eq!(counters.total(), (all, all));
    }
}
