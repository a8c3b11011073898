//! What may go wrong with leases, and how often.

/// How often [`LocalLeases`](crate::LocalLeases) do what. Probabilities are between 0, never, and 1, always.
///
/// ```
/// use cachefn_conformance::LeaseFaults;
/// assert_eq!(LeaseFaults::default(), LeaseFaults::none());
/// assert_ne!(LeaseFaults::none().errors(0.1), LeaseFaults::none());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LeaseFaults {
    pub(super) errors: f64,
    pub(super) mutes: f64,
    pub(super) silences: f64,
    pub(super) delays: f64,
}

impl LeaseFaults {
    /// Every call does what it should, at once.
    ///
    /// ```
    /// use cachefn_conformance::LeaseFaults;
    /// assert_eq!(LeaseFaults::none(), LeaseFaults::default());
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// Calls that fail, of kind `unavailable`, and do nothing.
    ///
    /// ```
    /// use cachefn_conformance::{LeaseFaults, LocalLeases};
    /// use cachefn_core::{Leases, ManualClock};
    /// let leases = LocalLeases::with(7, ManualClock::new(), LeaseFaults::none().errors(1.0));
    /// assert!(pollster::block_on(leases.revoke(&[b"users:7"])).is_err());
    /// ```
    #[must_use]
    pub fn errors(mut self, probability: f64) -> Self {
        self.errors = probability;
        self
    }

    /// Calls that fail after they have done what they should: the answer is lost.
    ///
    /// ```
    /// use cachefn_conformance::{LeaseFaults, LocalLeases};
    /// use cachefn_core::{Leases, ManualClock, Token};
    /// let leases = LocalLeases::with(7, ManualClock::new(), LeaseFaults::none().mutes(1.0));
    /// let (lease, second) = (Token([1; 16]), std::time::Duration::from_secs(1));
    /// assert!(pollster::block_on(leases.acquire(b"users:7", lease, second)).is_err());
    /// assert_eq!(leases.holder(b"users:7"), Some(lease));
    /// ```
    #[must_use]
    pub fn mutes(mut self, probability: f64) -> Self {
        self.mutes = probability;
        self
    }

    /// Names that are given back without those being told who wait.
    ///
    /// ```
    /// use cachefn_conformance::LeaseFaults;
    /// assert_ne!(LeaseFaults::none().silences(0.5), LeaseFaults::none());
    /// ```
    #[must_use]
    pub fn silences(mut self, probability: f64) -> Self {
        self.silences = probability;
        self
    }

    /// Calls that pend before and after what they do.
    ///
    /// ```
    /// use cachefn_conformance::LeaseFaults;
    /// assert_ne!(LeaseFaults::none().delays(0.5), LeaseFaults::none());
    /// ```
    #[must_use]
    pub fn delays(mut self, probability: f64) -> Self {
        self.delays = probability;
        self
    }
}
