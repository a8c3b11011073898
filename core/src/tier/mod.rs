//! The storage tier of one cache: keys and values on one side, names and records on the other.

mod counts;
mod keeping;
mod looking;
mod names;
mod order;
mod outside;
mod sweeping;
mod sweeps;
mod tokens;

pub(crate) use looking::Look;
pub(crate) use outside::StorageTier;
pub(crate) use sweeps::Passed;
pub(crate) use tokens::Start;
