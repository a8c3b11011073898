//! The asynchronous cache: memory, and behind it a storage. It needs no executor.

mod blocking;
mod bounds;
mod builder;
mod context;
mod departing;
mod ending;
mod entering;
mod finishing;
mod handle;
mod inner;
mod loading;
mod polls;
mod protecting;
mod reading;
mod removing;
mod shared;
mod timing;
mod warming;
mod watching;
mod writing;

pub use bounds::{CacheKey, CacheValue};
pub use context::LoadContext;
pub use departing::{Departure, Shared};
pub use entering::{Entered, Load};
pub use handle::Cache;
pub use warming::Warming;
