//! What the program can do, a file for each.

mod completions;
mod doctor;
mod entry;
mod export;
mod import;
mod invalidate;
mod keys;
mod replay;
mod stats;
mod tags;
mod top;

pub(crate) use completions::completions;
pub(crate) use doctor::doctor;
pub(crate) use entry::{del, get, set};
pub(crate) use export::export;
pub(crate) use import::import;
pub(crate) use invalidate::invalidate;
pub(crate) use keys::keys;
pub(crate) use replay::replay;
pub(crate) use stats::stats;
pub(crate) use tags::tags;
pub(crate) use top::top;
