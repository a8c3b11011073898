//! The spans of loads that their callers wait for, as a collector receives them.

use std::panic::AssertUnwindSafe;
use std::pin::pin;

use cachefn::telemetry::{LoadSpans, Measured};
use cachefn::tokio::TokioRuntime;
use cachefn::{Cache, ManualClock, NamedCache, Postcard, Warming, cachefn};
use cachefn_conformance::{LocalLeases, MapStorage};
use futures_util::FutureExt;
use futures_util::future::join3;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::sync::oneshot;
use tracing::{Instrument, info_span};

use crate::receiver::{Receiver, attributes};
use crate::spans::{FAILED, MINUTE, telling};

/// As OpenTelemetry numbers kinds.
const INTERNAL: i32 = 1;

fn said(span: &Span, name: &str) -> Option<String> {
    attributes(&span.attributes).remove(name)
}

/// What came of a load, and for whom.
fn end_of(span: &Span) -> [String; 2] {
    ["cachefn.flight", "cachefn.result"].map(|name| said(span, name).unwrap_or_default())
}

async fn query() -> String {
    async { "Ada".to_string() }.instrument(info_span!("query")).await
}

#[tokio::test]
async fn a_load_is_a_span_below_its_caller_and_above_the_storage_and_the_fetcher() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let storage = MapStorage::new();
    let open = || {
        let storage = Measured::new(storage.clone(), "users");
        let cache = Cache::<String, String>::builder("all/users").storage(storage).codec(Postcard);
        cache.tracer(LoadSpans::new("users")).build().unwrap()
    };
    let users = open();
    users.get_or_fetch("user:7", query).instrument(info_span!("request")).await;
    users.get_or_fetch("user:7", query).await; // a hit in memory has no span
    open().get_or_fetch("user:7", query).await; // as in another process
    telemetry.shutdown(MINUTE).unwrap();

    let request = receiver.span("request");
    let [load, found] = &receiver.all("fetch users")[..] else { panic!("two loads") };
    assert_eq!((load.kind, &load.parent_span_id), (INTERNAL, &request.span_id));
    assert_eq!(end_of(load), ["leader", "fetched"]);
    assert_eq!(said(load, "cachefn.service").as_deref(), Some("users"));
    assert_eq!(said(load, "cachefn.cache").as_deref(), Some("all/users"));
    assert_eq!([said(load, "cachefn.key"), said(load, "error.type")], [None, None]);
    assert_eq!(load.status.as_ref().unwrap().code, 0);
    let reads = receiver.all("get users");
    for below in [&reads[0], &receiver.span("query"), &receiver.span("set users")] {
        assert_eq!(below.parent_span_id, load.span_id, "{}", below.name);
        assert_eq!(below.trace_id, request.trace_id, "{}", below.name);
        assert!(below.start_time_unix_nano >= load.start_time_unix_nano);
        assert!(below.end_time_unix_nano <= load.end_time_unix_nano);
    }
    assert_eq!(end_of(found), ["leader", "hit"]);
    assert_eq!(reads[1].parent_span_id, found.span_id);
}

#[tokio::test]
async fn a_load_under_a_lease_has_one_span_for_all_its_looks() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let (storage, leases) = (MapStorage::new(), LocalLeases::new(ManualClock::new()));
    let open = || {
        let storage = Measured::new(storage.clone(), "users");
        let cache = Cache::<u64, String>::builder("users").storage(storage).codec(Postcard);
        let cache = cache.leases(leases.clone()).runtime(TokioRuntime::current().unwrap());
        cache.tracer(LoadSpans::new("users")).build().unwrap()
    };
    open().get_or_fetch(&7, query).await;
    open().get_or_fetch(&7, query).await;
    telemetry.shutdown(MINUTE).unwrap();

    let [made, found] = &receiver.all("fetch users")[..] else { panic!("two loads") };
    assert_eq!([end_of(made), end_of(found)], [["leader", "fetched"], ["leader", "hit"]]);
    let looks = receiver.all("get users");
    let above: Vec<_> = looks.iter().map(|look| &look.parent_span_id).collect();
    assert_eq!(above, [&made.span_id, &made.span_id, &found.span_id]);
    assert_eq!(receiver.span("query").parent_span_id, made.span_id);
}

#[tokio::test]
async fn who_waits_for_anothers_load_has_a_span_that_says_so() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let tracer = LoadSpans::new("users").showing_names();
    let users = Cache::<u64, u64>::builder("users").tracer(tracer).build().unwrap();
    let (go, wait) = oneshot::channel();
    let leader = users.get_or_fetch(&7, async || wait.await.unwrap());
    let follower = users.get_or_fetch(&7, async || 0).instrument(info_span!("follower"));
    join3(leader, follower, async { go.send(1).unwrap() }).await;
    telemetry.shutdown(MINUTE).unwrap();

    let [leader, follower] = &receiver.all("fetch users")[..] else { panic!("two spans") };
    assert_eq!(end_of(leader), ["leader", "fetched"]);
    assert_eq!(end_of(follower), ["follower", "shared"]);
    assert_eq!(follower.parent_span_id, receiver.span("follower").span_id);
    assert_eq!(said(leader, "cachefn.key").as_deref(), Some("7"), "names are shown");
}

