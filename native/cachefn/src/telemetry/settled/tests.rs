//! Each variable of the environment, in one that is made up.

use std::time::Duration;

use super::{Settled, TelemetryOptions};

fn settled(options: TelemetryOptions, said: &[(&str, &str)]) -> Settled {
    let all = said.to_vec();
    let variable = move |name: &str| {
        let found = all.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| value.to_string())
    };
    Settled::of(&options, &variable).unwrap()
}

fn shop() -> TelemetryOptions {
    TelemetryOptions::new("shop")
}

/// What an attribute is in the end: the last one counts.
fn attribute(settled: &Settled, name: &str) -> Option<String> {
    let found = settled.attributes.iter().rev().find(|(own, _)| own == name);
    found.map(|(_, value)| value.clone())
}

#[test]
fn nothing_said_is_a_collector_on_this_machine_and_all_traces() {
    let settled = settled(shop(), &[("OTEL_SERVICE_NAME", " "), ("OTEL_TRACES_SAMPLER", "")]);
    assert_eq!(settled.endpoint, "http://localhost:4318/v1/traces");
    assert_eq!(settled.timeout, Duration::from_secs(10));
    assert_eq!(attribute(&settled, "service.name").as_deref(), Some("shop"));
    assert_eq!(format!("{:?}", settled.sampler), "ParentBased(AlwaysOn)");
    assert!(settled.is_enabled && settled.ignored.is_empty(), "{:?}", settled.ignored);
}

#[test]
fn the_name_of_the_program_is_that_of_the_environment_unless_it_insists() {
    let attributes =
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=by-attribute,team=a%2Cb%20c , k8s.pod=7");
    let name = ("OTEL_SERVICE_NAME", "by-name");
    let of =
        |options, said: &[_], attribute_of: &str| attribute(&settled(options, said), attribute_of);
    assert_eq!(of(shop(), &[attributes], "service.name").as_deref(), Some("by-attribute"));
    assert_eq!(of(shop(), &[attributes, name], "service.name").as_deref(), Some("by-name"));
    let insists = shop().attribute("service.name", "shop").attribute("team", "own");
    assert_eq!(of(insists.clone(), &[attributes, name], "service.name").as_deref(), Some("shop"));
    assert_eq!(of(insists, &[attributes], "team").as_deref(), Some("own"));
    assert_eq!(of(shop(), &[attributes], "team").as_deref(), Some("a,b c"));
    assert_eq!(of(shop(), &[attributes], "k8s.pod").as_deref(), Some("7"));
}

#[test]
fn an_endpoint_of_traces_is_taken_as_it_is_and_one_of_all_signals_has_a_path() {
    let all = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318/");
    let traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318/");
    assert_eq!(settled(shop(), &[all]).endpoint, "http://all:4318/v1/traces");
    assert_eq!(settled(shop(), &[all, traces]).endpoint, "http://traces:4318/");
    let given = shop().endpoint("http://given:4318");
    assert_eq!(settled(given, &[all, traces]).endpoint, "http://given:4318/v1/traces");
}

#[test]
fn a_timeout_is_in_milliseconds() {
    let all = ("OTEL_EXPORTER_OTLP_TIMEOUT", "250");
    let traces = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "150");
    let of = |options, said: &[_]| settled(options, said).timeout.as_millis();
    assert_eq!(of(shop(), &[all]), 250);
    assert_eq!(of(shop(), &[all, traces]), 150);
    assert_eq!(of(shop().timeout(Duration::from_secs(1)), &[all, traces]), 1_000);
    let zero = ("OTEL_EXPORTER_OTLP_TIMEOUT", "0");
    assert!(of(shop(), &[zero]) > 1_000_000, "zero is no limit");
    let error = Settled::of(&shop().timeout(Duration::ZERO), &|_| None).unwrap_err().to_string();
    assert!(error.contains("a timeout of zero"), "{error}");
}

