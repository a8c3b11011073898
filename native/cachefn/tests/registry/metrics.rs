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

/// What an alert reads while Redis is away.
#[cfg(all(feature = "metrics", feature = "redis"))]
#[tokio::test]
async fn whether_others_are_heard_is_told_and_nothing_of_it_where_there_are_none() {
    use crate::support::until;
    use metrics_exporter_prometheus::PrometheusBuilder;

    let recorder = PrometheusBuilder::new().build_recorder();
    let page = recorder.handle();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let server = cachefn_servers::Server::start();
    let users = format!("cache_type = \"two-level\"\nl2.connection_string = {:?}\n", server.url());
    let text = CONFIG.replace("[services.users]\n", &format!("[services.users]\n{users}"));
    let registry = Registry::open(Config::read(&text).unwrap()).await.unwrap();
    let told = |value: &str| {
        registry.observations().report();
        let lines: Vec<String> = page.render().lines().map(String::from).collect();
        let told = lines.iter().filter(|line| line.starts_with("cache_bus_health_status{"));
        told.eq([&format!("cache_bus_health_status{{service=\"users\"}} {value}")])
    };
    until("it is heard", async || told("1")).await;
    server.kill();
    until("the loss is told", async || told("0")).await;
    server.restart();
    until("it is heard again", async || told("1")).await;
    crate::support::end(registry).await;
}
