//! The span of one call of a storage, in the words of OpenTelemetry's semantic conventions for databases.

use std::sync::Arc;

use cachefn_core::Error;
use tracing::{Span, field};

use super::operation::{Asked, Operation};

/// What all spans of one storage say.
#[derive(Clone)]
pub(super) struct Spans {
    service: Arc<str>,
    /// `get users`, and so on, in the order of the operations.
    names: Arc<[String]>,
    pub(super) system: Arc<str>,
    pub(super) server: Option<(Arc<str>, u16)>,
    /// Keys may be personal, so they are shown only to who asks for them.
    pub(super) shows_names: bool,
}

impl Spans {
    pub(super) fn new(service: Arc<str>) -> Self {
        let name = |operation: &Operation| format!("{} {service}", operation.as_str());
        Spans {
            names: Operation::ALL.iter().map(name).collect(),
            service,
            system: "cachefn".into(),
            server: None,
            shows_names: false,
        }
    }

    /// A span that lasts from now on. Nothing is made for it when nobody wants it.
    pub(super) fn open(&self, operation: Operation, asked: Asked<'_>) -> Span {
        let span = tracing::info_span!(
            target: "cachefn::storage",
            "storage",
            otel.name = &*self.names[operation as usize],
            otel.kind = "client",
            otel.status_code = field::Empty,
            otel.status_description = field::Empty,
            db.system.name = &*self.system,
            db.operation.name = operation.as_str(),
            db.operation.batch.size = field::Empty,
            server.address = field::Empty,
            server.port = field::Empty,
            error.type = field::Empty,
            cachefn.service = &*self.service,
            cachefn.layer = "l2",
            cachefn.result = field::Empty,
            cachefn.record.name = field::Empty,
            cachefn.record.size = field::Empty,
        );
        if span.is_disabled() {
            return span;
        }
        if let Some((address, port)) = &self.server {
            span.record("server.address", &**address).record("server.port", *port);
        }
        // By the conventions one is no batch.
        if let Some(many) = asked.many.filter(|many| *many > 1) {
            span.record("db.operation.batch.size", many);
        }
        if let Some(bytes) = asked.bytes {
            span.record("cachefn.record.size", bytes);
        }
        if let Some(name) = asked.name.filter(|_| self.shows_names) {
            span.record("cachefn.record.name", &*String::from_utf8_lossy(name));
        }
        span
    }

    /// Marks a span as failed. The text of an error may have a key in it.
    pub(super) fn fails(&self, span: &Span, error: &Error) {
        span.record("error.type", error.kind().as_str()).record("otel.status_code", "ERROR");
        if self.shows_names {
            span.record("otel.status_description", field::display(error));
        }
    }
}
