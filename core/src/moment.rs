//! A time that readers move forward while they share it.

#[cfg(target_has_atomic = "64")]
use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

/// Milliseconds.
#[cfg(target_has_atomic = "64")]
#[derive(Debug)]
pub(crate) struct Moment(AtomicU64);

#[cfg(target_has_atomic = "64")]
impl Moment {
    pub(crate) const fn new(ms: u64) -> Self {
        Moment(AtomicU64::new(ms))
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    pub(crate) fn set(&self, ms: u64) {
        self.0.store(ms, Relaxed);
    }
}

/// Milliseconds, in halves: a target without 64-bit atomics has no `std` here, so one thread uses it.
#[cfg(not(target_has_atomic = "64"))]
#[derive(Debug)]
pub(crate) struct Moment([core::sync::atomic::AtomicU32; 2]);

#[cfg(not(target_has_atomic = "64"))]
impl Moment {
    pub(crate) const fn new(ms: u64) -> Self {
        use core::sync::atomic::AtomicU32;
        Moment([AtomicU32::new(ms as u32), AtomicU32::new((ms >> 32) as u32)])
    }

    pub(crate) fn get(&self) -> u64 {
        u64::from(self.0[1].load(Relaxed)) << 32 | u64::from(self.0[0].load(Relaxed))
    }

    pub(crate) fn set(&self, ms: u64) {
        self.0[0].store(ms as u32, Relaxed);
        self.0[1].store((ms >> 32) as u32, Relaxed);
    }
}
