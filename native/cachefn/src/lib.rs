#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "config")]
pub mod audit;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "http")]
pub mod http;
pub mod prelude;
#[cfg(feature = "config")]
pub mod registry;
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub mod telemetry;

pub use cachefn_core::*;
#[cfg(feature = "file")]
pub use cachefn_file as file;
#[cfg(feature = "redis")]
pub use cachefn_redis as redis;
#[cfg(feature = "rocksdb")]
pub use cachefn_rocksdb as rocksdb;
#[cfg(feature = "tokio")]
pub use cachefn_tokio as tokio;

// Of the same arguments as that of the core; what it expands to is found in this crate.
pub use cachefn_macros::cachefn_of_cachefn as cachefn;

#[cfg(feature = "config")]
pub use registry::{cache, init, shutdown_all};
