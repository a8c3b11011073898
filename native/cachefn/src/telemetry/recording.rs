//! The way of a number to whatever exporter is installed at that moment.

use std::sync::Arc;
use std::time::Duration;

use metrics::{Key, Label, Level, Metadata, with_recorder};

/// The series of this name and these labels, of one service.
pub(super) fn series(
    name: &'static str,
    service: &Arc<str>,
    labels: &[(&'static str, &'static str)],
) -> Key {
    let of = Label::new("service", Arc::clone(service));
    let rest = labels.iter().map(|&(label, value)| Label::from_static_parts(label, value));
    Key::from_parts(name, std::iter::once(of).chain(rest).collect::<Vec<_>>())
}

/// Nothing is kept of the exporter, so that one that is installed later is found.
pub(super) fn add(key: &Key, count: u64) {
    with_recorder(|recorder| recorder.register_counter(key, &METADATA).increment(count));
}

pub(super) fn set(key: &Key, value: f64) {
    with_recorder(|recorder| recorder.register_gauge(key, &METADATA).set(value));
}

pub(super) fn lasted(key: &Key, duration: Duration) {
    with_recorder(|recorder| {
        recorder.register_histogram(key, &METADATA).record(duration.as_secs_f64());
    });
}

static METADATA: Metadata<'static> = Metadata::new("cachefn", Level::INFO, Some("cachefn"));
