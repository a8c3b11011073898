//! `[global] metrics`: services are observed, or the lack of the feature is told.

use cachefn::config::Config;
use cachefn::registry::Registry;

const CONFIG: &str = "[global]\nmetrics = true\n[services.users]\n[services.pages]\n";

#[cfg(feature = "metrics")]
#[tokio::test]
async fn every_service_of_a_registry_is_observed_where_the_configuration_says_so() {
    let registry = Registry::open(Config::read(CONFIG).unwrap()).await.unwrap();
    assert_eq!(registry.observations().services(), ["pages", "users"]);
    let quiet = Config::read("[services.users]\n").unwrap();
    let quiet = Registry::open(quiet).await.unwrap();
    assert!(quiet.observations().services().is_empty());
    let ended = registry.shutdown_all(std::time::Duration::from_secs(10)).await;
    assert!(ended.is_clean(), "{ended}");
}

#[cfg(not(feature = "metrics"))]
#[tokio::test]
async fn h_39_metrics_without_the_feature_are_refused_and_not_left_out_silently() {
    let error = Registry::open(Config::read(CONFIG).unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("needs the feature metrics of cachefn"), "{error}");
}
