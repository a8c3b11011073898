//! A log on the disk of what waits for a storage; docs/log-format.md draws its bytes.

mod again;
mod anew;
mod damage;
mod durability;
mod folder;
mod frame;
#[allow(clippy::module_inception, reason = "the file of the type of that name")]
mod log;
mod logged;
mod opening;
mod segment;
mod wire;

pub use damage::LogDamage;
pub use durability::Durability;
pub use log::Log;
pub use opening::LogBuilder;

pub(crate) use logged::Logged;
pub(crate) use segment::Spot;
