//! Services that have memory only.

use cachefn::config::{CacheType, Config, Service};
use cachefn::registry::Registry;
use cachefn::{ErrorKind, cachefn, with_cache_async};

use crate::support::{end, open};

#[cachefn(cache = "users", key = "user:{id}")]
async fn name(id: u64) -> String {
    format!("user {id}")
}

#[tokio::test]
async fn a_function_shares_the_entries_of_its_service() {
    let registry = open("[services.users]\nttl = \"10m\"\n").await;
    let named = registry.named("users").expect("it is configured");
    with_cache_async("users", &named, name(7)).await;
    let users = registry.cache::<String>("users").expect("texts");
    assert_eq!(users.get("user:7").await.expect("memory"), Some("user 7".to_string()));
    end(registry).await;
}

#[tokio::test]
async fn registries_know_nothing_of_each_other() {
    let text = "[services.users]\nl1.max_entries = 10\n";
    let (one, other) = (open(text).await, open(text).await);
    let cache = |registry: &Registry| registry.cache::<u64>("users").expect("numbers");
    cache(&one).set("a".into(), 1).await.expect("memory");
    assert_eq!(cache(&other).get("a").await.expect("memory"), None);
    assert_eq!(cache(&one).get("a").await.expect("memory"), Some(1));
    end(one).await;
    end(other).await;
}

#[tokio::test]
async fn the_settings_reach_the_cache() {
    let registry = open("[services.few]\nl1.max_entries = 3\npolicy = \"lru\"\n").await;
    let few = registry.cache::<u64>("few").expect("numbers");
    for number in 0..10 {
        few.set(number.to_string(), number).await.expect("memory");
    }
    assert_eq!(few.len(), 3);
    assert_eq!(few.get("9").await.expect("memory"), Some(9));
    end(registry).await;
}

#[tokio::test]
async fn h_39_an_unknown_service_is_an_error_that_names_the_others() {
    let registry = open("[services.users]\n[services.pages]\n").await;
    let error = registry.cache::<String>("orders").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.to_string(), "cache: there is no service orders; there are pages, users");
    end(registry).await;
}

#[tokio::test]
async fn values_of_another_type_are_an_error() {
    let registry = open("[services.users]\n").await;
    registry.cache::<String>("users").expect("texts");
    let error = registry.cache::<u64>("users").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    end(registry).await;
}

#[tokio::test]
async fn every_service_that_cannot_be_opened_is_told() {
    let mut config = Config::default();
    for name in ["users", "pages"] {
        let mut service = Service { cache_type: CacheType::L1, ..Service::default() };
        service.jitter = Some(7.0);
        config.services.insert(name.into(), service);
    }
    let error = Registry::open(config).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("users: build: jitter") && text.contains("pages: build: jitter"),
        "{text}"
    );
}
