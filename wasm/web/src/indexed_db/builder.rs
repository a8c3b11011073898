//! How the storage is set up.

use std::time::Duration;

use cachefn_core::Clock;

use super::storage::IndexedDb;
use crate::clock::BrowserClock;
use crate::platform::install;

/// Settings of an [`IndexedDb`]; all have a default.
///
/// ```no_run
/// use cachefn_core::Storage;
/// use cachefn_wasm::IndexedDb;
///
/// let storage = IndexedDb::builder().database("shop").build();
/// assert!(storage.capabilities().survives);
/// ```
#[must_use]
pub struct Builder {
    database: String,
    open_timeout: Duration,
    clock: Box<dyn Clock>,
}

impl IndexedDb {
    /// The storage with the settings that [`Builder`] begins with.
    ///
    /// ```no_run
    /// let storage = cachefn_wasm::IndexedDb::new();
    /// assert!(format!("{storage:?}").contains("cachefn-rust"));
    /// ```
    #[allow(
        clippy::new_without_default,
        reason = "a default value that installs something surprises"
    )]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Settings, to be changed.
    ///
    /// ```no_run
    /// let storage = cachefn_wasm::IndexedDb::builder().database("shop").build();
    /// assert!(format!("{storage:?}").contains("shop"));
    /// ```
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        Builder {
            database: "cachefn-rust".into(),
            open_timeout: Duration::from_secs(5),
            clock: Box::new(BrowserClock),
        }
    }

    /// The name of the database, `cachefn-rust` unless said. One that another program made is refused by
    /// every call, with an error of kind `config`.
    ///
    /// ```no_run
    /// let storage = cachefn_wasm::IndexedDb::builder().database("shop").build();
    /// assert!(format!("{storage:?}").contains("shop"));
    /// ```
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.database = name.into();
        self
    }

    /// How long the first call waits for the database to open, 5 seconds unless said: it does not while
    /// another page is about to delete it. Calls after that fail at once, until it has opened.
    ///
    /// ```no_run
    /// let builder = cachefn_wasm::IndexedDb::builder();
    /// let storage = builder.open_timeout(std::time::Duration::from_secs(1)).build();
    /// assert!(format!("{storage:?}").contains("cachefn-rust"));
    /// ```
    pub fn open_timeout(mut self, timeout: Duration) -> Self {
        self.open_timeout = timeout;
        self
    }

    /// By whose wall time it is judged which records are dead when room is needed; [`BrowserClock`] unless
    /// said.
    ///
    /// ```no_run
    /// let clock = cachefn_core::ManualClock::new();
    /// let storage = cachefn_wasm::IndexedDb::builder().clock(clock).build();
    /// assert!(format!("{storage:?}").contains("cachefn-rust"));
    /// ```
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The storage. It opens its database when it is asked for something, and calls
    /// [`install`](crate::install) now.
    ///
    /// ```no_run
    /// let storage = cachefn_wasm::IndexedDb::builder().build();
    /// assert!(format!("{storage:?}").contains("cachefn-rust"));
    /// ```
    pub fn build(self) -> IndexedDb {
        install();
        IndexedDb::over(self.database, self.open_timeout, self.clock)
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Builder");
        shown.field("database", &self.database).field("open_timeout", &self.open_timeout);
        shown.finish_non_exhaustive()
    }
}
