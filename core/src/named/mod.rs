//! Caches that a program sets up under a name, for functions that know nothing but the name.

mod builder;
mod building;
mod cache;
mod changing;
mod counting;
mod ending;
mod joining;
mod limits;
mod part;
mod presence;
mod registry;
mod removing;
mod settings;
mod slot;
mod swapping;

pub use builder::NamedBuilder;
pub use cache::NamedCache;
pub use part::NamedValue;
pub use slot::{Reached, Role, Slot};
pub use swapping::{with_cache, with_cache_async};