#[tokio::test]
async fn a_fetcher_that_fails_or_panics_is_an_error_unless_an_older_value_is_returned() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let users = Cache::<u64, u64>::builder("users").stale_if_error(MINUTE);
    let users = users.tracer(LoadSpans::new("users")).build().unwrap();
    let failing = async || Err::<u64, _>("the database of key 7 is down");
    let (go, wait) = oneshot::channel();
    let leader = users.try_get_or_fetch(&1, async || {
        wait.await.unwrap();
        failing().await
    });
    let follower = users.try_get_or_fetch(&1, failing);
    let all = join3(leader, follower, async { go.send(()).unwrap() }).await;
    assert!(all.0.is_err() && all.1.is_err());
    let panics = users.get_or_fetch(&2, async || -> u64 { panic!("as the test wants") });
    assert!(AssertUnwindSafe(panics).catch_unwind().await.is_err());
    users.set(3, 30).await.unwrap();
    users.expire(&3).await.unwrap();
    assert_eq!(users.get_or_fetch(&3, failing).await, Ok(30));
    telemetry.shutdown(MINUTE).unwrap();

    let spans = receiver.all("fetch users");
    let ends: Vec<_> = spans
        .iter()
        .map(|span| {
            (end_of(span)[1].clone(), said(span, "error.type"), span.status.clone().unwrap())
        })
        .map(|(end, error, status)| (end, error, status.code, status.message))
        .collect();
    let failed = |end: &str, error: &str| (end.into(), Some(error.into()), FAILED, String::new());
    let stale = ("stale".into(), None, 0, String::new());
    let [first, second] = [failed("failed", "_OTHER"), failed("failed", "_OTHER")];
    assert_eq!(ends, [first, second, failed("panicked", "panic"), stale]);
}

#[tokio::test]
async fn a_load_whose_caller_is_dropped_is_cancelled_and_another_one_leads() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let users = Cache::<u64, u64>::builder("users").tracer(LoadSpans::new("users"));
    let users = users.build().unwrap();
    {
        let mut dropped =
            pin!(users.get_or_fetch(&7, async || std::future::pending::<u64>().await));
        assert!(dropped.as_mut().now_or_never().is_none());
    }
    users.get_or_fetch(&7, async || 1).await;
    telemetry.shutdown(MINUTE).unwrap();
    let ends: Vec<_> = receiver.all("fetch users").iter().map(end_of).collect();
    assert_eq!(ends, [["leader", "cancelled"], ["leader", "fetched"]]);
}

#[tokio::test]
async fn reads_that_make_values_and_warming_are_loads_too_and_mere_reads_are_none() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let users = Cache::<u64, String>::builder("users").tracer(LoadSpans::new("users"));
    users.build().unwrap().get(&1).await.unwrap();
    let users = Cache::<u64, String>::builder("users").fetcher(|_| query());
    let users = users.tracer(LoadSpans::new("users")).build().unwrap();
    users.get(&1).await.unwrap();
    users.get_many(&[1, 2]).await.unwrap();
    users.warm([3, 4], Warming::new(2), |_| query()).await;
    telemetry.shutdown(MINUTE).unwrap();
    let (loads, queries) = (receiver.all("fetch users"), receiver.all("query"));
    let of = |spans: &[Span]| spans.iter().map(|span| span.span_id.clone()).collect::<Vec<_>>();
    let mut above: Vec<_> = queries.iter().map(|span| span.parent_span_id.clone()).collect();
    above.sort_by_key(|id| of(&loads).iter().position(|load| load == id));
    assert_eq!((above, loads.len()), (of(&loads), 4));
}

#[cachefn(cache = "traced")]
async fn awaited(_id: u64) -> String {
    query().await
}

#[cachefn(cache = "traced")]
fn blocking(_id: u64) -> u64 {
    info_span!("count").in_scope(|| 1)
}

#[tokio::test]
async fn cached_functions_have_spans_whether_they_wait_or_not() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let named = NamedCache::builder("traced").tracer(LoadSpans::new("traced"));
    let _named = named.register().unwrap();
    awaited(1).await;
    awaited(1).await;
    awaited::refresh(1).await;
    blocking(1);
    blocking(1);
    telemetry.shutdown(MINUTE).unwrap();

    let [awaited, blocking] = &receiver.all("fetch traced")[..] else { panic!("two loads") };
    let refreshed = receiver.span("refresh traced");
    assert_eq!(end_of(&refreshed), ["leader", "fetched"]);
    let cache = said(blocking, "cachefn.cache").unwrap();
    assert!(cache.starts_with("traced/") && cache.ends_with("blocking"), "{cache}");
    let queries = receiver.all("query");
    assert_eq!(queries[0].parent_span_id, awaited.span_id);
    assert_eq!(queries[1].parent_span_id, refreshed.span_id);
    assert_eq!(receiver.span("count").parent_span_id, blocking.span_id);
}

#[cfg(feature = "config")]
#[tokio::test]
async fn services_of_a_configuration_have_spans_where_it_asks_for_them() {
    use cachefn::{config::Config, registry::Registry};
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    for (name, global) in [("pages", "[global]\nmetrics = true\n"), ("quiet", "")] {
        let config = Config::read(&format!("{global}[services.{name}]\n")).unwrap();
        let registry = Registry::open(config).await.unwrap();
        registry.cache::<String>(name).unwrap().get_or_fetch("a", query).await;
        assert!(registry.shutdown_all(MINUTE).await.is_clean());
    }
    telemetry.shutdown(MINUTE).unwrap();
    assert_eq!(end_of(&receiver.span("fetch pages")), ["leader", "fetched"]);
    assert_eq!((receiver.all("query").len(), receiver.all("fetch quiet").len()), (2, 0));
}
