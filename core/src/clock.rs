//! Where time comes from: the only file that asks the machine what time it is.

use alloc::boxed::Box;
#[cfg(any(feature = "std", target_has_atomic = "64"))]
use core::time::Duration;

/// A source of the two times a cache needs. Deadlines in memory use only [`mono_ms`](Clock::mono_ms).
///
/// A `no_std` program implements it over its own timer; tests use [`ManualClock`].
///
/// ```
/// use cachefn_core::{Clock, unsync::MemoryCache};
///
/// struct Ticks;
/// impl Clock for Ticks {
///     fn mono_ms(&self) -> u64 { 42 }
///     fn wall_ms(&self) -> u64 { 1_700_000_000_042 }
/// }
/// let mut cache = MemoryCache::<u64, u64>::builder().clock(Ticks).build()?;
/// cache.set(1, 2)?;
/// assert_eq!(cache.get(&1), Some(&2));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
pub trait Clock {
    /// Milliseconds since a start of the clock's choice; never goes backwards.
    fn mono_ms(&self) -> u64;
    /// Milliseconds since 1970-01-01 UTC; may jump.
    fn wall_ms(&self) -> u64;
}

impl<C: Clock + ?Sized> Clock for Box<C> {
    fn mono_ms(&self) -> u64 {
        (**self).mono_ms()
    }
    fn wall_ms(&self) -> u64 {
        (**self).wall_ms()
    }
}

/// The machine's clock.
///
/// ```
/// use cachefn_core::{Clock, SystemClock};
/// let clock = SystemClock::new();
/// assert!(clock.mono_ms() <= clock.mono_ms());
/// ```
#[cfg(feature = "std")]
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: std::time::Instant,
}

#[cfg(feature = "std")]
impl SystemClock {
    /// A clock whose monotonic time starts at 0 now.
    ///
    /// ```
    /// use cachefn_core::{Clock, SystemClock};
    /// let clock = SystemClock::new();
    /// assert!(clock.mono_ms() <= clock.mono_ms());
    /// ```
    #[allow(clippy::new_without_default, reason = "a default value that reads the time surprises")]
    pub fn new() -> Self {
        SystemClock { start: std::time::Instant::now() }
    }
}

#[cfg(feature = "std")]
impl Clock for SystemClock {
    fn mono_ms(&self) -> u64 {
        saturating_ms(self.start.elapsed())
    }
    fn wall_ms(&self) -> u64 {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, saturating_ms)
    }
}

/// A clock that stands still until it is told to advance; clones share the time.
///
/// ```
/// use cachefn_core::{ManualClock, MemoryCache};
/// use std::time::Duration;
///
/// let clock = ManualClock::new();
/// let cache = MemoryCache::<String, _>::builder().ttl(Duration::from_secs(1)).clock(clock.clone()).build()?;
/// cache.set("a".into(), 1)?;
/// clock.advance(Duration::from_millis(999));
/// assert_eq!(cache.get("a"), Some(1));
/// clock.advance(Duration::from_millis(1));
/// assert_eq!(cache.get("a"), None); // dead at the very millisecond
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[cfg(target_has_atomic = "64")]
#[derive(Debug, Clone, Default)]
pub struct ManualClock {
    ms: alloc::sync::Arc<core::sync::atomic::AtomicU64>,
}

#[cfg(target_has_atomic = "64")]
impl ManualClock {
    /// A clock that shows 0.
    ///
    /// ```
    /// use cachefn_core::{Clock, ManualClock};
    /// assert_eq!(ManualClock::new().mono_ms(), 0);
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the time forward; parts of a millisecond are dropped.
    ///
    /// ```
    /// use cachefn_core::{Clock, ManualClock};
    /// use std::time::Duration;
    /// let clock = ManualClock::new();
    /// clock.advance(Duration::from_micros(2_500));
    /// assert_eq!(clock.mono_ms(), 2);
    /// ```
    pub fn advance(&self, by: Duration) {
        self.ms.fetch_add(saturating_ms(by), core::sync::atomic::Ordering::Relaxed);
    }
}

#[cfg(target_has_atomic = "64")]
impl Clock for ManualClock {
    fn mono_ms(&self) -> u64 {
        self.ms.load(core::sync::atomic::Ordering::Relaxed)
    }
    fn wall_ms(&self) -> u64 {
        self.mono_ms()
    }
}

#[cfg(any(feature = "std", target_has_atomic = "64"))]
pub(crate) fn saturating_ms(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1_000).saturating_add(u64::from(duration.subsec_millis()))
}
