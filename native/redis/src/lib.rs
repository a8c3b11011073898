#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(not(any(feature = "tokio", feature = "smol")))]
compile_error!("cachefn-redis needs one of its features `tokio` and `smol`");

mod builder;
mod bus;
#[allow(dead_code, reason = "the bus and the leases use the rest")]
mod connection;
mod executor;
mod failure;
mod frame;
mod handle;
mod lease;
mod names;
mod opening;
mod scripts;
mod settings;
mod storage;
mod tracking;
mod url;

pub use builder::Builder;
pub use bus::RedisBus;
pub use handle::Redis;
pub use lease::RedisLeases;
pub use storage::RedisStorage;
pub use tracking::{RedisTracking, TrackedStorage};
