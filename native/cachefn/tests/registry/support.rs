//! What the tests of registries share.
#![allow(dead_code, reason = "every test takes what it needs")]

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

/// Writes that wait go to the storage of this text's service `users` when its registry ends.
pub(crate) async fn keeps_what_waits(text: &str) {
    let first = open(text).await;
    let users = first.cache::<u64>("users").expect("numbers");
    users.set("a".into(), 1).await.expect("it waits");
    let service = first.service("users").expect("it is configured");
    assert_eq!(service.pending().map(|pending| pending.entries), Some(1));
    end(first).await;

    let second = open(text).await;
    let users = second.cache::<u64>("users").expect("numbers");
    assert_eq!(users.get("a").await.expect("the storage"), Some(1));
    end(second).await;
}

/// Whether everything answers and nothing waits.
pub(crate) async fn is_well(registry: &Registry) -> bool {
    let health = registry.health().await;
    health.state == "healthy"
        && health.services.values().all(|service| {
            service.bus_failure.is_none()
                && service.pending.is_some_and(|pending| pending.entries == 0)
        })
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
