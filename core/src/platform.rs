//! What a platform gives that the standard library does not have there: the time, and random numbers.

use alloc::boxed::Box;
use core::fmt;
use std::sync::OnceLock;

use crate::clock::Clock;

/// A platform of which the standard library knows neither time nor random numbers, such as
/// `wasm32-unknown-unknown`. Only crates for such a platform need it; `cachefn-wasm` brings that of browsers.
///
/// ```
/// use cachefn_core::{ManualClock, MemoryCache, Platform};
///
/// # fn from_somewhere() -> u128 { 7 }
/// let first = Platform::new(ManualClock::new(), from_somewhere).install();
/// let second = Platform::new(ManualClock::new(), from_somewhere).install();
/// assert!(first && !second); // one for all caches of the program
/// ```
pub struct Platform {
    clock: Box<dyn Clock + Send + Sync>,
    random: fn() -> u128,
}

impl Platform {
    /// A clock for all caches that are not given one, where the standard library has none. `random` has a
    /// new number at each call, as hard to guess and as unlikely to come again as the platform can; tokens
    /// are made of it everywhere.
    ///
    /// ```
    /// let platform = cachefn_core::Platform::new(cachefn_core::ManualClock::new(), || 7);
    /// assert!(format!("{platform:?}").starts_with("Platform"));
    /// ```
    pub fn new(clock: impl Clock + Send + Sync + 'static, random: fn() -> u128) -> Self {
        Platform { clock: Box::new(clock), random }
    }

    /// Makes it the platform of the program; whether it is. The first one stays.
    ///
    /// ```
    /// # use cachefn_core::{ManualClock, Platform};
    /// assert!(Platform::new(ManualClock::new(), || 7).install());
    /// ```
    pub fn install(self) -> bool {
        INSTALLED.set(self).is_ok()
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").finish_non_exhaustive()
    }
}

/// The clock of the installed platform, if there is one.
pub(crate) fn clock() -> Option<impl Clock + Send + Sync> {
    INSTALLED.get().map(Installed)
}

/// A number of the installed platform, if there is one.
pub(crate) fn random() -> Option<u128> {
    INSTALLED.get().map(|platform| (platform.random)())
}

struct Installed(&'static Platform);

impl Clock for Installed {
    fn mono_ms(&self) -> u64 {
        self.0.clock.mono_ms()
    }
    fn wall_ms(&self) -> u64 {
        self.0.clock.wall_ms()
    }
}

static INSTALLED: OnceLock<Platform> = OnceLock::new();
