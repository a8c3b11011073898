//! Telemetry of a whole program, from its beginning to its orderly end.

use std::sync::LazyLock;
use std::time::Duration;

use cachefn::ErrorKind;
use cachefn::Storage;
use cachefn::telemetry::{Measured, TelemetryOptions, init, layer};
use cachefn::tokio::{Shutdown, TokioRuntime};
use cachefn_conformance::MapStorage;
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::Receiver;
use crate::subscribers::{KEPT, subscribe};

#[tokio::test]
async fn a_program_that_ends_sends_its_last_spans() {
    let receiver = Receiver::start();
    let options = || TelemetryOptions::new("shop").endpoint(receiver.url());
    LazyLock::force(&KEPT);
    let telemetry = init(options()).unwrap();
    let again = init(options()).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Config);
    assert!(again.to_string().contains("add telemetry::layer(…)"), "{again}");

    Measured::new(MapStorage::new(), "ending").flush().await.unwrap();
    let shutdown = Shutdown::new(TokioRuntime::current().unwrap());
    let ended = shutdown.add(telemetry).end(Duration::from_secs(60)).await;
    assert!(ended.is_clean(), "{ended}");
    assert_eq!(receiver.span("flush ending").status.unwrap().code, 0);
}

#[tokio::test]
async fn a_collector_that_is_not_there_is_an_error_of_the_end_and_of_nothing_else() {
    // A port that no system gives away by itself: another test could not get it meanwhile.
    let nobody = "http://127.0.0.1:1";
    let options = TelemetryOptions::new("shop").endpoint(nobody);
    let (layer, telemetry) = layer(options.timeout(Duration::from_millis(200))).unwrap();
    let _guard = subscribe(tracing_subscriber::registry().with(layer));
    Measured::new(MapStorage::new(), "lonely").flush().await.unwrap();
    let shutdown = Shutdown::new(TokioRuntime::current().unwrap());
    let ended = shutdown.add(telemetry).end(Duration::from_secs(60)).await;
    let errors = ended.errors();
    assert!(errors.iter().all(|(part, _)| *part == "telemetry") && !errors.is_empty(), "{ended}");
}