#[test]
fn headers_of_traces_count_before_those_of_all_and_empty_ones_not_at_all() {
    let all = ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20a, x-team=tea");
    let of = |said: &[_]| settled(shop().header("x-team", "own"), said).headers;
    let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
    let from_all =
        [pair("x-team", "own"), pair("authorization", "Bearer a"), pair("x-team", "tea")];
    assert_eq!(of(&[all]), from_all);
    assert_eq!(of(&[all, ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", " ")]), from_all);
    let traces = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-own=1");
    assert_eq!(of(&[all, traces]), [pair("x-team", "own"), pair("x-own", "1")]);
    // The rest is sent.
    for broken in ["auth orization=x,x-team=tea", "x-team=tea,authorization=a%0A", "x-team=tea,a"] {
        let settled = settled(shop(), &[("OTEL_EXPORTER_OTLP_HEADERS", broken)]);
        assert_eq!(settled.headers, [pair("x-team", "tea")], "{broken}");
        let [told] = &settled.ignored[..] else { panic!("{:?}", settled.ignored) };
        assert!(told.starts_with("OTEL_EXPORTER_OTLP_HEADERS has a part"), "{told}");
    }
}

#[test]
fn samplers_have_the_names_of_opentelemetry() {
    let half = ("OTEL_TRACES_SAMPLER_ARG", "0.5");
    for (name, sampler) in [
        ("always_on", "AlwaysOn"),
        ("always_off", "AlwaysOff"),
        ("traceidratio", "TraceIdRatioBased(0.5)"),
        ("parentbased_always_on", "ParentBased(AlwaysOn)"),
        ("parentbased_always_off", "ParentBased(AlwaysOff)"),
        ("parentbased_traceidratio", "ParentBased(TraceIdRatioBased(0.5))"),
    ] {
        let settled = settled(shop(), &[("OTEL_TRACES_SAMPLER", name), half]);
        assert_eq!(format!("{:?}", settled.sampler), sampler);
        assert!(settled.ignored.is_empty(), "{:?}", settled.ignored);
    }
    let settled = settled(shop().sampling(0.25), &[("OTEL_TRACES_SAMPLER", "always_off")]);
    assert_eq!(format!("{:?}", settled.sampler), "ParentBased(TraceIdRatioBased(0.25))");
}

#[test]
fn telemetry_can_be_switched_off() {
    for (off, on) in [
        (("OTEL_SDK_DISABLED", "True"), ("OTEL_SDK_DISABLED", "false")),
        (("OTEL_TRACES_EXPORTER", "none"), ("OTEL_TRACES_EXPORTER", "otlp")),
    ] {
        assert!(!settled(shop(), &[off]).is_enabled, "{off:?}");
        assert!(settled(shop(), &[on]).is_enabled, "{on:?}");
        // What is meant for others stops nobody who sends nothing.
        for others in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.pem"),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "key.pem"),
        ] {
            let https = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector:4318");
            assert!(!settled(shop(), &[off, others, https][..2]).is_enabled, "{others:?}");
            assert!(!settled(shop(), &[off, others, https]).is_enabled, "{others:?}");
        }
    }
}

#[test]
fn what_cannot_be_meant_is_ignored_and_told_without_its_value() {
    for (name, value) in [
        ("OTEL_SDK_DISABLED", "perhaps"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team=a%2,k8s.pod=7"),
        ("OTEL_TRACES_SAMPLER", "xray"),
    ] {
        let settled = settled(shop(), &[(name, value)]);
        let [told] = &settled.ignored[..] else { panic!("{name}: {:?}", settled.ignored) };
        assert!(told.starts_with(name) && told.ends_with(" is ignored"), "{told}");
        assert!(!told.contains(value), "{told}");
        assert_eq!((settled.is_enabled, settled.attributes.len()), (true, 1));
    }
    let said = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "2")];
    let settled = settled(shop(), &said);
    assert_eq!(format!("{:?}", settled.sampler), "TraceIdRatioBased(1.0)");
    assert_eq!(settled.ignored.len(), 1);
}

#[test]
fn what_would_be_unsafe_to_ignore_is_refused_by_the_name_of_its_variable() {
    let refused = |said: &[(&str, &str)]| {
        let variable = |name: &str| {
            let found = said.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| value.to_string())
        };
        Settled::of(&shop(), &variable).unwrap_err().to_string()
    };
    for slashes in ["//", "///", "////"] {
        let url = format!("http:{slashes}ada:secret@collector:4318");
        let told = refused(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url)]);
        assert!(told.contains("OTEL_EXPORTER_OTLP_ENDPOINT has a login in it"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
    let told = refused(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4318")]);
    assert!(told.contains("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT has no scheme"), "{told}");
    #[cfg(feature = "tls")]
    {
        let https = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4318");
        let told = refused(&[https, ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.pem")]);
        assert!(told.contains("OTEL_EXPORTER_OTLP_CERTIFICATE: /nowhere/ca.pem cannot"), "{told}");
        let told = refused(&[https, ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "key.pem")]);
        assert!(told.contains("OTEL_EXPORTER_OTLP_CLIENT_KEY: certificates of"), "{told}");
    }
}
