//! What a check needs to know besides what the storage says of itself.

use std::fmt;
use std::time::Duration;

use cachefn_core::{MaybeSend, MaybeSync};

/// How a storage is checked.
///
/// ```
/// use cachefn_conformance::Options;
/// let clock = cachefn_core::ManualClock::new();
/// let options = Options::new().seed(7).advance(move |by| clock.advance(by));
/// assert!(format!("{options:?}").contains("seed: 7"));
/// ```
#[derive(Default)]
pub struct Options {
    pub(crate) seed: u64,
    pub(crate) only: Option<String>,
    pub(crate) advance: Option<Box<dyn Advance>>,
}

impl Options {
    /// All cases, from seed 0, without a clock.
    ///
    /// ```
    /// assert!(format!("{:?}", cachefn_conformance::Options::new()).contains("seed: 0"));
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// What drawn operations and orders follow from; a report names it.
    ///
    /// ```
    /// let options = cachefn_conformance::Options::new().seed(7);
    /// assert!(format!("{options:?}").contains("seed: 7"));
    /// ```
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Only the cases whose name contains this text: for the one that fails.
    ///
    /// ```
    /// use cachefn_conformance::{MapStorage, Options, check};
    /// let options = Options::new().only("token");
    /// let report = pollster::block_on(check(|_| async { Ok(MapStorage::new()) }, options));
    /// assert!(report.cases().iter().all(|case| case.name.contains("token")));
    /// ```
    #[must_use]
    pub fn only(mut self, text: impl Into<String>) -> Self {
        self.only = Some(text.into());
        self
    }

    /// Moves the time that the storages see forward, so that records outlive their use without waiting.
    ///
    /// ```
    /// use cachefn_conformance::{MapStorage, Options, check};
    /// use cachefn_core::ManualClock;
    ///
    /// let clock = ManualClock::new();
    /// let open = |_| {
    ///     let storage = MapStorage::with_clock(clock.clone());
    ///     async { Ok(storage) }
    /// };
    /// let moved = clock.clone();
    /// let options = Options::new().advance(move |by| moved.advance(by));
    /// pollster::block_on(check(open, options)).assert();
    /// ```
    #[must_use]
    pub fn advance(mut self, advance: impl Fn(Duration) + MaybeSend + MaybeSync + 'static) -> Self {
        self.advance = Some(Box::new(advance));
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("seed", &self.seed)
            .field("only", &self.only)
            .field("advances", &self.advance.is_some())
            .finish()
    }
}

/// A closure that moves the time.
pub(crate) trait Advance: MaybeSend + MaybeSync {
    fn advance(&self, by: Duration);
}

impl<F: Fn(Duration) + MaybeSend + MaybeSync> Advance for F {
    fn advance(&self, by: Duration) {
        self(by);
    }
}
