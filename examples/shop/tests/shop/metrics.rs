//! What a real Prometheus is told by the instances.

use std::collections::BTreeMap;

use example_shop::{Connection, Load, Prometheus, Sample};

use crate::support::Running;

/// The values of all series by their instance.
fn by_instance(samples: &[Sample]) -> BTreeMap<String, f64> {
    samples.iter().map(|sample| (sample.labels["instance"].clone(), sample.value)).collect()
}

#[tokio::test]
async fn the_requests_of_each_instance_are_counted_apart() {
    let running = Running::start().await;
    let addresses = running.fleet.addresses();
    let prometheus = Prometheus::start(&addresses).await.unwrap();
    let mut expected = BTreeMap::new();
    for (address, number) in addresses.iter().zip([3, 10]) {
        let mut connection = Connection::open(*address).await.unwrap();
        for _ in 0..number {
            assert_eq!(connection.ask("GET", "/products/7", "").await.unwrap().0, 200);
        }
        expected.insert(address.to_string(), f64::from(number));
    }
    let query = r#"sum by (instance) (cache_requests_total{layer="l1",operation="get"})"#;
    let told = prometheus.wait(query, |all| by_instance(all) == expected).await.unwrap();
    assert_eq!(told.len(), 2);
    let fetched = r#"sum(cache_flights_total{service="products",result="ok"})"#;
    let flights = prometheus.query(fetched).unwrap();
    assert_eq!(
        flights.iter().map(|sample| sample.value).collect::<Vec<_>>(),
        [1.0],
        "one for both"
    );
    running.end().await;
}

#[tokio::test]
async fn s_36_the_health_of_the_storage_is_told_while_redis_is_stopped_and_when_it_is_back() {
    let running = Running::start().await;
    let addresses = running.fleet.addresses();
    let prometheus = Prometheus::start(&addresses).await.unwrap();
    let all_are = |value: f64| {
        move |all: &[Sample]| by_instance(all).into_values().collect::<Vec<_>>() == [value; 2]
    };
    let health = "cache_l2_health_status";
    prometheus.wait(health, all_are(1.0)).await.unwrap();
    running.redis.kill();
    let load = Load { clients: 16, requests: 5, seed: 3 };
    assert_eq!(load.run(&addresses).await.first_failure, None);
    prometheus.wait(health, all_are(0.0)).await.unwrap();
    running.redis.begin();
    running.fleet.wait_until_healthy().await.unwrap();
    prometheus.wait(health, all_are(1.0)).await.unwrap();
    running.end().await;
}

#[tokio::test]
async fn h_39_a_query_that_is_none_is_refused_with_what_prometheus_says() {
    let prometheus = Prometheus::start(&[]).await.unwrap();
    let refused = prometheus.query("sum by (").unwrap_err().to_string();
    assert!(refused.starts_with("Prometheus: ") && refused.contains("parse error"), "{refused}");
}
