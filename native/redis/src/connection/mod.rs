//! The way to the servers: one, or the master that Sentinels name, or all of a Cluster.

mod dial;
mod link;
mod node;
mod outage;
mod request;
mod slots;

pub(crate) use dial::Dial;
#[allow(unused_imports, reason = "the bus listens to them")]
pub(crate) use link::{Link, Pushes};
pub(crate) use request::{Request, Script};
