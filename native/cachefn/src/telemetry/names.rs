//! The names of all metrics, their labels and what they mean: the one list of them.

use metrics::{Unit, with_recorder};

/// One metric, as an exporter describes it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Whether it only rises, is what it is now, or is spread over a range.
    pub kind: Kind,
    /// What distinguishes its series.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub about: &'static str,
    unit: Unit,
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// It rises, or begins anew with the process.
    Counter,
    /// It is what it is now.
    Gauge,
    /// Many durations.
    Histogram,
}

/// Everything that this crate tells.
///
/// ```
/// use cachefn::telemetry::METRICS;
/// let requests = METRICS.iter().find(|metric| metric.name == "cache_requests_total").unwrap();
/// assert_eq!(requests.labels, ["service", "layer", "operation", "result"]);
/// ```
pub const METRICS: &[Metric] = &[
    counter(
        REQUESTS,
        &["service", "layer", "operation", "result"],
        "calls of a tier: l1 is memory, l2 the storage",
    ),
    Metric {
        name: DURATION,
        kind: Kind::Histogram,
        labels: &["service", "layer", "operation", "result"],
        about: "how long an operation of the storage took",
        unit: Unit::Seconds,
    },
    gauge(
        HEALTH,
        "1 while the storage is healthy, 0.5 while one call finds out, 0 while it is left alone",
    ),
    gauge(BUS, "1 while what other processes change is heard, 0 while it is not"),
    gauge(WAL_ENTRIES, "changes that wait in the write-ahead log"),
    gauge(BUFFER, "changes that wait to be written to the storage"),
    counter(OUTBOX, &["service", "result"], "what became of changes that waited for the storage"),
    counter(EVICTIONS, &["service", "cause"], "values that left memory by themselves"),
    counter(FLIGHTS, &["service", "result"], "fetchers that gave a value, or failed"),
    Metric {
        unit: Unit::Milliseconds,
        ..counter(FLIGHT_TIME, &["service"], "how long fetchers ran together")
    },
    counter(STALE, &["service", "cause"], "reads answered with a stale value, and why"),
    counter(FAILURES, &["service", "cause"], "what went wrong and was not told to a caller"),
    counter(FENCED, &["service"], "loaded values not stored, because the key changed meanwhile"),
    counter(MESSAGES, &["service"], "messages of other caches that concerned this one"),
    counter(LEASE_WAITS, &["service"], "loads that waited for what another process was making"),
    gauge(ENTRIES, "entries in memory"),
    gauge(WEIGHT, "what the entries in memory weigh together"),
    Metric { unit: Unit::Bytes, ..gauge(MEMORY, "bytes that the cache has allocated, about") },
];

/// Bounds in seconds for `cache_operation_duration_seconds`, from what a file takes to what a storage that
/// is in trouble takes. An exporter must be told of them, so that the dashboard has percentiles.
///
/// ```
/// use cachefn::telemetry::BUCKETS;
/// use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
/// let duration = Matcher::Full("cache_operation_duration_seconds".into());
/// let exporter = PrometheusBuilder::new().set_buckets_for_metric(duration, &BUCKETS)?;
/// assert!(exporter.build_recorder().handle().render().is_empty());
/// # Ok::<(), metrics_exporter_prometheus::BuildError>(())
/// ```
pub const BUCKETS: [f64; 16] = [
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1, 0.25, 1.0, 5.0,
];

pub(super) const REQUESTS: &str = "cache_requests_total";
pub(super) const DURATION: &str = "cache_operation_duration_seconds";
pub(super) const HEALTH: &str = "cache_l2_health_status";
pub(super) const BUS: &str = "cache_bus_health_status";
pub(super) const WAL_ENTRIES: &str = "cache_wal_entries";
pub(super) const BUFFER: &str = "cache_batch_write_buffer_size";
pub(super) const OUTBOX: &str = "cache_outbox_changes_total";
pub(super) const EVICTIONS: &str = "cache_evictions_total";
pub(super) const FLIGHTS: &str = "cache_flights_total";
pub(super) const FLIGHT_TIME: &str = "cache_flight_milliseconds_total";
pub(super) const STALE: &str = "cache_stale_served_total";
pub(super) const FAILURES: &str = "cache_failures_total";
pub(super) const FENCED: &str = "cache_fenced_total";
pub(super) const MESSAGES: &str = "cache_bus_messages_total";
pub(super) const LEASE_WAITS: &str = "cache_lease_waits_total";
pub(super) const ENTRIES: &str = "cache_entries";
pub(super) const WEIGHT: &str = "cache_weight";
pub(super) const MEMORY: &str = "cache_memory_bytes";

/// Tells the exporter what the metrics mean. [`observe`](super::observe) and
/// [`Measured`](super::Measured) do so themselves; it is needed where an exporter is installed after them.
///
/// ```
/// cachefn::telemetry::describe(); // without an exporter it does nothing
/// assert_eq!(cachefn::telemetry::METRICS.len(), 18);
/// ```
pub fn describe() {
    with_recorder(|recorder| {
        for metric in METRICS {
            let (name, unit, about) = (metric.name.into(), Some(metric.unit), metric.about.into());
            match metric.kind {
                Kind::Counter => recorder.describe_counter(name, unit, about),
                Kind::Gauge => recorder.describe_gauge(name, unit, about),
                Kind::Histogram => recorder.describe_histogram(name, unit, about),
            }
        }
    });
}

const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    about: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Counter, labels, about, unit: Unit::Count }
}

const fn gauge(name: &'static str, about: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels: &["service"], about, unit: Unit::Count }
}
