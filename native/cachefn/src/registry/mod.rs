//! The caches that a configuration names, opened: with their storages, their health, and one end for all of them.

mod acting;
mod assembling;
mod auditing;
mod ears;
mod ending;
mod face;
mod global;
mod health;
mod leasing;
mod link;
mod links;
#[cfg(feature = "metrics")]
mod observing;
mod opening;
mod reloading;
#[cfg(feature = "http")]
mod responses;
mod servers;
mod service;
mod stop;
mod unknown;
mod watching;

pub use face::Registry;
pub use global::{cache, init, shutdown_all};
pub use health::{Health, Pending, ServiceHealth};
pub use reloading::{Change, Refusal, Reloaded};
#[cfg(feature = "cli")]
pub(crate) use servers::connect;
pub use service::ServiceHandle;
pub use watching::Watch;
