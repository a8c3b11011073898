//! The memory tier: keys and values beside the engine, for one thread or for many.

mod builder;
mod changeable;
mod checking;
mod context;
mod matcher;
mod names;
mod outcome;
mod room;
mod settings;
mod shard;
mod storing;
pub mod unsync;

#[cfg(feature = "std")]
mod balance;
#[cfg(feature = "std")]
mod building;
#[cfg(all(feature = "std", any(feature = "postcard", feature = "json", feature = "messagepack")))]
mod changing;
#[cfg(feature = "std")]
mod failing;
#[cfg(feature = "std")]
mod flight;
#[cfg(feature = "std")]
mod forgetting;
#[cfg(feature = "std")]
mod hub;
#[cfg(feature = "std")]
mod landing;
#[cfg(feature = "std")]
mod listing;
#[cfg(feature = "std")]
mod loading;
#[cfg(feature = "std")]
mod loads;
#[cfg(feature = "std")]
mod reading;
#[cfg(feature = "std")]
mod removing;
#[cfg(feature = "std")]
mod renewing;
#[cfg(feature = "std")]
mod sharded;
#[cfg(feature = "std")]
mod tasks;
#[cfg(feature = "std")]
mod trying;
#[cfg(feature = "std")]
mod turns;
#[cfg(feature = "std")]
mod updating;
#[cfg(feature = "std")]
mod vacancies;
#[cfg(feature = "std")]
mod waiting;
#[cfg(feature = "std")]
mod waits;
#[cfg(feature = "std")]
mod watching;
#[cfg(feature = "std")]
mod writing;

pub use builder::{Builder, byte_weight};
#[cfg(all(
    feature = "std",
    any(feature = "postcard", feature = "json", feature = "messagepack")
))]
pub(crate) use changing::Limits;
pub use context::FetchContext;
#[cfg(feature = "std")]
pub use flight::Enter;
#[cfg(feature = "std")]
pub(crate) use flight::Flight;
#[cfg(feature = "std")]
pub(crate) use flight::{Ended, Takeoff};
#[cfg(all(
    feature = "std",
    any(feature = "postcard", feature = "json", feature = "messagepack")
))]
pub(crate) use hub::Hub;
#[cfg(feature = "std")]
pub use hub::Subscription;
#[cfg(feature = "std")]
pub(crate) use landing::{Landed, Landing, Leader};
#[cfg(feature = "std")]
pub(crate) use settings::Face;
#[cfg(feature = "std")]
pub use sharded::MemoryCache;
#[cfg(feature = "std")]
pub(crate) use turns::Turn;
#[cfg(feature = "std")]
pub(crate) use waiting::{Endless, Waiter, WaitsFor};
