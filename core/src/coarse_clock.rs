//! A clock that costs next to nothing to read, and lags a little.

use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;
use std::thread;
use std::time::Instant;

use crate::clock::{Clock, SystemClock, saturating_ms};
use crate::error::{Error, ErrorKind};

/// How often the time is taken.
const TICK: Duration = Duration::from_millis(1);

/// The machine's clock, read every millisecond by a thread of its own; reading it is one load.
///
/// It lags by a millisecond, and by as long as the machine lets that thread wait: entries live so
/// much longer, never shorter. The thread ends with the last clone of the clock, a tick later at most.
///
/// ```
/// use cachefn_core::{CoarseClock, MemoryCache};
/// use std::time::Duration;
///
/// let clock = CoarseClock::new()?;
/// let cache = MemoryCache::builder().ttl(Duration::from_secs(60)).clock(clock).build()?;
/// cache.set(1, "one")?;
/// assert_eq!(cache.get(&1), Some("one"));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CoarseClock {
    ms: Arc<AtomicU64>,
}

impl CoarseClock {
    /// A clock whose monotonic time starts at 0 now.
    ///
    /// # Errors
    /// Of kind `unavailable` when the machine has no thread left.
    ///
    /// ```
    /// use cachefn_core::{Clock, CoarseClock};
    /// let clock = CoarseClock::new()?;
    /// assert!(clock.mono_ms() <= clock.mono_ms());
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn new() -> Result<Self, Error> {
        let ms = Arc::new(AtomicU64::new(0));
        let (start, shown) = (Instant::now(), Arc::downgrade(&ms));
        let ticking = thread::Builder::new().name("cachefn-clock".into()).spawn(move || {
            while let Some(shown) = Weak::upgrade(&shown) {
                shown.store(saturating_ms(start.elapsed()), Relaxed);
                drop(shown);
                thread::sleep(TICK);
            }
        });
        match ticking {
            Ok(_) => Ok(CoarseClock { ms }),
            Err(refused) => {
                Err(Error::new(ErrorKind::Unavailable, "clock", alloc::format!("{refused}")))
            }
        }
    }
}

impl Clock for CoarseClock {
    #[inline]
    fn mono_ms(&self) -> u64 {
        self.ms.load(Relaxed)
    }

    fn wall_ms(&self) -> u64 {
        SystemClock::new().wall_ms()
    }
}

// WASI has no threads.
#[cfg(test)]
#[cfg(not(target_family = "wasm"))]
mod tests {

    use super::*;

    #[test]
    fn s_07_it_follows_the_machine_and_its_thread_ends_with_it() {
        let start = Instant::now();
        let clock = CoarseClock::new().unwrap();
        let shown = Arc::downgrade(&clock.ms);
        // Ends as soon as the thread has run; a machine that never lets it run has no time to show.
        while clock.mono_ms() < 2 {
            thread::yield_now();
        }
        assert!(start.elapsed() >= Duration::from_millis(1));
        assert!(clock.mono_ms() <= clock.clone().mono_ms());
        drop(clock);
        while shown.strong_count() > 0 {
            thread::yield_now();
        }
    }
}
