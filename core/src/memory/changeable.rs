//! A length of time that may become another one while the cache is used.

use core::time::Duration;

#[cfg(feature = "std")]
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[cfg(feature = "std")]
use crate::entry::{NEVER, milliseconds};

/// In milliseconds, as everything that depends on it counts.
#[cfg(feature = "std")]
#[derive(Debug)]
pub(super) struct Changeable(AtomicU64);

/// Where there is only one thread, nobody is there to change it.
#[cfg(not(feature = "std"))]
#[derive(Debug)]
pub(super) struct Changeable(Option<Duration>);

#[cfg(feature = "std")]
impl Changeable {
    pub(super) fn new(time: Option<Duration>) -> Self {
        Changeable(AtomicU64::new(milliseconds(time)))
    }

    #[inline]
    pub(super) fn get(&self) -> Option<Duration> {
        match self.0.load(Relaxed) {
            NEVER => None,
            time => Some(Duration::from_millis(time)),
        }
    }

    /// What was `before` becomes `after`; what is another one stays, and so does what there never was.
    #[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
    pub(super) fn change(&self, before: Option<Duration>, after: Option<Duration>) {
        let (before, after) = (milliseconds(before), milliseconds(after));
        if before != NEVER && after != NEVER {
            let _ = self.0.compare_exchange(before, after, Relaxed, Relaxed);
        }
    }
}

#[cfg(not(feature = "std"))]
impl Changeable {
    pub(super) fn new(time: Option<Duration>) -> Self {
        Changeable(time)
    }

    #[inline]
    pub(super) fn get(&self) -> Option<Duration> {
        self.0
    }
}
