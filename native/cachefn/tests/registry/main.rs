//! Registries: caches from a configuration, over memory, a file and real Redis.

mod everywhere;
mod files;
mod memory;
mod metrics;
mod redis;
mod support;
