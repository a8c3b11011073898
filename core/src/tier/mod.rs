//! The storage tier of one cache: keys and values on one side, names and records on the other.

mod counts;
mod inspected;
mod keeping;
mod looking;
mod names;
mod order;
mod place;
mod records;
mod remembered;
mod standing;
mod start;
mod sweeping;
mod sweeps;
mod tokens;

pub use inspected::{Condition, Inspected};
pub(crate) use keeping::Desk;
pub(crate) use looking::Look;
pub(crate) use names::draw;
#[cfg(any(feature = "postcard", feature = "json", feature = "messagepack"))]
pub(crate) use names::escaped;
pub(crate) use place::StorageTier;
pub use records::Records;
pub(crate) use start::Start;
pub(crate) use sweeps::Passed;
