//! The shop as two processes over a real Redis, watched by a real Prometheus and a real collector, and steered.

mod dashboard;
mod ending;
mod metrics;
mod redis_stops;
mod shown;
mod steering;
mod support;
mod traces;
