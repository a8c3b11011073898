#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "http")]
pub mod http;
pub mod prelude;
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub mod telemetry;

pub use cachefn_core::*;
// The attribute of the same arguments whose expansion finds everything in this crate.
#[cfg(feature = "file")]
pub use cachefn_file as file;
pub use cachefn_macros::cachefn_of_cachefn as cachefn;
#[cfg(feature = "redis")]
pub use cachefn_redis as redis;
#[cfg(feature = "tokio")]
pub use cachefn_tokio as tokio;
