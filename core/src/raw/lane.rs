//! A line of memory for each thread and cache: what the thread does in the cache, and its counts.
//!
//! A thread leases a number while it lives; the lane of that number is written by this thread alone,
//! so a plain load and store counts exactly, and threads do not disturb each other.

use alloc::boxed::Box;
use core::cell::Cell;

use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering::*};
use crate::sync::thread_local;

/// How many threads can hold a number at once.
pub(super) const LEASES: usize = 64;
/// The number of a thread that has not asked yet.
const UNKNOWN: usize = usize::MAX;
/// The number of a thread that came when all were leased.
const NONE: usize = LEASES;

/// On cache lines of its own (two, because processors fetch them in pairs).
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Lane {
    /// Which lock the thread holds: 0 none, the index plus one of one that it reads by this lane, or
    /// [`HELD`].
    pub(super) inside: AtomicU32,
    pub(super) hits: AtomicU64,
    pub(super) misses: AtomicU64,
}

/// Stands in [`Lane::inside`] while the thread holds some lock in another way.
pub(super) const HELD: u32 = u32::MAX;

/// The lanes of one cache. Threads whose number has none share the last, which is only for counting.
#[derive(Debug)]
pub(super) struct Lanes {
    own: Box<[Lane]>,
    shared: Lane,
    /// What had been counted at the last reset: a lane is written by its own thread alone.
    before: [AtomicU64; 2],
}

impl Lanes {
    /// Lanes for four times the threads that can run at once: numbers are leased from the lowest, so
    /// only threads beyond that do without.
    pub(super) fn new() -> Self {
        let running = std::thread::available_parallelism().map_or(1, |threads| threads.get());
        let lanes = (running * 4).next_power_of_two().clamp(8, LEASES);
        let own = (0..lanes).map(|_| Lane::default()).collect();
        Lanes { own, shared: Lane::default(), before: Default::default() }
    }

    /// The lane of this thread alone.
    #[inline]
    pub(super) fn own(&self) -> Option<&Lane> {
        self.own.get(lease())
    }

    /// The lanes of threads that have a number now. One that gets its number later has not seen
    /// anything that this call's caller should wait for.
    #[inline]
    pub(super) fn in_use(&self) -> impl Iterator<Item = &Lane> {
        // Beyond the lanes there is nothing to look at.
        let lanes = u64::MAX >> (LEASES - self.own.len());
        let mut leased = LEASED.load(SeqCst) & lanes;
        core::iter::from_fn(move || {
            let next = leased.trailing_zeros() as usize;
            leased &= leased.wrapping_sub(1);
            self.own.get(next)
        })
    }

    /// Counts in the lane of this thread, or where those count that have none.
    #[inline]
    pub(super) fn count(&self, own: Option<&Lane>, which: impl Fn(&Lane) -> &AtomicU64) {
        match own {
            Some(own) => {
                let counter = which(own);
                counter.store(counter.load(Relaxed) + 1, Relaxed);
            }
            None => {
                which(&self.shared).fetch_add(1, Relaxed);
            }
        }
    }

    /// Hits and misses since the last reset.
    pub(super) fn counted(&self) -> (u64, u64) {
        let since = |total: u64, before: &AtomicU64| total.saturating_sub(before.load(Relaxed));
        let (hits, misses) = (self.total(|lane| &lane.hits), self.total(|lane| &lane.misses));
        (since(hits, &self.before[0]), since(misses, &self.before[1]))
    }

    pub(super) fn reset(&self) {
        self.before[0].store(self.total(|lane| &lane.hits), Relaxed);
        self.before[1].store(self.total(|lane| &lane.misses), Relaxed);
    }

    fn total(&self, which: impl Fn(&Lane) -> &AtomicU64) -> u64 {
        self.own.iter().chain([&self.shared]).map(|lane| which(lane).load(Relaxed)).sum()
    }
}

/// The numbers leased now. Returning one releases what its thread wrote to the next holder.
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
    let number = LEASE.try_with(|lease| lease.0).unwrap_or(NONE);
    NUMBER.with(|own| own.set(number));
    number
}

struct Lease(usize);

impl Lease {
    fn take() -> Self {
        let mut leased = LEASED.load(Acquire);
        while leased != u64::MAX {
            let number = leased.trailing_ones();
            match LEASED.compare_exchange_weak(leased, leased | 1 << number, SeqCst, Acquire) {
                Ok(_) => return Lease(number as usize),
                Err(now) => leased = now,
            }
        }
        Lease(NONE)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let _ = NUMBER.try_with(|own| own.set(NONE));
        if self.0 < LEASES {
            LEASED.fetch_and(!(1 << self.0), Release);
        }
    }
}
