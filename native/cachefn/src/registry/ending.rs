//! What ends with a registry: caches, then their outboxes, and then the storages behind them.

use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, NamedCache, Storage};
use cachefn_tokio::Ends;

use super::link::{Link, Store};

/// The cache of a service. What it has written waits in the outbox, which is drained after it.
pub(super) struct Cached(pub(super) NamedCache);

impl Ends for Cached {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        Ends::end(&self.0, deadline)
    }
}

/// The outbox of a service.
pub(super) struct Waiting {
    pub(super) name: String,
    pub(super) outbox: Store,
}

impl Ends for Waiting {
    fn name(&self) -> &str {
        &self.name
    }

    fn drain<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        self.outbox.drain(deadline)
    }

    fn end<'a>(&'a self, deadline: Duration) -> BoxFuture<'a, Vec<Error>> {
        self.outbox.end(deadline)
    }
}

/// A storage that several services may share.
pub(super) struct Closing {
    pub(super) link: Arc<Link>,
}

impl Ends for Closing {
    fn name(&self) -> &str {
        "storage"
    }

    fn end<'a>(&'a self, _: Duration) -> BoxFuture<'a, Vec<Error>> {
        if let Some(bus) = &self.link.bus {
            bus.end();
        }
        Box::pin(async { self.link.storage.close().await.err().into_iter().collect() })
    }
}
