//! The cache of one instance, as the configuration describes it.

use std::path::Path;
use std::time::Duration;

use cachefn::Cache;
use cachefn::config::Config;
use cachefn::registry::{Health, Registry};
use cachefn::tokio::Ended;

use crate::Failure;
use crate::catalogue::Product;

/// What an instance opens and ends. Clones are the same.
#[derive(Clone)]
pub(crate) struct Caches {
    registry: Registry,
    pub(crate) products: Cache<String, Product>,
}

impl Caches {
    pub(crate) async fn open(config: &Path) -> Result<Self, Failure> {
        let registry = Registry::open(Config::load(config)?).await?;
        let products = registry.cache("products")?;
        Ok(Caches { registry, products })
    }

    /// Tells the exporter what has come since it was asked last.
    pub(crate) fn report(&self) {
        self.registry.observations().report();
    }

    /// How its storage is, which is asked.
    pub(crate) async fn health(&self) -> Health {
        self.registry.health().await
    }

    pub(crate) async fn end(&self, deadline: Duration) -> Ended {
        self.registry.shutdown_all(deadline).await
    }
}
