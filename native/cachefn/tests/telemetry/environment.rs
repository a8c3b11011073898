//! Telemetry of a program by what its environment says, in a process of its own.

use std::env;
use std::process::Command;

use cachefn::Storage;
use cachefn::telemetry::{Measured, TelemetryOptions, init};
use cachefn_conformance::MapStorage;
use tracing::info_span;

use crate::receiver::Receiver;
use crate::spans::MINUTE;

/// What the process does: it sends one span, and says what it ignored.
#[test]
fn program() {
    let Ok(said) = env::var(ORDER) else { return };
    let telemetry = init(TelemetryOptions::new("shop").header("x-own", "own")).unwrap();
    assert_eq!(telemetry.ignored().join(""), said);
    info_span!("request").in_scope(|| {
        pollster::block_on(Measured::new(MapStorage::new(), "users").flush()).unwrap();
    });
    telemetry.shutdown(MINUTE).unwrap();
}

/// Runs it in this environment.
fn run(said: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "environment::program", "--nocapture"]).env(ORDER, said);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_program_sends_what_its_environment_asks_for_and_where_to() {
    let receiver = Receiver::start();
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", &*receiver.url());
    run(
        "",
        &[
            endpoint,
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of%20news"),
            ("OTEL_SERVICE_NAME", "checkout"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
        ],
    );
    let heads = receiver.heads();
    assert!(heads[0].starts_with("post /v1/traces http/1.1"), "{heads:?}");
    assert!(heads[0].contains("authorization: bearer of news"), "{heads:?}");
    assert!(heads[0].contains("x-own: own"), "{heads:?}");
    let resources = receiver.resources();
    assert_eq!(resources[0]["service.name"], "checkout");
    assert_eq!(resources[0]["deployment.environment.name"], "test");
    assert_eq!(resources[0]["telemetry.sdk.language"], "rust");
    assert_eq!(receiver.span("flush users").parent_span_id, receiver.span("request").span_id);
}

#[test]
fn a_program_whose_environment_says_no_sends_nothing() {
    for no in [
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ] {
        let receiver = Receiver::start();
        run("", &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &receiver.url()), no]);
        assert_eq!(receiver.heads(), [""; 0], "{no:?}");
    }
}

#[test]
fn a_variable_that_cannot_be_meant_stops_no_program() {
    let receiver = Receiver::start();
    let endpoint = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*receiver.url());
    let told = "OTEL_TRACES_SAMPLER is none of those that are known here; it is ignored";
    run(told, &[endpoint, ("OTEL_TRACES_SAMPLER", "xray")]);
    assert_eq!(receiver.spans().len(), 2);
    assert!(receiver.heads()[0].starts_with("post / http/1.1"), "as it is, without a path");
}

const ORDER: &str = "CACHEFN_TEST_TELEMETRY";
