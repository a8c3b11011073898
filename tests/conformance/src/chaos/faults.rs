//! What may go wrong, and how often.

/// How often a [`Chaos`](crate::Chaos) does what. Probabilities are between 0, never, and 1, always.
///
/// ```
/// use cachefn_conformance::Faults;
/// assert_eq!(Faults::default(), Faults::none());
/// assert_ne!(Faults::none().errors(0.1), Faults::none());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Faults {
    pub(super) errors: f64,
    pub(super) lost_answers: f64,
    pub(super) delays: f64,
    pub(super) most_polls: usize,
    pub(super) torn_reads: f64,
    pub(super) torn_writes: f64,
    pub(super) is_frozen: bool,
    scope: Scope,
}

/// Which calls are concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Scope {
    #[default]
    All,
    Reads,
    Writes,
}

impl Faults {
    /// Everything works.
    ///
    /// ```
    /// assert_eq!(cachefn_conformance::Faults::none(), cachefn_conformance::Faults::default());
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// Nothing works: every call is an error, and reaches nobody.
    ///
    /// ```
    /// use cachefn_conformance::Faults;
    /// assert_eq!(Faults::down(), Faults::none().errors(1.0));
    /// ```
    pub fn down() -> Self {
        Self::none().errors(1.0)
    }

    /// Nothing answers: every call waits until other faults are injected.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage, interleaved};
    /// use cachefn_core::Storage;
    /// let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::frozen());
    /// let ends = pollster::block_on(interleaved(7, vec![
    ///     Box::pin(chaos.get(b"name")),
    ///     Box::pin(async { chaos.inject(Faults::none()); Ok(None) }),
    /// ]));
    /// assert_eq!(ends, [Ok(None), Ok(None)]);
    /// ```
    pub fn frozen() -> Self {
        Faults { is_frozen: true, ..Self::none() }
    }

    /// The same faults for calls that read: `get`, `get_many`, `tokens` and `scan`. Others work.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::Storage;
    /// let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::down().for_reads());
    /// let (read, write) = (chaos.get(b"name"), chaos.delete(b"name"));
    /// assert!(pollster::block_on(read).is_err() && pollster::block_on(write).is_ok());
    /// ```
    #[must_use]
    pub fn for_reads(mut self) -> Self {
        self.scope = Scope::Reads;
        self
    }

    /// The same faults for calls that do not read, as on a full disk. Others work.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::Storage;
    /// let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::down().for_writes());
    /// let (read, write) = (chaos.get(b"name"), chaos.delete(b"name"));
    /// assert!(pollster::block_on(read).is_ok() && pollster::block_on(write).is_err());
    /// ```
    #[must_use]
    pub fn for_writes(mut self) -> Self {
        self.scope = Scope::Writes;
        self
    }

    /// Those that concern a method.
    pub(super) fn of(self, operation: &str) -> Self {
        let reads = ["get", "get_many", "tokens", "scan"].contains(&operation);
        match (self.scope, reads) {
            (Scope::All, _) | (Scope::Reads, true) | (Scope::Writes, false) => self,
            _ => Self::none(),
        }
    }

    /// Calls that are an error of kind `unavailable`, before the storage hears of them.
    ///
    /// ```
    /// use cachefn_conformance::Faults;
    /// assert_eq!(Faults::none().errors(2.0), Faults::down());
    /// ```
    #[must_use]
    pub fn errors(mut self, probability: f64) -> Self {
        self.errors = bounded(probability);
        self
    }

    /// Calls that the storage carries out and that are an error of kind `timeout` all the same.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::{ErrorKind, Keep, Storage};
    /// # pollster::block_on(async {
    /// let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::none().lost_answers(1.0));
    /// let set = chaos.set(b"name", b"record"[..].into(), Keep::default()).await;
    /// assert_eq!(set.unwrap_err().kind(), ErrorKind::Timeout);
    /// chaos.inject(Faults::none());
    /// assert!(chaos.get(b"name").await.unwrap().is_some());
    /// # });
    /// ```
    #[must_use]
    pub fn lost_answers(mut self, probability: f64) -> Self {
        self.lost_answers = bounded(probability);
        self
    }

    /// Calls that pend, before and after the storage is asked, for up to `most_polls` polls each. They
    /// ask for each of these polls at once: no time passes.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::Storage;
    /// let chaos = Chaos::new(MapStorage::new(), 7).with(Faults::none().delays(0.5, 8));
    /// assert!(!chaos.capabilities().is_immediate);
    /// ```
    #[must_use]
    pub fn delays(mut self, probability: f64, most_polls: usize) -> Self {
        (self.delays, self.most_polls) = (bounded(probability), most_polls);
        self
    }

    /// Records that are read damaged: cut, or with a bit turned, or bytes more. What is kept stays
    /// whole. Tokens that are read with a bit turned.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::{Keep, Storage};
    /// # pollster::block_on(async {
    /// let chaos = Chaos::new(MapStorage::new(), 7);
    /// chaos.set(b"name", b"record"[..].into(), Keep::default()).await.unwrap();
    /// chaos.inject(Faults::none().torn_reads(1.0));
    /// assert_ne!(chaos.get(b"name").await.unwrap().unwrap().record, b"record"[..]);
    /// # });
    /// ```
    #[must_use]
    pub fn torn_reads(mut self, probability: f64) -> Self {
        self.torn_reads = bounded(probability);
        self
    }

    /// Records that are kept damaged, as by a disk that fails. Tokens are written whole.
    ///
    /// ```
    /// use cachefn_conformance::{Chaos, Faults, MapStorage};
    /// use cachefn_core::{Keep, Storage};
    /// # pollster::block_on(async {
    /// let map = MapStorage::new();
    /// let chaos = Chaos::new(map.clone(), 7).with(Faults::none().torn_writes(1.0));
    /// chaos.set(b"name", b"record"[..].into(), Keep::default()).await.unwrap();
    /// assert_ne!(map.get(b"name").await.unwrap().unwrap().record, b"record"[..]);
    /// # });
    /// ```
    #[must_use]
    pub fn torn_writes(mut self, probability: f64) -> Self {
        self.torn_writes = bounded(probability);
        self
    }
}

/// What is no number happens never.
fn bounded(probability: f64) -> f64 {
    probability.clamp(0.0, 1.0).max(0.0)
}
