//! The memory tier: keys and values beside the engine, for one thread or for many.

mod builder;
mod matcher;
mod names;
mod outcome;
mod shard;
pub mod unsync;

#[cfg(feature = "std")]
mod hub;
#[cfg(feature = "std")]
mod loading;
#[cfg(feature = "std")]
mod loads;
#[cfg(feature = "std")]
mod reading;
#[cfg(feature = "std")]
mod removing;
#[cfg(feature = "std")]
mod sharded;
#[cfg(feature = "std")]
mod waits;
#[cfg(feature = "std")]
mod writing;

pub use builder::Builder;
#[cfg(feature = "std")]
pub use hub::Subscription;
#[cfg(feature = "std")]
pub use loading::{Enter, Flight};
#[cfg(feature = "std")]
pub use sharded::MemoryCache;
