//! The cache of one instance: memory, and a Redis that may go away.

use std::time::Duration;

use cachefn::redis::Redis;
use cachefn::telemetry::{Measured, Observations, observe};
use cachefn::tokio::{Ended, Guarded, Health, Outbox, Shutdown, TokioRuntime};
use cachefn::{Cache, Postcard};

use crate::Failure;
use crate::catalogue::Product;

/// What an instance opens and ends. Clones are the same.
#[derive(Clone)]
pub(crate) struct Caches {
    pub(crate) products: Cache<String, Product>,
    pub(crate) observations: Observations,
    health: Health,
    shutdown: Shutdown,
}

impl Caches {
    pub(crate) async fn open(redis: &str) -> Result<Self, Failure> {
        let runtime = TokioRuntime::current()?;
        let redis = Redis::builder(redis).prefix("shop").timeout(LIMIT).connect().await?;
        let server = Measured::new(redis.storage(), "products");
        let guarded = Guarded::builder(server, runtime.clone()).open_after(5).build()?;
        let health = guarded.health();
        let outbox = Outbox::new(guarded, runtime.clone()).health(&health).build().await?;
        let bus = outbox.bus(redis.bus(runtime.clone()));
        let products = Cache::builder("products")
            .max_entries(500)
            .ttl(Duration::from_secs(600))
            .load_timeout(Duration::from_secs(10))
            .runtime(runtime.clone())
            .storage(outbox.clone())
            .bus(bus)
            .codec(Postcard)
            .build()?;
        let observations = Observations::default();
        observations.add(observe(&products, "products").health(&health).outbox(&outbox));
        let shutdown = Shutdown::new(runtime);
        shutdown.add(products.clone()).then().add(outbox);
        Ok(Caches { products, observations, health, shutdown })
    }

    /// How its storage is.
    pub(crate) fn health(&self) -> String {
        self.health.state().to_string()
    }

    pub(crate) async fn end(&self, deadline: Duration) -> Ended {
        self.shutdown.end(deadline).await
    }
}

const LIMIT: Duration = Duration::from_millis(250);
