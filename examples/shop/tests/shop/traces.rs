//! What a real collector of OpenTelemetry is told by the instances.

use std::process::{Command, Stdio};

use example_shop::{Collector, Connection, Span};

use crate::support::{PROGRAM, Running};

async fn telling(collector: &Collector, delay: &str) -> Running {
    let start = Running::start_with(|site| {
        let site = site.with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
        site.with("OTEL_BSP_SCHEDULE_DELAY", delay)
    });
    start.await
}

/// Asks the first instance as a part of a trace.
async fn ask(running: &Running, trace: &str, method: &str, path: &str, body: &str) -> u16 {
    let connection = Connection::open(running.fleet.addresses()[0]).await.unwrap();
    let caller = format!("00-{trace}-{CALLER}-01");
    connection.with_header("traceparent", &caller).ask(method, path, body).await.unwrap().0
}

fn has(name: &str) -> impl Fn(&[Span]) -> bool {
    move |spans| spans.iter().any(|span| span.name == name)
}

fn named<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}: {spans:?}"))
}

/// Whether it is below the other, however deep.
fn is_below(spans: &[Span], span: &Span, other: &Span) -> bool {
    span.parent == other.id
        || spans.iter().any(|parent| parent.id == span.parent && is_below(spans, parent, other))
}

#[tokio::test]
async fn a_request_its_calls_of_the_cache_and_the_query_of_the_catalogue_are_one_trace() {
    let collector = Collector::start().await.unwrap();
    let running = telling(&collector, "50").await;
    assert_eq!(ask(&running, MISS, "GET", "/products/7", "").await, 200);
    let all = ["get products", "SELECT products", "set products"];
    let is_whole = |spans: &[Span]| {
        has("GET /products/{id}")(spans) && all.iter().all(|name| has(name)(spans))
    };
    let spans = collector.wait(MISS, is_whole).await.unwrap();

    let request = named(&spans, "GET /products/{id}");
    assert_eq!(request.parent, CALLER, "it is part of the caller's trace");
    assert_eq!(request.attribute("http.route"), "/products/{id}");
    assert_eq!(request.attribute("url.path"), "/products/7");
    assert_eq!(request.attribute("http.response.status_code"), "200");
    for name in all {
        let span = named(&spans, name);
        assert!(is_below(&spans, span, request), "{name} is not below the request: {spans:?}");
        assert!(request.start <= span.start && span.end <= request.end, "{spans:?}");
    }
    assert_eq!(named(&spans, "SELECT products").attribute("db.system.name"), "sqlite");
    assert_eq!(named(&spans, "get products").attribute("cachefn.result"), "miss");
    assert!(spans.iter().all(|span| span.service == "shop"), "{spans:?}");
    running.end().await;
}

#[tokio::test]
async fn a_hit_is_a_request_alone_and_what_machines_ask_has_no_span() {
    let collector = Collector::start().await.unwrap();
    let running = telling(&collector, "50").await;
    assert_eq!(ask(&running, MISS, "GET", "/products/7", "").await, 200);
    assert_eq!(ask(&running, HIT, "GET", "/products/7", "").await, 200);
    for path in ["/metrics", "/health"] {
        assert_eq!(ask(&running, MACHINES, "GET", path, "").await, 200);
    }
    // What comes later is received later.
    assert_eq!(ask(&running, CHANGE, "PUT", "/products/7/price", "4200").await, 204);
    let change = "PUT /products/{id}/price";
    let spans = collector.wait(CHANGE, has(change)).await.unwrap();
    assert!(has("UPDATE products")(&spans) && has("delete products")(&spans), "{spans:?}");
    let hit = collector.wait(HIT, |_| true).await.unwrap();
    assert_eq!(hit.iter().map(|span| &*span.name).collect::<Vec<_>>(), ["GET /products/{id}"]);
    assert_eq!(collector.wait(MACHINES, |_| true).await.unwrap(), []);
    running.end().await;
}

#[tokio::test]
async fn the_last_spans_are_sent_when_an_instance_ends() {
    let collector = Collector::start().await.unwrap();
    let an_hour = "3600000";
    let running = telling(&collector, an_hour).await;
    assert_eq!(ask(&running, MISS, "GET", "/products/7", "").await, 200);
    running.end().await;
    collector.wait(MISS, has("GET /products/{id}")).await.unwrap();
}

#[tokio::test]
async fn a_collector_that_goes_away_fails_no_request_and_no_end() {
    let collector = Collector::start().await.unwrap();
    let running = telling(&collector, "50").await;
    drop(collector);
    assert_eq!(ask(&running, MISS, "GET", "/products/7", "").await, 200);
    running.end().await;
}

#[tokio::test]
async fn h_39_a_part_of_traces_that_is_none_is_told_at_the_start_and_ignored() {
    let running = Running::start().await;
    let mut command = Command::new(PROGRAM);
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/cachefn.toml");
    command.args(["serve", config]).arg(running.folder.path().join("catalogue.db"));
    command.env("SHOP_REDIS", running.redis.url()).stdin(Stdio::null());
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    command.env("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
    for part in ["few", "1.5"] {
        let ended = command.env("OTEL_TRACES_SAMPLER_ARG", part).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{told}");
        let ignored = "shop: OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1; it is ignored\n";
        assert!(told.starts_with(ignored), "{told}");
    }
    running.end().await;
}

/// Of who asks.
const CALLER: &str = "00f067aa0ba902b7";
const MISS: &str = "4bf92f3577b34da6a3ce929d0e0e4701";
const HIT: &str = "4bf92f3577b34da6a3ce929d0e0e4702";
const MACHINES: &str = "4bf92f3577b34da6a3ce929d0e0e4703";
const CHANGE: &str = "4bf92f3577b34da6a3ce929d0e0e4704";
