//! The spans of storages, as a collector receives them.

use std::time::Duration;

use cachefn::telemetry::{Measured, Telemetry, TelemetryOptions, layer};
use cachefn::{Cache, ErrorKind, Postcard, Storage};
use cachefn_conformance::{Chaos, Faults, MapStorage};
use tracing::Instrument;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::{Receiver, attributes};
use crate::subscribers::subscribe;

/// Spans of this thread go to a receiver.
pub(crate) fn telling(receiver: &Receiver) -> (Telemetry, DefaultGuard) {
    let options = TelemetryOptions::new("shop").endpoint(receiver.url());
    let (layer, telemetry) =
        layer(options.attribute("deployment.environment.name", "test")).unwrap();
    let guard = subscribe(tracing_subscriber::registry().with(layer));
    (telemetry, guard)
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
/// As OpenTelemetry numbers kinds and states.
const CLIENT: i32 = 3;
pub(crate) const FAILED: i32 = 2;

#[tokio::test]
async fn a_miss_is_a_read_and_a_write_of_the_storage_within_the_span_of_the_caller() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let storage = Measured::new(MapStorage::new(), "users").system("redis").server("db.test", 6379);
    let cache = Cache::<String, String>::builder("users").storage(storage).codec(Postcard);
    let users = cache.build().unwrap();
    let fetch = users.get_or_fetch("user:7", async || "Ada".to_string());
    fetch.instrument(tracing::info_span!("request")).await;
    users.get("user:7").await.unwrap(); // a hit in memory has no span
    users.invalidate_by_tag("team:1").await.unwrap();
    telemetry.shutdown(MINUTE).unwrap();

    let (request, read, write) =
        (receiver.span("request"), receiver.span("get users"), receiver.span("set users"));
    assert_eq!(read.parent_span_id, request.span_id);
    assert_eq!([&read.trace_id, &write.trace_id], [&request.trace_id; 2]);
    assert_eq!([read.kind, write.kind], [CLIENT; 2]);
    assert!(read.end_time_unix_nano >= read.start_time_unix_nano);

    let read = attributes(&read.attributes);
    let of = |name: &str| read.get(name).map(String::as_str);
    assert_eq!(of("db.system.name"), Some("redis"));
    assert_eq!(of("db.operation.name"), Some("get"));
    assert_eq!([of("server.address"), of("server.port")], [Some("db.test"), Some("6379")]);
    assert_eq!([of("cachefn.service"), of("cachefn.layer")], [Some("users"), Some("l2")]);
    assert_eq!(of("cachefn.result"), Some("miss"));
    assert_eq!([of("cachefn.record.name"), of("error.type")], [None; 2], "keys are not told");
    let write = attributes(&write.attributes);
    assert_eq!(write["cachefn.result"], "ok");
    assert!(write["cachefn.record.size"].parse::<usize>().unwrap() > 0);
    assert_eq!(receiver.span("invalidate users").status.unwrap().code, 0);
}

#[tokio::test]
async fn a_failure_is_told_by_its_kind_and_with_its_key_only_to_who_asks_for_names() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let down = || Chaos::new(MapStorage::new(), 7).with(Faults::down());
    Measured::new(down(), "users").get(b"users:7").await.unwrap_err();
    let shown = Measured::new(down(), "pages").showing_names();
    shown.delete(b"pages:7").await.unwrap_err();
    telemetry.shutdown(MINUTE).unwrap();

    let (users, pages) = (receiver.span("get users"), receiver.span("delete pages"));
    for span in [&users, &pages] {
        assert_eq!(span.status.as_ref().unwrap().code, FAILED, "{}", span.name);
        assert_eq!(attributes(&span.attributes)["error.type"], "unavailable");
        assert_eq!(attributes(&span.attributes)["cachefn.result"], "error");
    }
    assert_eq!(users.status.unwrap().message, "");
    assert_eq!(attributes(&users.attributes).get("cachefn.record.name"), None);
    assert!(pages.status.unwrap().message.starts_with("delete"));
    assert_eq!(attributes(&pages.attributes)["cachefn.record.name"], "pages:7");
}

