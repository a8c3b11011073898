//! The settings by which a named cache works together with its like in other processes.

use alloc::sync::Arc;
use core::time::Duration;

use super::builder::NamedBuilder;
use super::settings::Shared;
use crate::bus::Bus;
use crate::cache::Witness;
use crate::lease::Leases;

impl NamedBuilder {
    /// How all its functions tell others, and hear, what is not valid any more; see
    /// [`Builder::bus`](crate::Builder::bus). It begins to connect when the cache is built, before the first call:
    /// [`ready`](super::NamedCache::ready) waits for that.
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// let bus = cachefn_conformance::LocalBus::new();
    /// assert!(NamedCache::builder("users").bus(bus.connect()).build().is_ok());
    /// ```
    pub fn bus(mut self, bus: impl Bus) -> Self {
        self.settings.bus = Some(Shared(Arc::new(bus)));
        self
    }

    /// How long memory is trusted while the bus is lost; see
    /// [`Builder::stale_while_lost`](crate::Builder::stale_while_lost).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # let second = std::time::Duration::from_secs(1);
    /// assert!(NamedCache::builder("users").stale_while_lost(second).build().is_err());
    /// ```
    pub fn stale_while_lost(mut self, bound: Duration) -> Self {
        self.settings.stale_while_lost = Some(bound);
        self
    }

    /// One load for each key in all processes; see [`Builder::leases`](crate::Builder::leases).
    ///
    /// ```
    /// # use cachefn_core::{ManualClock, NamedCache};
    /// let leases = cachefn_conformance::LocalLeases::new(ManualClock::new());
    /// let error = NamedCache::builder("users").leases(leases).build().unwrap_err();
    /// assert_eq!(error.to_string(), "build: leases need a storage, where the others find the value");
    /// ```
    pub fn leases(mut self, leases: impl Leases) -> Self {
        self.settings.leases = Some(Shared(Arc::new(leases)));
        self
    }

    /// How long a lease lasts when its holder dies; see [`Builder::lease_time`](crate::Builder::lease_time).
    ///
    /// ```
    /// # use cachefn_core::NamedCache;
    /// # let second = std::time::Duration::from_secs(1);
    /// assert!(NamedCache::builder("users").lease_time(second).build().is_err());
    /// ```
    pub fn lease_time(mut self, life: Duration) -> Self {
        self.settings.lease_time = Some(life);
        self
    }

    /// Who is told of each removal that this program asks for, at its end, whether by the cache of a function or for
    /// all of them: an audit. Reads and writes pay nothing for it.
    ///
    /// ```
    /// # use cachefn_core::{NamedCache, Removal};
    /// let tell = |removal: &Removal<'_>| println!("{}: {:?}", removal.name, removal.what);
    /// assert!(NamedCache::builder("users").on_removal(tell).build().is_ok());
    /// ```
    pub fn on_removal(mut self, witness: impl Witness) -> Self {
        self.settings.witness = Some(Shared(Arc::new(witness)));
        self
    }
}
