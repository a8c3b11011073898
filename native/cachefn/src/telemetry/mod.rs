//! What a cache counts and how long its storage takes, for those who watch a program: metrics through the
//! [`metrics`](https://docs.rs/metrics) facade, spans through [`tracing`](https://docs.rs/tracing).
//!
//! Nothing here listens to a cache: its counts are read now and then, so that a hit of an observed cache
//! executes the same instructions as one of any other.
//!
//! | feature | gives |
//! |---|---|
//! | `metrics` | `observe`, `Observations`, `describe` and the durations of `Measured` |
//! | `tracing` | `LoadSpans`, and the spans of `Measured` |
//! | `otlp` | `init`: these spans, and all others of the program, to a collector; with `tls` also by `https://` |

#[cfg(feature = "otlp")]
mod client;
#[cfg(feature = "metrics")]
mod counters;
#[cfg(feature = "metrics")]
mod durations;
#[cfg(all(feature = "otlp", feature = "tokio"))]
mod ending;
#[cfg(feature = "otlp")]
mod environment;
#[cfg(feature = "metrics")]
mod gauges;
#[cfg(feature = "tracing")]
mod loads;
mod measured;
#[cfg(feature = "metrics")]
mod names;
#[cfg(feature = "metrics")]
mod observable;
#[cfg(feature = "metrics")]
mod observation;
#[cfg(feature = "metrics")]
mod observations;
mod operation;
#[cfg(feature = "otlp")]
mod options;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(feature = "metrics")]
mod recording;
#[cfg(feature = "otlp")]
mod settled;
#[cfg(feature = "tracing")]
mod spans;
mod watch;

#[cfg(feature = "tracing")]
pub use loads::LoadSpans;
pub use measured::Measured;
#[cfg(feature = "metrics")]
pub use names::{BUCKETS, Kind, METRICS, Metric, describe};
#[cfg(feature = "metrics")]
pub use observable::Observable;
#[cfg(feature = "metrics")]
pub use observation::{Observation, observe};
#[cfg(feature = "metrics")]
pub use observations::{Observations, Reporting};
#[cfg(feature = "otlp")]
pub use options::TelemetryOptions;
#[cfg(feature = "otlp")]
pub use otlp::{Telemetry, init, layer};