#[tokio::test]
async fn a_call_for_many_tells_how_many() {
    let receiver = Receiver::start();
    let (telemetry, _guard) = telling(&receiver);
    let storage = Measured::new(MapStorage::new(), "users");
    storage.get_many(&[b"a", b"b", b"c"]).await.unwrap();
    storage.delete_many(&[b"a"]).await.unwrap();
    telemetry.shutdown(MINUTE).unwrap();

    let size = |name| {
        let attributes = attributes(&receiver.span(name).attributes);
        attributes.get("db.operation.batch.size").cloned()
    };
    assert_eq!(size("get_many users").as_deref(), Some("3"));
    assert_eq!(size("delete_many users"), None, "one is no batch");
}

#[tokio::test]
async fn spans_come_as_protobuf_with_the_name_of_the_program() {
    let receiver = Receiver::start();
    let options = TelemetryOptions::new("shop")
        .endpoint(format!("{}/", receiver.url()))
        .header("authorization", "Bearer of news")
        .attribute("deployment.environment.name", "test");
    let (layer, telemetry) = layer(options).unwrap();
    let _guard = subscribe(tracing_subscriber::registry().with(layer));
    Measured::new(MapStorage::new(), "users").flush().await.unwrap();
    telemetry.flush().unwrap();

    let heads = receiver.heads();
    assert!(heads[0].starts_with("post /v1/traces http/1.1"), "{heads:?}");
    assert!(heads[0].contains("content-type: application/x-protobuf"), "{heads:?}");
    assert!(heads[0].contains("authorization: bearer of news"), "{heads:?}");
    let resources = receiver.resources();
    assert_eq!(resources[0]["service.name"], "shop");
    assert_eq!(resources[0]["deployment.environment.name"], "test");
    telemetry.shutdown(MINUTE).unwrap();
    telemetry.shutdown(MINUTE).unwrap();
}

#[tokio::test]
async fn spans_that_are_not_sampled_or_not_important_are_not_sent() {
    let receiver = Receiver::start();
    let options = || TelemetryOptions::new("shop").endpoint(receiver.url());
    for options in [options().sampling(0.0), options().level(tracing::Level::WARN)] {
        let (layer, telemetry) = layer(options).unwrap();
        let _guard = subscribe(tracing_subscriber::registry().with(layer));
        Measured::new(MapStorage::new(), "users").flush().await.unwrap();
        telemetry.shutdown(MINUTE).unwrap();
    }
    assert_eq!(receiver.spans(), []);
}

#[test]
fn what_cannot_work_is_refused_with_what_to_do() {
    let refused = |options| {
        let made = layer::<tracing_subscriber::Registry>(options);
        let error = made.err().expect("options that cannot work");
        assert_eq!(error.kind(), ErrorKind::Config);
        error.to_string()
    };
    let options = || TelemetryOptions::new("shop");
    assert_eq!(
        refused(options().endpoint("http://secret@collector:4318")),
        "telemetry: the endpoint has a login in it; give it as a header, such as authorization",
    );
    assert_eq!(
        refused(options().endpoint("grpc://secret@collector:4317")),
        "telemetry: the endpoint is grpc://…; give http://host:port or https://host:port",
    );
    assert_eq!(
        refused(options().header("author ization", "secret")),
        "telemetry: \"author ization\" is no name of a header; give letters, digits and -",
    );
    assert_eq!(
        refused(options().header("authorization", "secret\n")),
        "telemetry: the header authorization has a value that cannot be sent",
    );
    assert_eq!(
        refused(options().endpoint("collector:4318")),
        "telemetry: the endpoint has no scheme; give http://host:port",
    );
    assert_eq!(
        refused(options().sampling(1.5)),
        "telemetry: 1.5 is no part of all traces; give 0 to 1",
    );
    assert!(refused(options().endpoint("http://:::")).starts_with("telemetry: "));
}
