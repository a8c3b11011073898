//! What a tool needs of a service.

use std::fmt;
use std::sync::Arc;

use cachefn_core::{AnyStorage, NamedCache};
use cachefn_tokio::{Health, Pending};

use super::link::{Link, Store};
use crate::audit::Audit;

/// A service of a [`Registry`](super::Registry): its cache, its storage, its health. Clones are the same service.
#[derive(Clone)]
pub struct ServiceHandle {
    named: NamedCache,
    store: Option<(Store, Arc<Link>)>,
    #[cfg_attr(not(feature = "metrics"), allow(dead_code, reason = "only metrics tell it"))]
    is_logged: bool,
    audit: Audit,
}

impl ServiceHandle {
    pub(super) fn new(
        named: NamedCache,
        store: Option<(Store, Arc<Link>)>,
        is_logged: bool,
        audit: Audit,
    ) -> Self {
        ServiceHandle { named, store, is_logged, audit }
    }

    /// Its cache, whatever the types of its values.
    pub fn named(&self) -> &NamedCache {
        &self.named
    }

    /// Its storage behind guard and outbox, if it has one: what is written here waits with the rest.
    pub fn storage(&self) -> Option<AnyStorage> {
        self.store.as_ref().map(|(store, _)| AnyStorage::new(store.clone()))
    }

    /// How its storage is; nothing where there is none.
    pub fn health(&self) -> Option<&Health> {
        self.store.as_ref().map(|(_, link)| &link.health)
    }

    /// What waits for its storage; nothing where there is none.
    pub fn pending(&self) -> Option<Pending> {
        self.store.as_ref().map(|(store, _)| store.pending())
    }

    pub(super) fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Whether what waits is in a log as well.
    #[cfg(feature = "metrics")]
    pub(super) fn is_logged(&self) -> bool {
        self.is_logged
    }

    pub(super) fn outbox(&self) -> Option<Store> {
        self.store.as_ref().map(|(store, _)| store.clone())
    }

    pub(super) fn link(&self) -> Option<&Arc<Link>> {
        self.store.as_ref().map(|(_, link)| link)
    }
}

impl fmt::Debug for ServiceHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (health, pending) = (self.health(), self.pending());
        let mut shown = f.debug_struct("ServiceHandle");
        shown.field("name", &self.named.name()).field("health", &health);
        shown.field("pending", &pending).finish()
    }
}
