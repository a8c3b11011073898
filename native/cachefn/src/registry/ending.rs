//! What ends with a registry beside its caches: outboxes, and then the storages behind them.

use std::sync::Arc;
use std::time::Duration;

use cachefn_core::{BoxFuture, Error, Storage};
use cachefn_tokio::Ends;

use super::link::{Link, Store};

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
