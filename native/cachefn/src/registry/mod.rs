//! The caches that a configuration names, opened: with their storages, their health, and one end for all of them.

mod assembling;
mod ears;
mod ending;
mod face;
mod global;
mod health;
mod link;
#[cfg(feature = "metrics")]
mod observing;
mod opening;
mod service;

pub use face::Registry;
pub use global::{cache, init, shutdown_all};
pub use health::{Health, Pending, ServiceHealth};
pub use service::ServiceHandle;
