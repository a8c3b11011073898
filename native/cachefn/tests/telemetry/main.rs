//! What is told of caches: numbers to Prometheus, spans to OpenTelemetry, and what that costs.

mod cost;
mod counts;
mod dashboard;
mod durations;
mod environment;
mod init;
mod leaving;
mod loads;
mod receiver;
mod scraped;
mod scraping;
mod spans;
mod subscribers;
#[cfg(feature = "tls")]
mod tls;
