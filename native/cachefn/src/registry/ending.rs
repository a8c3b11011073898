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

    fn needs_time(&self) -> bool {
        self.outbox.needs_time()
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use cachefn_conformance::{Chaos, Faults, MapStorage};
    use cachefn_core::{AnyStorage, Keep};
    use cachefn_tokio::{Guarded, Outbox, TokioRuntime};

    use super::*;

    #[tokio::test]
    async fn h_36_the_outbox_of_a_service_needs_time_while_something_waits_in_it() {
        let (map, runtime) = (MapStorage::new(), TokioRuntime::current().unwrap());
        let server = Chaos::new(map, 7).with(Faults::down());
        let guarded = Guarded::builder(AnyStorage::new(server), runtime.clone()).build().unwrap();
        let outbox = Outbox::new(guarded, runtime).build().await.unwrap();
        let waiting = Waiting { name: "users: outbox".into(), outbox };
        assert!(!waiting.needs_time());
        let record = Bytes::from_static(b"record");
        waiting.outbox.set(b"n:a", record, Keep::default()).await.unwrap();
        assert!(waiting.needs_time());
    }
}
