//! The dashboard of Grafana, each of its queries asked of a real Prometheus that scrapes the shop.

use example_shop::{Load, Prometheus, Sample};
use serde_json::Value;

use crate::support::Running;

const DASHBOARD: &str = include_str!("../../../../native/cachefn/dashboards/grafana.json");

/// Each query with the title of its panel, its variables as Grafana fills them in.
fn queries() -> Vec<(String, String)> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut queries = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let query = query.replace("$service", ".*").replace("$__rate_interval", "1m");
            assert!(!query.contains('$'), "a variable that is not known here: {query}");
            queries.push((panel["title"].as_str().unwrap().into(), query));
        }
    }
    queries
}

fn has_data(samples: &[Sample]) -> bool {
    samples.iter().any(|sample| sample.value.is_finite())
}

#[tokio::test]
async fn every_query_of_the_dashboard_is_taken_and_tells_something_of_the_shop() {
    let running = Running::start().await;
    let addresses = running.fleet.addresses();
    let prometheus = Prometheus::start(&addresses).await.unwrap();
    // A rate needs two scrapes with something between them.
    let load = Load { clients: 8, requests: 10, seed: 5 };
    assert_eq!(load.run(&addresses).await.first_failure, None);
    let both = "count(count by (instance) (cache_operation_duration_seconds_count)) == 2";
    prometheus.wait(both, has_data).await.unwrap();
    assert_eq!(Load { seed: 6, ..load }.run(&addresses).await.first_failure, None);
    // Some calls of the storage fail.
    running.redis.kill();
    assert_eq!(Load { seed: 7, ..load }.run(&addresses).await.first_failure, None);

    let queries = queries();
    assert!(queries.len() > 15, "{} queries", queries.len());
    let (silent, told): (Vec<_>, Vec<_>) =
        queries.iter().partition(|(_, query)| SILENT.iter().any(|series| query.contains(series)));
    for (title, query) in told {
        let data = prometheus.wait(query, has_data).await;
        data.unwrap_or_else(|error| panic!("{title}: {error}"));
    }
    assert_eq!(silent.len(), SILENT.len());
    for (title, query) in silent {
        assert_eq!(prometheus.query(query).unwrap(), [], "{title}: the shop has it by now");
    }

    let names = prometheus.label_values("service", "cache_requests_total").unwrap();
    assert_eq!(names, ["products"], "what the dashboard offers to choose from");
    // For what waits.
    running.redis.begin();
    running.end().await;
}

/// The shop keeps no log on the disk.
const SILENT: [&str; 1] = ["cache_wal_entries"];
