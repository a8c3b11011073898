//! Where the records are, and how it is broken.

use std::sync::Arc;

use cachefn_conformance::{Chaos, Faults, MapStorage};
use cachefn_core::{AnyStorage, Error};
use cachefn_file::FileStorage;
use cachefn_redis::Redis;
use cachefn_servers::Server;

use crate::options::Where;

pub(crate) struct Place {
    pub(crate) storage: AnyStorage,
    pub(crate) broken_by: BrokenBy,
}

/// What faults are made with.
#[derive(Clone)]
pub(crate) enum BrokenBy {
    Nothing,
    Chaos(Chaos<AnyStorage>),
    Server(Arc<Server>),
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It takes what it is asked and answers nothing.
    Hangs,
    /// It is not there, and what was in memory alone is lost.
    Down,
}

impl Place {
    /// # Errors
    /// The storage cannot be opened.
    pub(crate) async fn open(place: &Where, faults: bool, seed: u64) -> Result<Self, Error> {
        let storage = match place {
            Where::Memory => AnyStorage::new(MapStorage::new()),
            Where::File(path) => AnyStorage::new(FileStorage::open(path)?),
            Where::Redis(url) => AnyStorage::new(Redis::connect(url.as_str()).await?.storage()),
            Where::Cluster(nodes) => {
                AnyStorage::new(Redis::cluster(nodes).connect().await?.storage())
            }
            Where::OwnRedis => {
                // What is unwritten in a test's folder goes with the server.
                let server = tokio::task::spawn_blocking(Server::start).await;
                let server = server.map_err(|error| Error::unavailable("open", error))?;
                let storage = AnyStorage::new(Redis::connect(server.url()).await?.storage());
                let broken_by = BrokenBy::Server(Arc::new(server));
                return Ok(Place { storage, broken_by });
            }
        };
        if !faults {
            return Ok(Place { storage, broken_by: BrokenBy::Nothing });
        }
        let chaos = Chaos::new(storage, seed);
        let storage = AnyStorage::new(chaos.clone());
        Ok(Place { storage, broken_by: BrokenBy::Chaos(chaos) })
    }
}

impl BrokenBy {
    /// From one fault to another.
    pub(crate) async fn turn(&self, from: Fault, to: Fault) {
        match self {
            BrokenBy::Nothing => {}
            BrokenBy::Chaos(chaos) => chaos.inject(match to {
                Fault::None => Faults::none(),
                Fault::Hangs => Faults::frozen(),
                Fault::Down => Faults::down(),
            }),
            BrokenBy::Server(server) => {
                let server = server.clone();
                let turned = tokio::task::spawn_blocking(move || match (from, to) {
                    (Fault::Hangs, Fault::None) => server.cont(),
                    (Fault::Down, Fault::None) => server.begin(),
                    (_, Fault::Hangs) => server.stop(),
                    (_, Fault::Down) => server.kill(),
                    (Fault::None, Fault::None) => {}
                });
                turned.await.expect("the server does what it is told, or says why not");
            }
        }
    }
}
