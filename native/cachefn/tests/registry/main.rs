//! Registries: caches from a configuration, over memory, a file and real Redis.

mod auditing;
mod away;
mod everywhere;
mod files;
mod health;
mod hearing;
mod leases;
mod limits;
mod memory;
mod metrics;
mod redis;
mod reloading;
#[path = "../telemetry/subscribers.rs"]
mod subscribers;
mod support;
mod topologies;
mod unknown;
