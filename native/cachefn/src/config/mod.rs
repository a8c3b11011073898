//! The configuration of an application: one file, its profile, the environment; typed, or all its faults.

mod checks;
mod document;
mod environment;
mod faults;
mod given;
mod layer;
mod loader;
mod locate;
mod merging;
mod place;
mod schema;
mod secrets;
mod settings;
mod shape;
mod similar;
mod storages;
mod texts;
mod values;

pub use faults::{ConfigError, Fault};
pub use given::Given;
pub use loader::Loader;
pub use schema::json_schema;
pub use settings::{Audit, CacheType, Codec, Config, Global, L1, Policy, Service, TwoLevel};
pub(crate) use similar::nearest;
pub use storages::{Backend, Durability, Invalidation, L2, Mode};
#[cfg(feature = "cli")]
pub(crate) use texts::{shown, without_login};
pub use values::{ByteSize, Period, Secret};
