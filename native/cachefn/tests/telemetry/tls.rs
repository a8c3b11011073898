//! Spans by TLS, to a collector whose certificate one authority has signed.

use std::fs;
use std::time::Duration;

use cachefn::Storage;
use cachefn::telemetry::{Measured, TelemetryOptions, layer};
use cachefn_conformance::MapStorage;
use cachefn_servers::Certificates;
use tracing_subscriber::layer::SubscriberExt;

use crate::receiver::Receiver;
use crate::spans::MINUTE;
use crate::subscribers::subscribe;

async fn send(options: TelemetryOptions) -> Result<(), cachefn::Error> {
    let (layer, telemetry) = layer(options.timeout(Duration::from_secs(30)))?;
    let _guard = subscribe(tracing_subscriber::registry().with(layer));
    Measured::new(MapStorage::new(), "users").flush().await.unwrap();
    telemetry.flush().and(telemetry.shutdown(MINUTE))
}

#[tokio::test]
async fn a_collector_is_heard_by_tls_if_its_authority_is_trusted_and_by_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let made = Certificates::make(folder.path(), "IP:127.0.0.1");
    let receiver = Receiver::start_tls(&made.server);
    let options = || TelemetryOptions::new("shop").endpoint(receiver.url());
    assert!(receiver.url().starts_with("https://"));

    // The machine does not know the authority.
    send(options()).await.unwrap_err();
    assert_eq!(receiver.spans(), []);
    let authority = fs::read(&made.authority).unwrap();
    send(options().ca_certificate(authority.clone())).await.unwrap();
    assert_eq!(receiver.span("flush users").status.unwrap().code, 0);

    // The certificate is of another host.
    let other = receiver.url().replace("127.0.0.1", "localhost");
    send(options().endpoint(other).ca_certificate(authority)).await.unwrap_err();
    assert_eq!(receiver.spans().len(), 1);
}

#[tokio::test]
async fn an_authority_that_is_no_certificate_is_refused() {
    let options = || TelemetryOptions::new("shop").endpoint("https://127.0.0.1:1");
    let told = |error: cachefn::Error| error.to_string();
    let wrong = "telemetry: the ca_certificate is no certificate in PEM";
    let empty = told(send(options().ca_certificate("nothing")).await.unwrap_err());
    assert_eq!(empty, wrong);
    let garbage = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
    let garbage = told(send(options().ca_certificate(garbage)).await.unwrap_err());
    assert!(garbage.starts_with(wrong), "{garbage}");
}
