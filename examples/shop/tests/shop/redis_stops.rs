//! Two processes of the shop keep serving while their Redis is stopped.

use example_shop::{Connection, Load};

use crate::support::Running;

#[tokio::test]
async fn s_19_s_36_no_request_fails_while_redis_is_stopped_nor_when_it_is_back() {
    let running = Running::start().await;
    let Running { fleet, redis, .. } = &running;
    let addresses = fleet.addresses();
    let load = Load { clients: 64, requests: 5, seed: 7 };

    let before = load.run(&addresses).await;
    assert_eq!((before.times.len(), before.first_failure), (320, None));
    assert_ne!(redis.cli(&["DBSIZE"]), "0", "the instances share what is in Redis");
    redis.kill();
    let without = Load { seed: 8, ..load }.run(&addresses).await;
    assert_eq!((without.times.len(), without.first_failure), (320, None));
    let health = fleet.ask("/health").await.unwrap();
    let degraded = r#"{"state":"degraded""#;
    assert!(health.iter().all(|state| state.starts_with(degraded)), "{health:?}");
    redis.begin();
    let after = Load { seed: 9, ..load }.run(&addresses).await;
    assert_eq!((after.times.len(), after.first_failure), (320, None));

    let page = &fleet.ask("/metrics").await.unwrap()[0];
    let hits =
        r#"cache_requests_total{service="products",layer="l1",operation="get",result="hit"}"#;
    let calls =
        r#"cache_operation_duration_seconds_count{service="products",layer="l2",operation="set""#;
    assert!(page.contains(hits) && page.contains(calls), "{page}");
    running.end().await;
}

#[tokio::test]
async fn s_34_a_price_that_one_instance_changes_is_seen_at_the_other_one() {
    let running = Running::start().await;
    let mut instances = Vec::new();
    for address in running.fleet.addresses() {
        instances.push(Connection::open(address).await.unwrap());
    }
    for instance in &mut instances {
        let (_, body) = instance.ask("GET", "/products/7", "").await.unwrap();
        assert!(body.contains("\"cents\":149"), "{body}");
    }
    let (status, _) = instances[0].ask("PUT", "/products/7/price", "4200").await.unwrap();
    assert_eq!(status, 204);
    let (_, body) = instances[0].ask("GET", "/products/7", "").await.unwrap();
    assert!(body.contains("\"cents\":4200"), "{body}");
    running.fleet.wait_for_price(7, 4_200).await.unwrap();
    drop(instances);
    running.end().await;
}
