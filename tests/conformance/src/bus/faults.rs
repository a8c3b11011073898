//! What may go wrong on a bus, and how often.

/// How often a [`LocalBus`](crate::LocalBus) does what. Probabilities are between 0, never, and 1, always.
///
/// Nothing is lost in silence: whoever misses a message hears that its connection is lost.
///
/// ```
/// use cachefn_conformance::BusFaults;
/// assert_eq!(BusFaults::default(), BusFaults::none());
/// assert_ne!(BusFaults::none().losses(0.1), BusFaults::none());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BusFaults {
    pub(super) errors: f64,
    pub(super) losses: f64,
    pub(super) repeats: f64,
    pub(super) delays: f64,
}

impl BusFaults {
    /// Every message arrives once, and at once.
    ///
    /// ```
    /// use cachefn_conformance::BusFaults;
    /// assert_eq!(BusFaults::none(), BusFaults::default());
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// Messages that cannot be published: an error of kind `unavailable`, and nobody hears of it.
    ///
    /// ```
    /// use cachefn_conformance::BusFaults;
    /// assert_ne!(BusFaults::none().errors(1.0), BusFaults::none());
    /// ```
    #[must_use]
    pub fn errors(mut self, probability: f64) -> Self {
        self.errors = probability;
        self
    }

    /// Messages whose arrival cuts the connection instead.
    ///
    /// ```
    /// use cachefn_conformance::{BusFaults, LocalBus};
    /// use cachefn_core::{Bus, Invalidation, Message};
    /// let bus = LocalBus::with(7, BusFaults::none().losses(1.0));
    /// let (one, other) = (bus.connect(), bus.connect());
    /// let message = Message::new("n", 1, Invalidation::Everything);
    /// pollster::block_on(one.publish(&message)).unwrap();
    /// assert!(other.is_lost());
    /// ```
    #[must_use]
    pub fn losses(mut self, probability: f64) -> Self {
        self.losses = probability;
        self
    }

    /// Messages that arrive twice.
    ///
    /// ```
    /// use cachefn_conformance::BusFaults;
    /// assert_ne!(BusFaults::none().repeats(0.5), BusFaults::none());
    /// ```
    #[must_use]
    pub fn repeats(mut self, probability: f64) -> Self {
        self.repeats = probability;
        self
    }

    /// Messages that wait for [`deliver`](crate::LocalBus::deliver), which draws the next one; and calls
    /// that pend.
    ///
    /// ```
    /// use cachefn_conformance::BusFaults;
    /// assert_ne!(BusFaults::none().delays(0.5), BusFaults::none());
    /// ```
    #[must_use]
    pub fn delays(mut self, probability: f64) -> Self {
        self.delays = probability;
        self
    }
}
