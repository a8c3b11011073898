//! What a check of a bus needs to know besides the bus.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{MaybeSend, MaybeSync, Runtime};

/// How a bus is checked.
///
/// ```
/// use cachefn_conformance::BusOptions;
/// let options = BusOptions::new().seed(7).in_order();
/// assert!(format!("{options:?}").contains("seed: 7, only: None, is_in_order: true"));
/// ```
pub struct BusOptions {
    pub(super) seed: u64,
    pub(super) only: Option<String>,
    pub(super) runtime: Option<Arc<dyn Runtime>>,
    pub(super) patience: Duration,
    pub(super) is_in_order: bool,
    pub(super) breaks: Option<Breaks>,
}

/// How the connections of a place are lost, and how they come back.
pub(super) struct Breaks {
    pub(super) lose: Box<dyn AtPlace>,
    pub(super) mend: Box<dyn AtPlace>,
}

impl BusOptions {
    /// All cases that need nothing of the options, from seed 0; who waits for a message does so for 10 s.
    ///
    /// ```
    /// assert!(format!("{:?}", cachefn_conformance::BusOptions::new()).contains("seed: 0"));
    /// ```
    pub fn new() -> Self {
        BusOptions {
            seed: 0,
            only: None,
            runtime: None,
            patience: Duration::from_secs(10),
            is_in_order: false,
            breaks: None,
        }
    }

    /// What drawn orders follow from; a report names it.
    ///
    /// ```
    /// let options = cachefn_conformance::BusOptions::new().seed(7);
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
    /// let options = cachefn_conformance::BusOptions::new().only("order");
    /// assert!(format!("{options:?}").contains("order"));
    /// ```
    #[must_use]
    pub fn only(mut self, text: impl Into<String>) -> Self {
        self.only = Some(text.into());
        self
    }

    /// What measures how long to wait for a message; nothing is spawned.
    ///
    /// ```
    /// # fn example(runtime: impl cachefn_core::Runtime) {
    /// let options = cachefn_conformance::BusOptions::new().runtime(runtime);
    /// assert!(format!("{options:?}").contains("has_runtime: true"));
    /// # }
    /// ```
    #[must_use]
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// How long to wait for what has to come: 10 s unless it is said. A bus that holds takes none of it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let options = cachefn_conformance::BusOptions::new().patience(Duration::from_secs(60));
    /// assert!(format!("{options:?}").contains("60s"));
    /// ```
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The bus promises more than it must: what one says arrives in the order in which it was said.
    ///
    /// ```
    /// let options = cachefn_conformance::BusOptions::new().in_order();
    /// assert!(format!("{options:?}").contains("is_in_order: true"));
    /// ```
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.is_in_order = true;
        self
    }

    /// How all connections to a place are lost, new ones among them, and how they come back. Without it
    /// nothing is tried that concerns losses.
    ///
    /// ```
    /// # use std::sync::{Arc, Mutex};
    /// use cachefn_conformance::{BusOptions, Connection, LocalBus, check_bus};
    /// use std::collections::BTreeMap;
    ///
    /// let places = Arc::new(Mutex::new(BTreeMap::<u32, (LocalBus, Vec<Connection>)>::new()));
    /// let (losing, mending) = (places.clone(), places.clone());
    /// let connect = |place| {
    ///     let mut places = places.lock().unwrap();
    ///     let (bus, connections) = places.entry(place).or_default();
    ///     connections.push(bus.connect());
    ///     let connection = connections[connections.len() - 1].clone();
    ///     async { Ok(connection) }
    /// };
    /// let each = |of: &Mutex<BTreeMap<u32, (LocalBus, Vec<Connection>)>>, place: u32| {
    ///     of.lock().unwrap()[&place].1.clone().into_iter()
    /// };
    /// let options = BusOptions::new().only("loss").breaks(
    ///     move |place| each(&losing, place).for_each(|connection| connection.lose()),
    ///     move |place| each(&mending, place).for_each(|connection| connection.restore()),
    /// );
    /// pollster::block_on(check_bus(connect, options)).assert();
    /// ```
    #[must_use]
    pub fn breaks(
        mut self,
        lose: impl Fn(u32) + MaybeSend + MaybeSync + 'static,
        mend: impl Fn(u32) + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        self.breaks = Some(Breaks { lose: Box::new(lose), mend: Box::new(mend) });
        self
    }
}

impl Default for BusOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for BusOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusOptions")
            .field("seed", &self.seed)
            .field("only", &self.only)
            .field("is_in_order", &self.is_in_order)
            .field("has_runtime", &self.runtime.is_some())
            .field("patience", &self.patience)
            .field("breaks", &self.breaks.is_some())
            .finish()
    }
}

/// A closure that does something to a place.
pub(super) trait AtPlace: MaybeSend + MaybeSync {
    fn at(&self, place: u32);
}

impl<F: Fn(u32) + MaybeSend + MaybeSync> AtPlace for F {
    fn at(&self, place: u32) {
        self(place);
    }
}
