//! The asynchronous cache: memory, and behind it a storage. It needs no executor.

mod blocking;
mod bounds;
mod builder;
mod building;
mod context;
mod departing;
mod ending;
mod entering;
mod face;
mod finishing;
mod hearing;
mod inner;
mod joining;
mod landings;
mod loading;
mod peers;
mod polls;
mod protecting;
mod reading;
mod removing;
mod shared;
mod telling;
mod timing;
mod trying;
mod warming;
mod watching;
mod writing;

pub use bounds::{CacheKey, CacheValue};
pub use context::LoadContext;
pub use departing::Departure;
pub use entering::{Entered, Load};
pub use face::Cache;
pub use shared::Shared;
pub use warming::Warming;
