//! Two instances, their Redis and their folder.

use std::path::Path;

use cachefn_servers::Server;
use example_shop::{Fleet, Site};
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_example_shop");

/// All of it ends when this is dropped, the instances first.
pub(crate) struct Running {
    pub(crate) fleet: Fleet,
    pub(crate) site: Site,
    pub(crate) redis: Server,
    pub(crate) folder: TempDir,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with(|site| site).await
    }

    /// With more in their environment.
    pub(crate) async fn start_with(more: impl FnOnce(Site) -> Site) -> Self {
        let (folder, redis) = (tempfile::tempdir().unwrap(), Server::start());
        let site = Site::new(Path::new(PROGRAM), folder.path(), &redis.url()).unwrap();
        let site = more(site);
        let fleet = Fleet::start(&site).await.unwrap();
        Running { fleet, site, redis, folder }
    }

    /// What instances have to say against their end fails the test.
    pub(crate) async fn end(self) {
        self.fleet.end().await.unwrap();
    }
}
