//! What the tests of registries share.

use std::time::Duration;

use cachefn::config::Config;
use cachefn::registry::Registry;

/// The registry of a text, as one process has it.
pub(crate) async fn open(text: &str) -> Registry {
    let config = Config::read(text).expect("nothing is wrong");
    Registry::open(config).await.expect("every service opens")
}

/// Ends a registry, in order.
pub(crate) async fn end(registry: Registry) {
    let ended = registry.shutdown_all(Duration::from_secs(20)).await;
    assert!(ended.is_clean(), "{ended}");
}

/// Waits until it is so, by what another task does meanwhile.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is: impl FnMut() -> F) {
    let wait = async {
        while !is().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), wait).await;
    assert!(waited.is_ok(), "waited in vain: {what}");
}
