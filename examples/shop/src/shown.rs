//! What was seen from outside, as text: in Prometheus, in a collector of traces, and from the command line.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::Failure;
use crate::catalogue::PRODUCTS;
use crate::collector::Collector;
use crate::connection::Connection;
use crate::fleet::Fleet;
use crate::prometheus::{Prometheus, Sample};
use crate::site::Site;
use crate::tree::tree;

/// How the storage is to both instances, once Prometheus is told that it is so.
///
/// # Errors
/// Prometheus is not told what it should be.
pub(crate) async fn health(prometheus: &Prometheus, wanted: f64) -> Result<String, Failure> {
    let is_wanted =
        |all: &[Sample]| all.len() == 2 && all.iter().all(|sample| sample.value == wanted);
    let samples = prometheus.wait(HEALTH, is_wanted).await?;
    let values: Vec<String> = samples.iter().map(|sample| sample.value.to_string()).collect();
    Ok(values.join(" and "))
}

/// Requests by instance, and the slowest hundredth of the storage's calls.
///
/// # Errors
/// Prometheus is not told of both instances.
pub(crate) async fn metrics(prometheus: &Prometheus) -> Result<String, Failure> {
    let mut text = format!("  {REQUESTS}\n");
    for Sample { labels, value } in prometheus.wait(REQUESTS, |all| all.len() == 2).await? {
        let _ = writeln!(text, "    {:<20}{value:>12}", labels["instance"]);
    }
    let _ = writeln!(text, "  histogram_quantile(0.99, …cache_operation_duration_seconds_bucket…)");
    for Sample { labels, value } in prometheus.query(SLOWEST)? {
        // An operation that nobody asked for lately has no time.
        if value.is_finite() {
            let _ = writeln!(text, "    {:<20}{:>9.2} ms", labels["operation"], value * 1000.0);
        }
    }
    Ok(text)
}

/// One request for what no cache has, as the spans that a collector received of it.
///
/// # Errors
/// The instance does not answer, or its spans do not come.
pub(crate) async fn trace(collector: &Collector, instance: SocketAddr) -> Result<String, Failure> {
    let product = format!("/products/{}", PRODUCTS - 1);
    let mut connection = Connection::open(instance).await?;
    connection.ask("PUT", &format!("{product}/price"), "700").await?;
    let caller = format!("00-{TRACE}-00f067aa0ba902b7-01");
    connection.with_header("traceparent", &caller).ask("GET", &product, "").await?;
    let spans = collector
        .wait(TRACE, |spans| {
            let has = |name: &str| spans.iter().any(|span| span.name == name);
            has("GET /products/{id}") && has("SELECT products") && has("set products")
        })
        .await?;
    Ok(tree(&spans))
}

/// A price that changes in the catalogue alone, and a command that makes the instances see it.
///
/// # Errors
/// The command fails, or the instances do not see it.
pub(crate) async fn steering(site: &Site, fleet: &Fleet) -> Result<String, Failure> {
    let words = ["invalidate", "--tag", "category:tea"];
    let [before, _] = fleet.prices(TEA).await?;
    site.catalogue().reprice(TEA, before + 50).await?;
    let still = fleet.prices(TEA).await?;
    let steered = site.steer(&words).await?;
    if steered.code != Some(0) {
        return Err(format!("cachefn {}: {}", words.join(" "), steered.told).into());
    }
    let after = fleet.wait_for_price(TEA, before + 50).await?;
    let say = |[one, other]: [u32; 2]| format!("  the instances say {one} and {other} cents\n");
    let command = format!("  $ cachefn {} --config cachefn.toml\n", words.join(" "));
    let out = steered.out.lines().map(|line| format!("  {line}\n"));
    Ok([say(still), command].into_iter().chain(out).chain([say(after)]).collect())
}

const HEALTH: &str = "cache_l2_health_status";
const REQUESTS: &str = "sum by (instance) (cache_requests_total{layer=\"l1\",operation=\"get\"})";
const SLOWEST: &str = "histogram_quantile(0.99, \
    sum by (le, operation) (rate(\
    cache_operation_duration_seconds_bucket{operation=~\"get|set\"}[1m])))";
/// Any number of this length is one.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TEA: u32 = 8;
