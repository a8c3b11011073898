//! A runtime that a test moves, and what tests say often.
#![allow(dead_code, unused_imports, reason = "every test takes what it needs")]

mod manual;

use bytes::Bytes;
use cachefn_conformance::{Chaos, MapStorage};
use cachefn_core::{Keep, Storage};
use cachefn_tokio::{Outbox, OutboxBuilder};

pub(crate) use cachefn_conformance::Random;
pub(crate) use manual::{Manual, now};

pub(crate) type Faulty = Chaos<MapStorage>;

/// An outbox over a map that fails when it is told to, on a runtime that the test moves.
pub(crate) struct Scene {
    pub(crate) map: MapStorage,
    pub(crate) server: Faulty,
    pub(crate) runtime: Manual,
    pub(crate) outbox: Outbox<Faulty>,
}

impl Scene {
    pub(crate) fn new(set_up: impl FnOnce(OutboxBuilder<Faulty>) -> OutboxBuilder<Faulty>) -> Self {
        let (map, runtime) = (MapStorage::new(), Manual::new());
        let server = Chaos::new(map.clone(), 7);
        let builder = Outbox::new(server.clone(), runtime.clone()).clock(runtime.clock());
        let outbox = now(set_up(builder).build()).unwrap();
        Scene { map, server, runtime, outbox }
    }

    pub(crate) fn through() -> Self {
        Self::new(|builder| builder)
    }

    pub(crate) fn behind() -> Self {
        Self::new(OutboxBuilder::write_behind)
    }

    pub(crate) fn set(&self, name: &str, record: &str) {
        let record = Bytes::copy_from_slice(record.as_bytes());
        self.runtime.drive(self.outbox.set(name.as_bytes(), record, Keep::default())).unwrap();
    }

    pub(crate) fn delete(&self, name: &str) -> bool {
        self.runtime.drive(self.outbox.delete(name.as_bytes())).unwrap()
    }

    /// What a cache reads.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        text(self.runtime.drive(self.outbox.get(name.as_bytes())).unwrap())
    }

    /// What the storage has.
    pub(crate) fn stored(&self, name: &str) -> Option<String> {
        text(now(self.map.get(name.as_bytes())).unwrap())
    }
}

/// Makes a map forget everything, as a server that starts anew.
pub(crate) fn emptied(map: &MapStorage) {
    let page = now(map.scan(b"", b"", usize::MAX - 1)).unwrap();
    let names: Vec<&[u8]> = page.names.iter().map(|name| &name[..]).collect();
    now(map.delete_many(&names)).unwrap();
    assert!(map.is_empty());
}

fn text(found: Option<cachefn_core::Found>) -> Option<String> {
    found.map(|found| String::from_utf8(found.record.to_vec()).unwrap())
}
