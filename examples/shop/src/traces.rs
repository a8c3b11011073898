//! A span for each request, and where the spans go.

use std::env;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use cachefn::telemetry::{Telemetry, TelemetryOptions, init};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument, field, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::Failure;

/// Sends spans to the collector that the environment names, if it names one by `OTEL_EXPORTER_OTLP_ENDPOINT` or
/// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. The other variables of OpenTelemetry are obeyed too; what cannot be meant is
/// told, and fails nothing.
pub(crate) fn begin() -> Result<Option<Telemetry>, Failure> {
    let names = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
    // Empty is as good as unset.
    if names.iter().all(|name| env::var(name).unwrap_or_default().trim().is_empty()) {
        return Ok(None);
    }
    let telemetry = init(TelemetryOptions::new("shop"))?;
    telemetry.ignored().iter().for_each(|why| eprintln!("shop: {why}"));
    Ok(Some(telemetry))
}

/// Around all that one request does, in the words of OpenTelemetry's conventions for HTTP. It belongs to the trace
/// that the header `traceparent` names.
pub(crate) async fn traced(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let span = info_span!(
        "request",
        otel.name = format!("{} {route}", request.method()),
        otel.kind = "server",
        otel.status_code = field::Empty,
        error.type = field::Empty,
        http.request.method = request.method().as_str(),
        http.response.status_code = field::Empty,
        http.route = route,
        url.path = request.uri().path(),
    );
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
        // It can only fail for a span that nobody takes, or that has begun.
        let _ = span.set_parent(caller);
    }
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR").record("error.type", status.as_str());
    }
    response
}
