//! A cache of HTTP responses over a service.

use cachefn_core::Error;

use super::face::Registry;
use crate::http::{HttpCache, HttpCacheBuilder};

impl Registry {
    /// The settings of a cache of responses that lie where the entries of this service lie, live for its `ttl` at
    /// most, and have its `stale_while_revalidate`, `stale_if_error` and `load_timeout`. Its entries are those of the
    /// cache `NAME/http`: [`clear`](super::ServiceHandle::clear) of the service removes them too.
    ///
    /// What it holds in memory is bounded by [`max_bytes`](HttpCacheBuilder::max_bytes), not by `l1.max_entries`. It
    /// ends with the registry: until then its `close` only writes out what waits.
    ///
    /// # Errors
    /// Of kind `config` when no service has the name, with those that there are.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = Registry::open(Config::read("[services.pages]\nttl = \"1h\"\n")?).await?;
    /// let responses = registry.http("pages")?.cache_status("pages").build()?;
    /// let _layer = responses.layer();
    /// assert_eq!(responses.store().name(), "pages/http");
    /// assert!(registry.http("page").unwrap_err().to_string().ends_with("did you mean pages?"));
    /// # Ok(()) }
    /// ```
    pub fn http(&self, name: &str) -> Result<HttpCacheBuilder, Error> {
        let named = self.named(name)?;
        let config = self.lock_config();
        let said = &config.services[name];
        let mut builder =
            HttpCache::builder(&format!("{}/http", named.name())).runtime(self.0.runtime.clone());
        let ttl = said.l2.as_ref().and_then(|l2| l2.ttl).or(said.ttl);
        if let Some(ttl) = ttl {
            builder = builder.keep_at_most(ttl.0);
        }
        if let Some(window) = said.stale_while_revalidate {
            builder = builder.stale_while_revalidate(window.0);
        }
        if let Some(window) = said.stale_if_error {
            builder = builder.stale_if_error(window.0);
        }
        if let Some(limit) = said.load_timeout {
            builder = builder.wait_at_most(limit.0);
        }
        let service = &self.0.services[name];
        let (Some(store), Some(link)) = (service.outbox(), service.link()) else {
            return Ok(builder);
        };
        builder = match config.global.metrics {
            #[cfg(feature = "metrics")]
            true => builder.storage(crate::telemetry::Measured::new(store.clone(), name)),
            _ => builder.storage(store.clone()),
        };
        if let Some(bus) = link.bus.clone() {
            builder = builder.bus(store.bus(bus));
            if let Some(bound) = said.two_level.stale_while_lost {
                builder = builder.stale_while_lost(bound.0);
            }
        }
        // Others have the storage, too.
        Ok(builder.lent())
    }
}
